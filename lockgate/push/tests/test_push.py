"""Telling devices: rights and session at the moment of sending, quiet hours, and what a push service answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations.operations import submit, tell_mentioned
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import recall
from lockgate.notices.models import Notice
from lockgate.notices.operations import keep_quiet, mark_seen, tell
from lockgate.notices.types import QuietHours
from lockgate.people.models import Person
from lockgate.people.operations import make_bot
from lockgate.push import queries, rules
from lockgate.push.models import Push, Subscription
from lockgate.push.operations import end, end_of_those_who_left, gather, send_due, subscribe
from lockgate.push.tests.service import Device, Service, serving
from lockgate.push.types import Keys
from lockgate.spaces.operations import end_seat, keep_words
from lockgate.spaces.queries import place

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")
    with serving() as found:
        yield found


def session_of(person: Person) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def subscribed(person: Person, at: datetime, device: Device, session: str = "") -> int:
    return subscribe(
        by=person, at=at, keys=device.keys, session=session or session_of(person), agent="Firefox Linux"
    )


def named(cast: Cast, at: datetime, words: str = "", marking: Marking = Marking.INTERNAL) -> Any:
    """The author names her colleague in their space; he is told."""
    body = words or "@theo-mercier the seal holds."
    sent = submit(by=cast.author, at=at, body=body, marking=marking, places=["space:valve-7"])
    tell_mentioned(at=at)
    assert Notice.objects.filter(person=cast.colleague, kind="mentioned").exists()
    return sent


def pushed(at: datetime) -> int:
    while gather(at=at):
        pass
    return send_due(clock=lambda: at)


def test_a_device_is_told_and_reads_it_alone(cast: Cast, at: datetime, service: Service) -> None:
    device, other = service.device(), service.device("two")
    subscribed(cast.colleague, at, device)
    subscribed(cast.stranger, at, other)
    later = at + MINUTE
    sent = named(cast, later)
    assert pushed(later + MINUTE) == 1
    ((path, headers, body),) = service.taken
    assert path == "/push/one"
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) == rules.TTL.total_seconds()
    told = device.read(body)
    assert told["body"] == f"{cast.author.name} named you in R&D · Valve 7."
    assert told["link"] == f"/messages/{sent.message_id}"
    assert b"seal" not in body
    claims = service.claims()
    assert claims["aud"] == service.url
    assert claims["key"] == queries.public_key()
    assert 0 < claims["exp"] - (later + MINUTE).timestamp() <= 86_400
    assert pushed(later + 2 * MINUTE) == 0
    assert Push.objects.count() == 1
    assert queries.devices(cast.colleague)[0].told_at == later + MINUTE


@pytest.mark.parametrize("marking", [Marking.CONFIDENTIAL])
def test_of_what_is_confidential_no_word_goes(
    cast: Cast, at: datetime, service: Service, marking: Marking
) -> None:
    device = service.device()
    subscribed(cast.colleague, at, device)
    named(cast, at + MINUTE, marking=marking)
    assert pushed(at + 2 * MINUTE) == 1
    told = device.read(service.taken[0][2])
    assert told["body"] == "Something waits for you."
    assert cast.author.name not in str(told)
    assert "valve" not in str(told["body"]).casefold()


def test_of_what_is_said_in_a_space_that_keeps_its_words_no_word_goes(
    cast: Cast, at: datetime, service: Service
) -> None:
    device = service.device()
    subscribed(cast.colleague, at, device)
    named(cast, at + MINUTE)
    # Asked when it is sent: what was said before the switch says nothing either.
    keep_words(by=cast.author, at=at + MINUTE, slug="valve-7", is_on=True)
    assert pushed(at + 2 * MINUTE) == 1
    told = device.read(service.taken[0][2])
    assert told["body"] == "Something waits for you."
    assert cast.author.name not in str(told)
    keep_words(by=cast.author, at=at + 3 * MINUTE, slug="valve-7", is_on=False)
    named(cast, at + 3 * MINUTE)
    assert pushed(at + 4 * MINUTE) == 1
    assert "named you" in str(device.read(service.taken[1][2])["body"])


def test_all_messages_have_one_length(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    named(cast, at + MINUTE)
    named(cast, at + MINUTE, words="@theo-mercier ours alone.", marking=Marking.CONFIDENTIAL)
    assert pushed(at + 2 * MINUTE) == 2
    assert len({len(body) for _path, _headers, body in service.taken}) == 1


def test_who_no_longer_hears_is_told_nothing(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    named(cast, at + MINUTE)
    while gather(at=at + 2 * MINUTE):
        pass
    audience = place(cast.author, "valve-7", at).audience_id
    end_seat(by=cast.author, at=at + 2 * MINUTE, person=cast.colleague, audience_id=audience)
    assert send_due(clock=lambda: at + 3 * MINUTE) == 1
    assert service.taken == []
    assert Push.objects.get().state == "moot"


def test_what_was_taken_back_or_seen_is_not_pushed(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    sent = named(cast, at + MINUTE)
    while gather(at=at + 2 * MINUTE):
        pass
    recall(by=cast.author, at=at + 2 * MINUTE, passage_id=sent.passages[0].passage_id, why="Too early.")
    send_due(clock=lambda: at + 3 * MINUTE)
    named(cast, at + 4 * MINUTE, words="@theo-mercier and another.")
    while gather(at=at + 5 * MINUTE):
        pass
    mark_seen(by=cast.colleague.pk, at=at + 5 * MINUTE)
    send_due(clock=lambda: at + 6 * MINUTE)
    assert service.taken == []


@pytest.mark.parametrize("how", ["signed out", "left", "password", "ended"])
def test_what_it_is_bound_to_ends_it(cast: Cast, at: datetime, service: Service, how: str) -> None:
    session = session_of(cast.colleague)
    number = subscribed(cast.colleague, at, service.device(), session)
    named(cast, at + MINUTE)
    while gather(at=at + 2 * MINUTE):
        pass
    if how == "signed out":
        Session.objects.filter(session_key=session).delete()
    elif how == "left":
        Person.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    elif how == "password":
        cast.colleague.set_password("another-password-2026")
        cast.colleague.save()
    else:
        end(by=cast.colleague, at=at + 2 * MINUTE, subscription_id=number)
    send_due(clock=lambda: at + 3 * MINUTE)
    assert service.taken == []
    assert not Subscription.objects.exists()
    assert not Push.objects.exists()


def test_quiet_hours_hold_it_back_and_lose_nothing(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    keep_quiet(by=cast.colleague.pk, at=at, hours=QuietHours(until=at + timedelta(hours=2)))
    named(cast, at + MINUTE)
    assert pushed(at + 2 * MINUTE) == 0
    assert send_due(clock=lambda: at + timedelta(hours=1)) == 0
    assert send_due(clock=lambda: at + timedelta(hours=2, minutes=11)) == 1
    assert len(service.taken) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(cast: Cast, at: datetime, service: Service, status: int) -> None:
    subscribed(cast.colleague, at, service.device())
    service.answers = [status]
    named(cast, at + MINUTE)
    pushed(at + 2 * MINUTE)
    assert not Subscription.objects.exists()
    assert Entry.objects.filter(action="push.subscription.ended", actor="system").exists()


@pytest.mark.parametrize(
    "answer", [429, 500, 503, (429, {"Retry-After": "600"}), (503, {"Retry-After": "600"})]
)
def test_what_is_out_of_order_is_tried_again(cast: Cast, at: datetime, service: Service, answer: Any) -> None:
    subscribed(cast.colleague, at, service.device())
    service.answers = [answer]
    named(cast, at + MINUTE)
    moment = at + 2 * MINUTE
    pushed(moment)
    waits = Push.objects.get()
    assert waits.state == "waiting"
    assert waits.due_at >= moment + rules.BACK_OFF[0]
    if isinstance(answer, tuple):
        assert waits.due_at >= moment + timedelta(seconds=600)
    send_due(clock=lambda: waits.due_at + timedelta(seconds=1))
    assert Push.objects.get().state == "sent"
    assert Subscription.objects.get().failing_since is None


def test_after_enough_tries_it_is_given_up(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    service.answers = [500] * 30
    named(cast, at + MINUTE)
    moment = at + 2 * MINUTE
    pushed(moment)
    for _try in range(12):
        moment += timedelta(hours=5)
        send_due(clock=lambda now=moment: now)  # type: ignore[misc]  # bound at once
    assert Push.objects.get().state == "failed"
    assert len(service.taken) == len(rules.BACK_OFF) + 1
    moment += timedelta(days=5)
    named(cast, moment, words="@theo-mercier still here?")
    pushed(moment + MINUTE)
    assert not Subscription.objects.exists()


def test_a_redirect_is_not_followed(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    service.answers = [(307, {"Location": service.url + "/elsewhere"})]
    named(cast, at + MINUTE)
    pushed(at + 2 * MINUTE)
    assert [path for path, _headers, _body in service.taken] == ["/push/one"]
    assert Push.objects.get().state == "waiting"


def test_of_two_that_send_at_once_one_does(cast: Cast, at: datetime, service: Service) -> None:
    subscribed(cast.colleague, at, service.device())
    named(cast, at + MINUTE)
    while gather(at=at + 2 * MINUTE):
        pass
    claimed = Push.objects.get()
    Push.objects.update(state="claimed", taken_until=at + 3 * MINUTE, fence=7)
    assert send_due(clock=lambda: at + 2 * MINUTE) == 0
    # The other died: after its lease it is sent after all.
    assert send_due(clock=lambda: at + 4 * MINUTE) == 1
    claimed.refresh_from_db()
    assert (claimed.state, claimed.fence) == ("sent", 8)


def test_nothing_from_before_one_asked_is_told(cast: Cast, at: datetime, service: Service) -> None:
    named(cast, at + MINUTE)
    subscribed(cast.colleague, at + 2 * MINUTE, service.device())
    assert pushed(at + 3 * MINUTE) == 0
    tell([cast.colleague.pk], "rumour-asked", words={}, message_id=None, at=at + 3 * MINUTE)
    assert pushed(at + 4 * MINUTE) == 1


class TestSubscribing:
    def test_the_same_browser_is_whose_who_asks_last(
        self, cast: Cast, at: datetime, service: Service
    ) -> None:
        device = service.device()
        subscribed(cast.colleague, at, device)
        subscribed(cast.stranger, at, device)
        assert queries.devices(cast.colleague) == []
        (mine,) = queries.devices(cast.stranger)
        assert (mine.name, mine.digest) == ("Firefox · Linux", rules.digest(device.endpoint))

    def test_one_ends_ones_own_alone(self, cast: Cast, at: datetime, service: Service) -> None:
        number = subscribed(cast.colleague, at, service.device())
        with pytest.raises(NotFound):
            end(by=cast.stranger, at=at, subscription_id=number)
        end(by=cast.colleague, at=at, subscription_id=number)
        with pytest.raises(NotFound):
            end(by=cast.colleague, at=at, subscription_id=number)

    def test_ten_are_enough(self, cast: Cast, at: datetime, service: Service) -> None:
        for number in range(rules.MOST_DEVICES):
            subscribed(cast.colleague, at, service.device(str(number)))
        with pytest.raises(BadInput):
            subscribed(cast.colleague, at, service.device("one-more"))
        subscribed(cast.colleague, at, service.device("3"))

    def test_where_one_signed_out_is_no_device(self, cast: Cast, at: datetime, service: Service) -> None:
        for number in range(rules.MOST_DEVICES):
            subscribed(cast.colleague, at, service.device(str(number)))
        assert len(queries.devices(cast.colleague)) == rules.MOST_DEVICES
        Session.objects.all().delete()
        assert queries.devices(cast.colleague) == []
        subscribed(cast.colleague, at, service.device("new"))
        assert Subscription.objects.count() == 1

    def test_rows_of_who_left_go(self, cast: Cast, at: datetime, service: Service) -> None:
        subscribed(cast.colleague, at, service.device("1"))
        subscribed(cast.stranger, at, service.device("2"))
        assert end_of_those_who_left(at=at) == 0
        Person.objects.filter(pk=cast.colleague.pk).update(is_active=False)
        assert end_of_those_who_left(at=at) == 1
        assert Subscription.objects.get().person == cast.stranger

    def test_nothing_lies_open(self, cast: Cast, at: datetime, service: Service) -> None:
        device, session = service.device(), session_of(cast.colleague)
        subscribed(cast.colleague, at, device, session)
        row = Subscription.objects.values().get()
        kept = str({key: bytes(one) if key == "sealed" else one for key, one in row.items()})
        for secret in (device.endpoint, device.keys.p256dh, device.keys.auth, session):
            assert secret not in kept

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://push.example/1",
            "https://127.0.0.2/1",
            "https://10.1.2.3/1",
            "https://[::1]/1",
            "https://user:word@push.example/1",
            "ftp://push.example/",
            "https://[",
            "",
            "https://push.example/" + "x" * 1000,
            "https://push.example/é",
        ],
    )
    def test_an_address_inside_is_refused(self, cast: Cast, at: datetime, endpoint: str) -> None:
        with pytest.raises(BadInput):
            subscribed(cast.colleague, at, Device(endpoint))
        assert not Subscription.objects.exists()

    @pytest.mark.parametrize(("p256dh", "auth"), [("", ""), ("AAAA", "AAAA"), ("é", "é"), ("{p}", "AAAA")])
    def test_keys_that_are_none_are_refused(self, cast: Cast, at: datetime, p256dh: str, auth: str) -> None:
        good = Device("https://push.example/1").keys
        keys = Keys(good.endpoint, p256dh.replace("{p}", good.p256dh), auth)
        with pytest.raises(BadInput):
            subscribe(by=cast.colleague, at=at, keys=keys, session="x", agent="")

    def test_a_bot_has_no_device_and_an_installation_may_have_none(
        self, cast: Cast, at: datetime, settings: Any
    ) -> None:
        device = Device("https://push.example/1")
        bot = make_bot(by=cast.author, at=at, name="Bench")
        with pytest.raises(NotFound):
            subscribed(bot, at, device)
        settings.PUSH = False
        with pytest.raises(BadInput):
            subscribed(cast.colleague, at, device)
        assert threading.active_count() < 50
