"""Who may hear a happening: the same answer as the one visibility function, asked the other way about."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall, submit
from lockgate.live.hearing import Happened, after, hearers, missed, place_key, signed_in, still_signed_in
from lockgate.live.listeners import TOO_FAR_BEHIND
from lockgate.live.source import RESUME_LIMIT
from lockgate.notices.models import Happening
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.spaces.models import Seat
from lockgate.spaces.queries import audible

pytestmark = pytest.mark.django_db
PLACE = "space:resellers-dach"


def post(cast: Cast, at: datetime) -> Passage:
    sent = submit(by=cast.approver, at=at, body="The price list stands.", marking=0, places=[PLACE])
    return Passage.objects.get(pk=sent.passages[0].passage_id)


def happened(passage: Passage, kind: str = "delivered") -> Happened:
    return Happened(1, passage.audience_id, passage.pk, kind)


def seat_in_resellers(cast: Cast, person: Person) -> Seat:
    return Seat.objects.get(person=person, audience=cast.audiences["resellers-dach"], ends_at__isnull=True)


@pytest.fixture
def passage(cast: Cast, at: datetime, minute: timedelta) -> Passage:
    if not Seat.objects.filter(person=cast.approver, audience=cast.audiences["resellers-dach"]).exists():
        Seat.objects.create(person=cast.approver, audience=cast.audiences["resellers-dach"], begins_at=at)
    made = post(cast, at + minute)
    assert made.state == "delivered", made.state
    return made


def test_exactly_those_hear_it_whom_the_visibility_rule_admits(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    now = at + 2 * minute
    assert passage.position is not None
    admitted = {
        person.pk
        for person in Person.objects.all()
        if audible(person, now).get(passage.audience_id, 1 << 63) <= passage.position
    }
    assert hearers(happened(passage), now) == admitted
    assert cast.guest.pk in admitted
    assert cast.stranger.pk not in admitted


def test_who_was_cleared_from_the_room_hears_nothing_more(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    Seat.objects.filter(pk=seat_in_resellers(cast, cast.guest).pk).update(ends_at=at + 2 * minute)
    assert cast.guest.pk in hearers(happened(passage), at + minute + timedelta(seconds=1))
    assert cast.guest.pk not in hearers(happened(passage), at + 2 * minute)


def test_who_sat_down_later_does_not_hear_what_was_said_before(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    assert passage.position is not None
    Seat.objects.filter(pk=seat_in_resellers(cast, cast.guest).pk).update(hears_from=passage.position + 1)
    assert cast.guest.pk not in hearers(happened(passage, "revised"), at + 2 * minute)


def test_a_deactivated_person_hears_nothing(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    let_go(by=cast.administrator, at=at + minute, person=cast.guest)
    assert cast.guest.pk not in hearers(happened(passage), at + 2 * minute)


def test_what_was_recalled_is_told_to_those_who_could_hear_it(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    before = hearers(happened(passage), at + 2 * minute)
    recall(by=cast.approver, at=at + 2 * minute, passage_id=passage.pk, why="A wrong price.")
    passage.refresh_from_db()
    assert passage.position is None
    assert hearers(happened(passage, "recalled"), at + 3 * minute) == before


def test_a_happening_of_another_audience_wakes_nobody(cast: Cast, passage: Passage, at: datetime) -> None:
    stray = Happened(1, passage.audience_id + 1, passage.pk, "delivered")
    assert hearers(stray, at + timedelta(hours=1)) == frozenset()


def test_a_place_is_named_by_its_key(cast: Cast) -> None:
    assert place_key(cast.audiences["resellers-dach"].pk) == PLACE


def test_the_log_is_read_from_a_little_before(passage: Passage) -> None:
    rows = list(Happening.objects.order_by("id").values_list("id", flat=True))
    assert rows
    assert [one.id for one in after(rows[-1], overlap_ms=10_000, limit=10)] == rows[-10:]
    assert after(rows[-1] + (20_000 << 22), overlap_ms=10_000, limit=10) == []


def session_of(person: Person) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session


def test_a_session_is_its_persons(cast: Cast) -> None:
    key = session_of(cast.author).session_key
    assert key is not None
    who = signed_in(key)
    assert who is not None
    assert who.person == cast.author.pk


@pytest.mark.parametrize("key", ["", "nonsense", "a" * 32])
def test_an_unknown_session_is_nobodys(cast: Cast, key: str) -> None:
    assert signed_in(key) is None


def test_a_session_dies_with_sign_out_deactivation_and_a_new_password(cast: Cast, at: datetime) -> None:
    from lockgate.base.clock import now

    people = (cast.author, cast.colleague, cast.approver, cast.stranger)
    sessions = [session_of(person) for person in people]
    seals = {}
    for session in sessions:
        who = signed_in(str(session.session_key))
        assert who is not None
        seals[who.session] = (who.person, who.seal)
    signed_out, let_go_of, renewed, living = sessions
    assert still_signed_in(seals, now()) == frozenset(seals)
    signed_out.delete()
    Person.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    Person.objects.filter(pk=cast.approver.pk).update(password="another")
    assert still_signed_in(seals, now()) == {living.session_key}
    assert signed_in(str(let_go_of.session_key)) is None
    assert signed_in(str(renewed.session_key)) is None


def test_what_was_missed_is_what_each_may_hear(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    """Of the whole log and every person: asked for one person at once, or for each happening."""
    second = post(cast, at + 2 * minute)
    recall(by=cast.approver, at=at + 3 * minute, passage_id=second.pk, why="A wrong price.")
    Seat.objects.filter(pk=seat_in_resellers(cast, cast.guest).pk).update(hears_from=second.position)
    now = at + 4 * minute
    log = after(0, overlap_ms=0, limit=1_000)
    for person in Person.objects.all():
        heard = [one for one in log if person.pk in hearers(one, now)]
        assert missed(person.pk, 0, now, overlap_ms=0, limit=1_000) == heard
        if heard:
            first, *rest = heard
            assert missed(person.pk, first.id, now, overlap_ms=0, limit=1_000) == rest


def test_what_others_said_does_not_push_out_what_was_missed(
    cast: Cast, passage: Passage, at: datetime, minute: timedelta
) -> None:
    """The limit counts what one hears. Counting what happened, a busy company made a resumed stream lose the rest."""
    first = Happening.objects.order_by("id").values_list("id", flat=True)[0]
    other = cast.audiences["valve-7"].pk
    Happening.objects.bulk_create(
        Happening(id=first - 600 + n, audience_id=other, passage_id=passage.pk, kind="delivered", at=at)
        for n in range(600)
    )
    (heard,) = missed(cast.guest.pk, first - 601, at + 2 * minute, overlap_ms=0, limit=5)
    assert heard.passage == passage.pk


def test_more_was_missed_than_may_wait_so_the_stream_ends_and_is_resumed() -> None:
    assert RESUME_LIMIT > TOO_FAR_BEHIND
