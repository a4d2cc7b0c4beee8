"""A real server behind a proxy that breaks the exchange: what the connector says, and what then stands there.

The one rule: only what surely was not carried out may be sent again; all else is looked up, and look-up never
says "nothing" unless the channel itself said so.
"""

import importlib.util
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from lockgate.channels import outgoing
from lockgate.channels.connectors.bluesky import Bluesky
from lockgate.channels.connectors.mastodon import Mastodon
from lockgate.channels.connectors.wordpress import WordPress
from lockgate.channels.types import ChannelError, ChannelRefused, OutcomeUnknown, SignInRefused, TryLater

_spec = importlib.util.spec_from_file_location("fault_proxy", Path(__file__).with_name("fault_proxy.py"))
fault_proxy = importlib.util.module_from_spec(_spec)
sys.modules["fault_proxy"] = fault_proxy
_spec.loader.exec_module(fault_proxy)

WRITES = {
    "wordpress": (WordPress, "POST /wp-json/wp/v2/posts"),
    "bluesky": (Bluesky, "POST /xrpc/com.atproto.repo.putRecord"),
    "mastodon": (Mastodon, "POST /api/v1/statuses"),
}
LOOKS = {
    "wordpress": "GET /wp-json/wp/v2/posts",
    "bluesky": "GET /xrpc/com.atproto.repo.getRecord",
    "mastodon": "GET /api/v1/accounts/",
}
DELETES = {
    "wordpress": "DELETE /wp-json/wp/v2/posts",
    "bluesky": "POST /xrpc/com.atproto.repo.deleteRecord",
    "mastodon": "DELETE /api/v1/statuses",
}

# fault: what publish raises, and whether the post stands there after it
ENDS = {
    "500 after": (OutcomeUnknown, True),
    "cut after": (OutcomeUnknown, True),
    "nonsense after": (OutcomeUnknown, True),
    "empty object after": (OutcomeUnknown, True),
    "slow after": (OutcomeUnknown, True),
    "drip after": (OutcomeUnknown, True),
    "huge after": (OutcomeUnknown, True),
    "500 before": (OutcomeUnknown, False),
    "cut before": (OutcomeUnknown, False),
    "302 before": (OutcomeUnknown, False),
    "308 before": (ChannelRefused, False),
    "400 before": (ChannelRefused, False),
    "401 before": (SignInRefused, False),
    "429 before": (TryLater, False),
    "503 before": (TryLater, False),
}


@contextmanager
def impatient(fault):
    """Short times for faults that are about time, and only while they last: a busy machine is no fault."""
    with pytest.MonkeyPatch.context() as short:
        if fault.startswith(("slow", "drip")):
            short.setattr(outgoing, "TIMEOUT", httpx2.Timeout(connect=5, read=2.0, write=5, pool=5))
            short.setattr(outgoing, "WHOLE_SECONDS", 3.0)
        yield


@pytest.fixture(params=sorted(WRITES))
def behind(request):
    """A connector, its account behind the proxy, its account itself, and the proxy."""
    name = request.param
    account = request.getfixturevalue(f"{name}_account")
    channel, write = WRITES[name][0](), WRITES[name][1]
    with fault_proxy.FaultProxy(account.base_url, slow_seconds=3.5) as proxy:
        yield channel, replace(account, base_url=proxy.url), account, proxy, write, name


def is_exactly(error, kind):
    return type(error) is kind


@pytest.mark.parametrize("fault", ENDS)
def test_what_publish_says_and_what_stands_there(behind, new_post, fault):
    channel, broken, account, proxy, write, _name = behind
    expected, stands = ENDS[fault]
    post = new_post(f"A post that meets: {fault}.")
    proxy.fault(write, fault)
    with impatient(fault), pytest.raises(ChannelError) as said:
        channel.publish(post, broken)
    assert is_exactly(said.value, expected)
    assert any(seen.fault == fault for seen in proxy.seen)
    assert sum(seen.fault == fault for seen in proxy.seen) == 1  # asked once, never again of itself
    if fault == "503 before":
        assert said.value.after_seconds == 7
    for secret in account.secrets.values():
        assert secret not in str(said.value)
    proxy.fault("", "")
    found = channel.look_up(post, broken)
    assert (found is not None) == stands
    if not stands:  # surely nothing: now it may be sent again, and then stands there once
        found = channel.publish(post, broken)
    assert channel.look_up(post, account).reference == found.reference
    assert channel.read_back(post, found, account).differences == ()


def test_refused_connections_are_for_later(behind, new_post):
    channel, broken, account, proxy, _write, _name = behind
    proxy.stop_listening()
    post = new_post("Nobody is listening.")
    for refused in (lambda: channel.publish(post, broken), lambda: channel.look_up(post, broken)):
        with pytest.raises(TryLater):
            refused()
    assert channel.look_up(post, account) is None


@pytest.mark.parametrize(
    "fault", ["500 before", "cut before", "nonsense after", "429 before", "slow after", "308 before"]
)
def test_a_look_that_fails_never_says_nothing(behind, new_post, fault):
    channel, broken, account, proxy, _write, name = behind
    post = new_post("It stands there.")
    published = channel.publish(post, account)
    proxy.fault(LOOKS[name], fault)
    with impatient(fault), pytest.raises(ChannelError) as said:
        channel.look_up(post, broken)
    assert not isinstance(said.value, OutcomeUnknown)
    proxy.fault(LOOKS[name], fault)
    if name != "mastodon":  # there the page of one status is another address
        with impatient(fault), pytest.raises(ChannelError):
            channel.read_back(post, published, broken)


@pytest.mark.parametrize("fault", ["500 after", "cut after", "slow after"])
def test_a_removal_in_doubt_can_be_asked_again(behind, new_post, fault):
    channel, broken, account, proxy, _write, name = behind
    post = new_post("To be taken away.")
    published = channel.publish(post, account)
    proxy.fault(DELETES[name], fault)
    with impatient(fault), pytest.raises(OutcomeUnknown):
        channel.delete(published, broken)
    proxy.fault("", "")
    channel.delete(published, broken)
    assert not channel.read_back(post, published, account).is_there
