import json

import pytest

from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.channels import operations
from lockgate.channels.models import Account, Secret
from lockgate.channels.operations import NotTheirs, SlugTaken, open_account, pause, renew_secret, resume
from lockgate.channels.queries import account, accounts, facts
from lockgate.channels.registry import ConnectorMissing

pytestmark = pytest.mark.usefixtures("db")

GOOD = {
    "slug": "blog",
    "connector_name": "wordpress",
    "name": "Halden blog",
    "desk_slug": "communications",
    "base_url": "https://www.halden.example/",
    "handle": "lockgate",
    "secrets": {"app_password": "open sesame"},
}


@pytest.fixture
def recorded(monkeypatch):
    """What goes to the archive, and it goes there."""
    kept: list[Fact] = []
    plain = operations.record

    def record(facts):
        kept.extend(facts)
        return plain(facts)

    monkeypatch.setattr(operations, "record", record)
    return kept


def test_an_account_is_opened_sealed_and_recorded(administrator, at, recorded):
    made = open_account(by=administrator, at=at, **GOOD)
    assert account("blog") == made
    assert accounts() == [made]
    assert made.base_url == "https://www.halden.example"
    assert facts(made).secrets["app_password"] == "open sesame"
    assert b"sesame" not in bytes(Secret.objects.get().sealed)
    (fact,) = recorded
    assert (fact.action, fact.record, fact.actor) == (
        "channels.account.opened",
        f"c:{made.pk}",
        administrator.pseudonym,
    )
    assert json.loads(fact.body)["connector"] == "wordpress"
    assert b"sesame" not in fact.body


REFUSED = {
    "a field is missing": ({"handle": " "}, BadInput),
    "the password is missing": ({"secrets": {}}, BadInput),
    "an unknown field": ({"config": {"colour": "red"}}, BadInput),
    "a password in the clear": ({"config": {"app_password": "x"}, "secrets": {}}, BadInput),
    "an address without TLS": ({"base_url": "http://www.halden.example"}, BadInput),
    "an address with a password": ({"base_url": "https://u:p@www.halden.example"}, BadInput),
    "an address inside": ({"base_url": "https://10.0.0.5"}, BadInput),
    "no such connector": ({"connector_name": "telegraph"}, ConnectorMissing),
}


@pytest.mark.parametrize(("changed", "refusal"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_opened(administrator, at, changed, refusal, recorded, monkeypatch):
    monkeypatch.delenv("LOCKGATE_OUTGOING_ALLOW", raising=False)
    with pytest.raises(refusal) as no:
        open_account(by=administrator, at=at, **{**GOOD, **changed})
    assert no.value.sentence
    assert not Account.objects.exists()
    assert recorded == []


def test_a_slug_belongs_to_one(administrator, at, recorded):
    open_account(by=administrator, at=at, **GOOD)
    with pytest.raises(SlugTaken):
        open_account(by=administrator, at=at, **{**GOOD, "name": "Other"})
    assert Account.objects.count() == 1
    assert Secret.objects.count() == 1
    assert len(recorded) == 1


def test_only_those_with_the_duty_tend_accounts(administrator, colleague, at, recorded):
    made = open_account(by=administrator, at=at, **GOOD)
    recorded.clear()
    for attempt in (
        lambda: open_account(by=colleague, at=at, **{**GOOD, "slug": "other"}),
        lambda: renew_secret(by=colleague, at=at, account=made, name="app_password", words="x"),
        lambda: pause(by=colleague, at=at, account=made),
        lambda: resume(by=colleague, at=at, account=made),
    ):
        with pytest.raises(NotTheirs):
            attempt()
    made.refresh_from_db()
    assert made.paused_at is None
    assert facts(made).secrets["app_password"] == "open sesame"
    assert recorded == []


def test_a_secret_is_renewed(administrator, at, recorded):
    made = open_account(by=administrator, at=at, **GOOD)
    renew_secret(by=administrator, at=at, account=made, name="app_password", words="new word")
    assert facts(made).secrets["app_password"] == "new word"
    assert Secret.objects.count() == 1
    assert recorded[-1].action == "channels.secret.renewed"
    for name, words in (("handle", "x"), ("app_password", "  "), ("other", "x")):
        with pytest.raises(BadInput):
            renew_secret(by=administrator, at=at, account=made, name=name, words=words)
    assert facts(made).secrets["app_password"] == "new word"


def test_paused_and_resumed_each_recorded_once(administrator, at, recorded):
    made = open_account(by=administrator, at=at, **GOOD)
    recorded.clear()
    pause(by=administrator, at=at, account=made)
    pause(by=administrator, at=at, account=made)
    assert made.paused_at == at
    assert accounts(paused=False) == []
    resume(by=administrator, at=at, account=made)
    resume(by=administrator, at=at, account=made)
    assert made.paused_at is None
    assert [fact.action for fact in recorded] == ["channels.account.paused", "channels.account.resumed"]


def test_a_missing_account_is_not_found():
    with pytest.raises(NotFound):
        account("nowhere")
