"""Opening an account and renewing its password: the channel itself is asked whether it knows us."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from lockgate.channels import operations
from lockgate.channels.models import Account
from lockgate.channels.registry import connector
from lockgate.channels.types import AccountFacts, SignInRefused, TryLater
from lockgate.people.models import Duty, Firm, Person

KEPT = "The account is kept, but it does not work yet."


@pytest.fixture
def manager(transactional_db: None, at: Any) -> Client:
    house = Firm.objects.create(name="Halden Valve", is_house=True)
    person = Person.objects.create(slug="m", email="m@x.example", name="M", firm=house, joined_at=at)
    Duty.objects.create(person=person, kind="channel_manager", begins_at=at)
    client = Client()
    client.force_login(person)
    return client


def _raises(error: Exception) -> Callable[[AccountFacts], str]:
    def sign_in(account: AccountFacts) -> str:
        raise error

    return sign_in


def _slow(account: AccountFacts) -> str:
    time.sleep(0.5)
    return "too late"


ANSWERS: dict[str, tuple[Callable[[AccountFacts], str], list[str]]] = {
    "known": (lambda account: "Halden\nValve", ["It knows us as Halden Valve."]),
    "refused": (
        _raises(SignInRefused("Mastodon does not accept it.")),
        ["Mastodon does not accept it.", KEPT, "Enter its password or token anew."],
    ),
    "away": (_raises(TryLater("Mastodon does not answer.")), ["Mastodon does not answer.", KEPT]),
    "broken": (_raises(ValueError("Bearer sesame")), ["Its connector failed (ValueError).", KEPT]),
    "slow": (_slow, ["took too long to answer", KEPT]),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_channel_is_asked_after_storing_and_its_answer_told_once(
    manager: Client, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    sign_in, told = ANSWERS[answer]
    asked: list[str] = []

    def heard(account: AccountFacts) -> str:
        asked.append(account.secrets["access_token"])
        return sign_in(account)

    monkeypatch.setattr(connector("mastodon"), "sign_in", heard)
    monkeypatch.setattr(operations, "INTRODUCTION_SECONDS", 0.2)
    open_now: list[bool] = []
    plain = operations.facts
    monkeypatch.setattr(
        operations, "facts", lambda row: (open_now.append(connection.in_atomic_block), plain(row))[1]
    )
    form = {
        "connector": "mastodon", "name": "Social", "desk": "communications", "language": "en",
        "field-base_url": "https://social.example", "field-access_token": "sesame",
    }  # fmt: skip
    opened = manager.post("/channels/accounts", form)
    assert (opened.status_code, opened["Location"]) == (302, "/channels/social"), opened.content[:400]
    assert Account.objects.filter(slug="social").exists(), "whatever it answers, the account is kept"
    page = manager.get("/channels/social").content.decode()
    for sentence in told:
        assert sentence in page
    assert "sesame" not in page
    assert told[0] not in manager.get("/channels/social").content.decode(), "once"
    renewed = manager.post("/channels/social/secret", {"name": "access_token", "secret": "sesame two"})
    assert renewed.status_code == 302
    assert asked == ["sesame", "sesame two"]
    assert open_now == [False, False], "no transaction is open while a channel is asked"
    assert told[0] in manager.get("/channels/social").content.decode()


def test_an_account_without_a_name_is_not_opened(manager: Client) -> None:
    answer = manager.post("/channels/accounts", {"connector": "feed", "name": "", "slug": "news"})
    assert answer.status_code == 422
    assert not Account.objects.exists()
