"""Seats: who hears what, from when until when, and what the database itself refuses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.archive.models import Entry
from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.spaces import queries
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.operations import (
    LastOwner,
    NotForGuests,
    SeatTaken,
    end_seat,
    leave_company,
    open_space,
    seat,
)

MINUTE = timedelta(minutes=1)


def test_a_seat_is_heard_from_at_the_next_read_until_it_ends(cast: Cast, at: datetime) -> None:
    room = cast.audiences["valve-7"]
    owner = (
        Seat.objects.filter(audience=room, role__in=["owner", "moderator"])
        .select_related("person__firm")
        .first()
    )
    assert owner is not None
    by = owner.person
    assert room.pk not in queries.audible(cast.stranger, at)
    seat(by=by, at=at, person=cast.stranger, audience_id=room.pk, hears_past=False)
    assert queries.audible(cast.stranger, at)[room.pk] == floor_id(at)
    with pytest.raises(SeatTaken):
        seat(by=by, at=at, person=cast.stranger, audience_id=room.pk)
    end_seat(by=by, at=at + MINUTE, person=cast.stranger, audience_id=room.pk)
    assert room.pk not in queries.audible(cast.stranger, at + MINUTE)
    begun = Entry.objects.filter(
        action="spaces.seat.begun", parent=cast.stranger.pseudonym, record=f"a:{room.pk}"
    )
    ended = Entry.objects.filter(
        action="spaces.seat.ended", parent=cast.stranger.pseudonym, record=f"a:{room.pk}"
    )
    assert (begun.count(), ended.count()) == (1, 1)


def test_who_may_not_seat_learns_nothing(cast: Cast, at: datetime) -> None:
    room = cast.audiences["valve-7"]
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        with pytest.raises(NotFound):
            seat(by=nobody, at=at, person=nobody, audience_id=room.pk)
        with pytest.raises(NotFound):
            seat(by=nobody, at=at, person=nobody, audience_id=10**9)
        with pytest.raises(NotFound):
            queries.sitters(nobody, room.pk, at)


def test_a_guest_sits_only_where_guests_may(cast: Cast, at: datetime) -> None:
    space = open_space(
        by=cast.author, at=at, slug="inside-only", name="Inside only", kind="topic", ceiling=Marking.INTERNAL
    )
    room = Audience.objects.get(space=space)
    with pytest.raises(NotForGuests):
        seat(by=cast.author, at=at, person=cast.guest, audience_id=room.pk)
    with pytest.raises(IntegrityError, match="guest sits only"), transaction.atomic():
        Seat.objects.create(person=cast.guest, audience=room, begins_at=at)
    with pytest.raises(BadInput):
        open_space(
            by=cast.author, at=at, slug="inside-only", name="Twice", kind="topic", ceiling=Marking.INTERNAL
        )
    with pytest.raises(NotFound):
        open_space(by=cast.guest, at=at, slug="mine", name="Mine", kind="topic", ceiling=Marking.INTERNAL)


def test_whoever_has_left_hears_nothing(cast: Cast, at: datetime) -> None:
    assert queries.audible(cast.colleague, at)
    cast.colleague.is_active = False
    assert queries.audible(cast.colleague, at) == {}


def test_a_guest_knows_only_those_of_their_rooms(cast: Cast, at: datetime) -> None:
    known = queries.known_to(cast.guest, at)
    assert cast.guest.pk in known
    assert cast.stranger.pk not in known
    assert known == {
        one.person_id for one in queries.sitters(cast.guest, cast.audiences["resellers-dach"].pk, at)
    }
    assert cast.stranger.pk in queries.known_to(cast.author, at)


def test_covering_rooms_are_those_that_hold_everyone_here(cast: Cast, at: datetime) -> None:
    everyone, valve = cast.audiences["everyone"].pk, cast.audiences["valve-7"].pk
    assert everyone in queries.covering(valve, at)
    assert valve not in queries.covering(everyone, at)
    rooms = [one.pk for one in cast.audiences.values()]
    for room in rooms:
        assert {one for one in rooms if queries.covers(one, room, at)} == queries.covering(room, at) & set(
            rooms
        )


def test_whom_a_room_may_ever_admit_never_changes(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Audience.objects.filter(pk=cast.audiences["valve-7"].pk).update(kind="guests")
    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.create(kind="outside", ceiling=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.filter(kind="outside").update(ceiling=1)


def test_the_last_owner_stays_until_there_is_another(cast: Cast, at: datetime) -> None:
    space = open_space(
        by=cast.author, at=at, slug="mine", name="Mine", kind="topic", ceiling=Marking.INTERNAL
    )
    room = Audience.objects.get(space=space)
    with pytest.raises(LastOwner):
        end_seat(by=cast.author, at=at + MINUTE, person=cast.author, audience_id=room.pk)
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=room.pk, role="owner")
    end_seat(by=cast.author, at=at + MINUTE, person=cast.author, audience_id=room.pk)
    assert room.pk not in queries.audible(cast.author, at + MINUTE)


def test_the_shell_tends_rooms_without_a_seat_and_by_their_rules(cast: Cast, at: datetime) -> None:
    space = open_space(
        by=None, owner=cast.author, at=at, slug="shell", name="Shell", kind="topic", ceiling=Marking.INTERNAL
    )
    room = space.audiences.get()
    opened = Entry.objects.get(action="spaces.space.opened", record=f"s:{space.pk}")
    assert opened.actor == "system"
    assert Seat.objects.get(audience=room).person == cast.author
    seat(by=None, at=at, person=cast.stranger, audience_id=room.pk, hears_past=False)
    assert queries.audible(cast.stranger, at)[room.pk] == floor_id(at)
    with pytest.raises(NotForGuests):
        seat(by=None, at=at, person=cast.guest, audience_id=room.pk)
    with pytest.raises(SeatTaken):
        seat(by=None, at=at, person=cast.stranger, audience_id=room.pk)
    with pytest.raises(LastOwner):
        end_seat(by=None, at=at + MINUTE, person=cast.author, audience_id=room.pk)
    end_seat(by=None, at=at + MINUTE, person=cast.stranger, audience_id=room.pk)
    with pytest.raises(NotFound):
        end_seat(by=None, at=at + MINUTE, person=cast.stranger, audience_id=room.pk)
    facts = Entry.objects.filter(record=f"a:{room.pk}", parent=cast.stranger.pseudonym).order_by("id")
    assert list(facts.values_list("action", "actor")) == [
        ("spaces.seat.begun", "system"),
        ("spaces.seat.ended", "system"),
    ]
    for owner in (None, cast.guest):
        with pytest.raises((BadInput, NotFound)):
            open_space(
                by=None, owner=owner, at=at, slug="no", name="No", kind="topic", ceiling=Marking.INTERNAL
            )


def test_whoever_leaves_leaves_every_room_and_each_is_recorded(cast: Cast, at: datetime) -> None:
    open_space(by=cast.author, at=at, slug="mine", name="Mine alone", kind="topic", ceiling=Marking.INTERNAL)
    rooms = set(
        Seat.objects.filter(person=cast.author, ends_at__isnull=True).values_list("audience_id", flat=True)
    )
    assert len(rooms) > 2
    orphans = leave_company(by=None, at=at + MINUTE, person=cast.author)
    assert "Mine alone" in orphans
    left = Person.objects.get(pk=cast.author.pk)
    assert not left.is_active
    assert not Seat.objects.filter(person=left, ends_at__isnull=True).exists()
    assert queries.audible(left, at + MINUTE) == {}
    ended = Entry.objects.filter(action="spaces.seat.ended", parent=left.pseudonym)
    assert sorted(ended.values_list("record", flat=True)) == sorted(f"a:{room}" for room in rooms)
    with pytest.raises(BadInput):
        seat(by=None, at=at + MINUTE, person=left, audience_id=cast.audiences["valve-7"].pk)


def test_who_is_known_among_some(cast: Cast, at: datetime) -> None:
    """The same persons as without ``among``, of those that are asked for."""
    some = [*[person.pk for person in cast.persons.values()][::2], 10**9]
    for viewer in (cast.author, cast.stranger, cast.guest):
        assert queries.known_to(viewer, at, among=some) == queries.known_to(viewer, at) & set(some)
        assert queries.known_to(viewer, at, among=[]) == set()
        assert queries.known_to(viewer, at, among=[viewer.pk]) == {viewer.pk}
