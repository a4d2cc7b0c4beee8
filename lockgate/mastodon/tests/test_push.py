"""Push subscriptions and mutes, as Mastodon.py asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.conversations.operations import tell_mentioned
from lockgate.demo.cast import Cast
from lockgate.live.types import Happened
from lockgate.mastodon.models import Mute, Token
from lockgate.mastodon.operations import disconnect
from lockgate.mastodon.scope_words import in_words
from lockgate.mastodon.streaming.drawing import Drawing
from lockgate.mastodon.tests.client import BASE, client_for
from lockgate.people.models import Person
from lockgate.push import queries
from lockgate.push.models import Push, Subscription
from lockgate.push.operations import gather, send_due
from lockgate.push.tests.service import Device, Service, serving

pytestmark = pytest.mark.django_db
ALL = ("read", "write", "follow", "push")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")
    with serving() as found:
        yield found


def keys(device: Device) -> dict[str, bytes]:
    return {"pubkey": device.point, "auth": device.auth}


def pushed() -> int:
    moment = now() + timedelta(seconds=1)
    while gather(at=moment):
        pass
    return send_due(clock=lambda: moment)


def said(nadia: Mastodon, words: str = "@theo-mercier the ring holds. @valve-7") -> None:
    nadia.status_post(words)
    tell_mentioned(at=now())


def test_an_app_is_told_of_what_it_asked_for_and_reads_it(cast: Cast, service: Service) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague, ALL)
    device = service.device()
    with pytest.raises(MastodonNotFoundError):
        theo.push_subscription()
    made = theo.push_subscription_set(device.endpoint, keys(device), mention_events=True)
    assert (made.endpoint, made.policy, made.alerts.mention, made.alerts.poll) == (
        device.endpoint,
        "all",
        True,
        False,
    )
    assert made.server_key == queries.public_key()
    assert theo.push_subscription().id == made.id
    assert nadia.instance_v2().configuration.vapid.public_key == made.server_key
    said(nadia)
    assert pushed() == 1
    told = device.read(service.taken[0][2])
    assert told["body"] == f"{cast.author.name} named you in R&D · Valve 7."
    (notice,) = theo.notifications()
    assert (str(told["notification_id"]), told["notification_type"]) == (str(notice.id), notice.type)
    assert service.claims()["aud"] == service.url


@pytest.mark.parametrize("more", [{"policy": "none"}, {"mention_events": False}])
def test_what_was_not_asked_for_is_not_pushed(cast: Cast, service: Service, more: dict[str, object]) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague, ALL)
    device = service.device()
    theo.push_subscription_set(device.endpoint, keys(device), mention_events=True)
    changed = theo.push_subscription_update(**{"mention_events": True, "policy": None, **more})
    assert (changed.policy, changed.alerts.mention) == (
        more.get("policy", "all"),
        more.get("mention_events", True),
    )
    said(nadia)
    assert pushed() == 0
    assert service.taken == []


@pytest.mark.parametrize("how", ["deleted", "disconnected", "password", "left"])
def test_it_ends_with_the_app(cast: Cast, service: Service, how: str) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague, ALL)
    device = service.device()
    theo.push_subscription_set(device.endpoint, keys(device), mention_events=True)
    said(nadia)
    if how == "deleted":
        theo.push_subscription_delete()
        with pytest.raises(MastodonNotFoundError):
            theo.push_subscription_update(mention_events=True)
    elif how == "disconnected":
        disconnect(by=cast.colleague, at=now(), token_id=Token.objects.get(person=cast.colleague).pk)
    elif how == "password":
        cast.colleague.set_password("another-password-2026")
        cast.colleague.save()
    else:
        Person.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    pushed()
    assert service.taken == []
    assert not Subscription.objects.exists()
    assert not Push.objects.exists()


def test_who_lets_an_app_in_reads_that_it_will_tell(cast: Cast) -> None:
    assert any("tell you on your device" in one for one in in_words(["read", "push"]))
    assert not any("tell you on your device" in one for one in in_words(["read", "write", "follow"]))


def test_one_subscription_a_token_and_none_without_the_scope(cast: Cast, service: Service) -> None:
    theo, other = client_for(cast.colleague, ALL), client_for(cast.colleague, ALL)
    first, second = service.device("1"), service.device("2")
    theo.push_subscription_set(first.endpoint, keys(first), mention_events=True)
    theo.push_subscription_set(second.endpoint, keys(second), mention_events=True)
    assert theo.push_subscription().endpoint == second.endpoint
    assert Subscription.objects.count() == 1
    with pytest.raises(MastodonNotFoundError):
        other.push_subscription()
    with pytest.raises(MastodonAPIError):
        client_for(cast.stranger).push_subscription_set(first.endpoint, keys(first))
    for endpoint in ("https://10.0.0.1/x", "http://push.example/x"):
        with pytest.raises(MastodonAPIError):
            theo.push_subscription_set(endpoint, keys(first))
    # An app's subscription is not one of the browsers.
    assert queries.devices(cast.colleague) == []


def test_who_is_muted_is_not_met_in_ones_apps(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said_by_nadia = nadia.status_post("@valve-7 The ring holds. #ring")
    said_by_theo = theo.status_post("@valve-7 It does. #ring")
    of_nadia = theo.account_lookup("nadia-roux").id
    assert theo.account_mute(of_nadia).muting
    assert [one.acct for one in theo.mutes()] == ["nadia-roux"]
    assert [one.id for one in theo.timeline_home()] == [said_by_theo.id]
    assert [one.id for one in theo.timeline_hashtag("ring")] == [said_by_theo.id]
    room = theo.account_lookup("valve-7").id
    assert [one.id for one in theo.timeline_list(room)] == [said_by_theo.id]
    # Asked for by itself it is there, on her own page too, and she notices nothing.
    assert theo.status(said_by_nadia.id).id == said_by_nadia.id
    assert [one.id for one in theo.account_statuses(of_nadia)] == [said_by_nadia.id]
    assert not nadia.account_relationships(nadia.account_lookup("theo-mercier").id)[0].muting
    assert nadia.mutes() == []
    assert len(nadia.timeline_home()) == 2
    assert not theo.account_unmute(of_nadia).muting
    assert len(theo.timeline_home()) == 2


def test_a_mute_ends_is_not_of_oneself_nor_of_a_room(cast: Cast) -> None:
    theo, pavel = client_for(cast.colleague), client_for(cast.stranger)
    of_nadia = theo.account_lookup("nadia-roux").id
    theo.account_mute(of_nadia, duration=3600)
    theo.account_mute(of_nadia, duration=60)
    assert Mute.objects.get().ends_at is not None
    Mute.objects.update(ends_at=now() - timedelta(seconds=1))
    assert not theo.account_relationships(of_nadia)[0].muting
    assert theo.mutes() == []
    for number in (theo.me().id, theo.account_lookup("valve-7").id):
        with pytest.raises(MastodonAPIError):
            theo.account_mute(number)
    with pytest.raises(MastodonNotFoundError):
        pavel.account_mute(theo.account_lookup("valve-7").id)


def test_a_stream_shows_nothing_of_who_is_muted(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    passage = int(nadia.status_post("@valve-7 The ring holds.").id)
    token = Token.objects.get(person=cast.colleague).pk
    audience = theo.status(passage).id and _audience(passage)
    happened = Happened(1, audience, passage, "delivered")
    drawing = Drawing()
    assert drawing.draw(token, BASE, happened) is not None
    theo.account_mute(theo.account_lookup("nadia-roux").id)
    assert drawing.draw(token, BASE, happened) is None


def _audience(passage: int) -> int:
    from lockgate.gateway.models import Passage

    return int(Passage.objects.get(pk=passage).audience_id)
