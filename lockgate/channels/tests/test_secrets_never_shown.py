"""A canary for a password, every way to fail, and a look into everything that comes out: what is raised, its chain, the
local names of every frame in it, the log at its most talkative, what is printed."""

import base64
import importlib.util
import logging
import sys
import traceback
from pathlib import Path

import httpx2
import pytest

from lockgate.channels import outgoing
from lockgate.channels.connectors.bluesky import Bluesky
from lockgate.channels.connectors.mastodon import Mastodon
from lockgate.channels.connectors.wordpress import WordPress
from lockgate.channels.models import Account, Secret
from lockgate.channels.operations import open_account, renew_secret
from lockgate.channels.queries import facts
from lockgate.channels.sealing import key_file
from lockgate.channels.types import ChannelError, OutboundPost, Published

CANARY = "canary-7f3a-9d2e-41bc"
FORMS = [CANARY, base64.b64encode(f"admin:{CANARY}".encode()).decode(), CANARY.encode().hex()]
_path = Path(__file__).parents[3] / "tests" / "peers" / "fault_proxy.py"
_spec = importlib.util.spec_from_file_location("fault_proxy_for_canary", _path)
fault_proxy = importlib.util.module_from_spec(_spec)
sys.modules["fault_proxy_for_canary"] = fault_proxy
_spec.loader.exec_module(fault_proxy)

KINDS = {
    "wordpress": (WordPress, "app_password"),
    "bluesky": (Bluesky, "app_password"),
    "mastodon": (Mastodon, "access_token"),
}


def everything(error):
    """All that a traceback with local names could print of ``error`` and of what led to it."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(told.format()) + repr(error) + str(error) + repr(vars(error))


def end_of(verb):
    """What ``verb`` raised, or None; anything but a ChannelError goes on."""
    try:
        verb()
    except ChannelError as failed:
        return failed
    return None


def assert_unseen(*words):
    for text in words:
        for form in FORMS:
            assert form not in text


@pytest.fixture
def talkative(caplog):
    """Every logger there is, at its most talkative."""
    names = ["", *logging.root.manager.loggerDict]
    with caplog.at_level(logging.DEBUG):
        for name in names:
            caplog.set_level(logging.DEBUG, logger=name or None)
        yield caplog


@pytest.fixture(params=KINDS)
def opened(request, administrator, at, loopback_allowed):
    name = request.param
    kind, secret = KINDS[name]
    account = open_account(
        by=administrator,
        at=at,
        slug=name,
        connector_name=name,
        name=name,
        desk_slug="communications",
        base_url="http://127.0.0.1:9",
        handle="admin",
        secrets={secret: CANARY},
    )
    return kind(), account, secret


@pytest.mark.parametrize("fault", ["", *sorted(fault_proxy.AFTER | fault_proxy.BEFORE)])
def test_no_failure_of_a_channel_tells(opened, at, fault, talkative, capfd, monkeypatch):
    channel, account, _secret = opened
    monkeypatch.setattr(outgoing, "TIMEOUT", httpx2.Timeout(0.15))
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.15)
    post = OutboundPost(token="t", markdown="Hello", images=(), intended_at=at)
    published = Published("at://did/app.bsky.feed.post/x", "")
    with fault_proxy.FaultProxy("http://127.0.0.1:9", slow_seconds=0.25) as proxy:
        # Nothing stands behind the proxy: "after" faults answer by themselves.
        monkeypatch.setattr(fault_proxy._Handler, "_pass_on", lambda self, body: (200, {}, _echo(self, body)))
        proxy.fault("", fault)
        if not fault:
            proxy.stop_listening()
        Account.objects.filter(pk=account.pk).update(base_url=proxy.url)
        account.refresh_from_db()
        for verb in (
            lambda: channel.sign_in(facts(account)),
            lambda: channel.publish(post, facts(account)),
            lambda: channel.look_up(post, facts(account)),
            lambda: channel.read_back(post, published, facts(account)),
            lambda: channel.delete(published, facts(account)),
        ):
            failed = end_of(verb)
            if failed is None:
                # Only a server that says of a removal "200, nothing more" is believed.
                assert (fault, channel.name) == ("empty object after", "mastodon")
                continue
            assert_unseen(everything(failed))
            # What led to it held requests; none of that is carried along.
            assert failed.__cause__ is None
            assert failed.__context__ is None
    out, err = capfd.readouterr()
    assert_unseen(talkative.text, out, err, *(str(vars(line)) for line in talkative.records))


def _echo(handler, body):
    return f"{handler.headers.get('Authorization', '')} {body!r}".encode()


def test_no_row_page_or_print_tells(opened, talkative, capfd):
    _channel, account, _secret = opened
    opened_facts = facts(account)
    row = Secret.objects.get(account=account)
    assert CANARY in opened_facts.secrets.values()  # it is there
    assert_unseen(
        repr(opened_facts),
        str(opened_facts),
        repr(account),
        repr(vars(account)),
        repr(row),
        str(row),
        repr(vars(row)),
        bytes(row.sealed).hex(),
        repr(list(Account.objects.values())),
    )
    logging.getLogger("anything").debug("%s %r", opened_facts, opened_facts.secrets)
    out, err = capfd.readouterr()
    assert_unseen(talkative.text, out, err)


def test_no_refusal_of_ours_tells(opened, administrator, at, colleague, talkative):
    _channel, account, secret = opened
    attempts = [
        lambda: renew_secret(by=colleague, at=at, account=account, name=secret, words=CANARY),
        lambda: renew_secret(by=administrator, at=at, account=account, name="no-such", words=CANARY),
        lambda: _open(administrator, at, slug=account.slug, secrets={secret: CANARY}, kind=account.connector),
        lambda: _open(administrator, at, slug="x", config={secret: CANARY}, kind=account.connector),
        lambda: _open(
            administrator, at, slug="x", secrets={secret: CANARY, "more": CANARY}, kind=account.connector
        ),
        lambda: _open(administrator, at, slug="x", secrets={secret: CANARY}, kind="no-such"),
    ]
    for attempt in attempts:
        with pytest.raises(Exception) as no:  # noqa: PT011  (each has its own kind; none may tell)
            attempt()
        # The caller's own frame holds what the caller typed; what is ours to keep is the sentence and the log.
        assert_unseen(
            str(no.value), repr(no.value), "".join(traceback.format_exception(no.value)).replace("CANARY", "")
        )
    key_file().write_text("ab" * 32)
    with pytest.raises(Exception) as no:  # noqa: PT011
        facts(account)
    assert_unseen(everything(no.value), talkative.text)


def _open(by, at, *, slug, kind, secrets=None, config=None):
    open_account(
        by=by,
        at=at,
        slug=slug,
        connector_name=kind,
        name="x",
        desk_slug="communications",
        base_url="http://127.0.0.1:9",
        handle="admin",
        secrets=secrets,
        config=config,
    )
