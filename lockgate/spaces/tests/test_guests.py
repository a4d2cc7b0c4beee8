"""Deal rooms, sealed boxes, clearing, NDAs and the breaking of glass, and what the database itself refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.spaces import queries
from lockgate.spaces.models import Audience, Nda, Seat
from lockgate.spaces.operations import (
    AboveTheirNda,
    AlreadyThere,
    NotForGuests,
    agree_to_glass,
    ask_for_glass,
    change_role,
    clear_room,
    decline_glass,
    end_seat,
    file_nda,
    open_lane,
    open_sealed,
    open_space,
    record_ends,
    seal_submissions,
    seat,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BOTH = ("stefan-bauer", "lars-eklund")


@dataclass
class Deal:
    main: Audience
    lanes: dict[str, Audience]
    boxes: dict[str, Audience]
    opens_at: datetime


@pytest.fixture
def deal(cast: Cast, at: datetime) -> Deal:
    space = open_space(
        by=cast.author, at=at, slug="castings", name="Castings", kind="deal", ceiling=Marking.CONFIDENTIAL
    )
    main = Audience.objects.get(space=space)
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=main.pk)
    lanes = {}
    for slug in BOTH:
        firm = cast.persons[slug].firm
        lanes[slug] = open_lane(by=cast.author, at=at, slug="castings", firm=firm, ceiling=2)
        seat(by=cast.author, at=at, person=cast.persons[slug], audience_id=lanes[slug].pk, role="guest")
    boxes = seal_submissions(by=cast.author, at=at, slug="castings", until=at + DAY)
    return Deal(main, lanes, dict(zip(BOTH, boxes, strict=True)), at + DAY)


def rooms(person: Person, at: datetime) -> set[int]:
    return set(queries.audible(person, at))


def test_a_vendor_knows_of_its_own_lane_alone(cast: Cast, at: datetime, deal: Deal) -> None:
    one, other = (cast.persons[slug] for slug in BOTH)
    assert deal.lanes[one.slug].pk in rooms(one, at)
    assert not {deal.main.pk, deal.lanes[other.slug].pk, deal.boxes[other.slug].pk} & rooms(one, at)
    assert other.pk not in queries.known_to(one, at)
    names = {place.name for place in queries.places_of(one, at)}
    assert not [name for name in names if other.firm.name in name]
    assert other.firm.name not in repr(queries.hearers([deal.lanes[one.slug].pk], at))
    for read in (queries.lanes, queries.stays):
        with pytest.raises(NotFound):
            read(one, "castings", at)
    with pytest.raises(NotFound):
        open_lane(by=one, at=at, slug="castings", firm=one.firm, ceiling=2)
    with pytest.raises(NotForGuests):
        seat(by=cast.author, at=at, person=one, audience_id=deal.lanes[other.slug].pk)
    with pytest.raises(NotForGuests):
        seat(by=cast.author, at=at, person=one, audience_id=deal.main.pk)
    with pytest.raises(IntegrityError, match="another"), transaction.atomic():
        Seat.objects.create(person=one, audience=deal.lanes[other.slug], begins_at=at, role="guest")
    with pytest.raises(AlreadyThere):
        open_lane(by=cast.author, at=at, slug="castings", firm=one.firm, ceiling=2)


def test_what_is_sealed_opens_to_all_buyers_at_one_moment(cast: Cast, at: datetime, deal: Deal) -> None:
    boxes = {one.pk for one in deal.boxes.values()}
    last = deal.opens_at - timedelta(seconds=1)
    for buyer in (cast.author, cast.colleague):
        assert not boxes & rooms(buyer, last)
        assert boxes <= rooms(buyer, deal.opens_at)
    mine = deal.boxes[cast.guest.slug].pk
    assert mine in queries.speaks_in(cast.guest, last, {mine})
    assert mine not in queries.speaks_in(cast.guest, deal.opens_at, {mine})
    assert mine in rooms(cast.guest, deal.opens_at)
    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
        Seat.objects.create(person=cast.chief, audience_id=mine, begins_at=at)
    with pytest.raises(IntegrityError, match="seal"), transaction.atomic():
        Audience.objects.filter(pk=mine).update(sealed_until=at)
    assert open_sealed(at=last) == 0
    assert open_sealed(at=deal.opens_at) == 2
    assert open_sealed(at=deal.opens_at) == 0
    assert Entry.objects.filter(action="spaces.lane.unsealed").count() == 2


def test_who_comes_later_sits_in_the_box_too_and_who_goes_leaves_it(
    cast: Cast, at: datetime, deal: Deal
) -> None:
    lane, box = deal.lanes[cast.guest.slug], deal.boxes[cast.guest.slug]
    seat(by=cast.author, at=at, person=cast.chief, audience_id=lane.pk)
    assert box.pk not in rooms(cast.chief, at)
    assert box.pk in rooms(cast.chief, deal.opens_at)
    end_seat(by=cast.author, at=at + MINUTE, person=cast.chief, audience_id=lane.pk)
    assert box.pk not in rooms(cast.chief, deal.opens_at)


def test_clearing_the_room_ends_every_guests_seat_and_no_other(cast: Cast, at: datetime, deal: Deal) -> None:
    now = at + MINUTE
    guests = [cast.persons[slug] for slug in BOTH]
    before = {one.slug: rooms(one, now) for one in guests}
    for nobody in (cast.colleague, cast.stranger, cast.administrator, *guests):
        with pytest.raises(NotFound):
            clear_room(by=nobody, at=now, slug="castings", why="Enough.")
    with pytest.raises(BadInput):
        clear_room(by=cast.author, at=now, slug="castings", why=" ")
    assert clear_room(by=cast.author, at=now, slug="castings", why="Offers are in.") == 2
    here = {deal.main.pk, *(one.pk for one in (*deal.lanes.values(), *deal.boxes.values()))}
    for one in guests:
        assert rooms(one, now) == before[one.slug] - here
    assert here - {one.pk for one in deal.boxes.values()} <= rooms(cast.author, now)
    assert here <= rooms(cast.author, deal.opens_at)
    left = [one for one in queries.stays(cast.author, "castings", now) if one.ends_at == now]
    assert {one.person_id for one in left} == {one.pk for one in guests}
    assert Entry.objects.filter(action="spaces.room.cleared").count() == 1
    assert (
        Entry.objects.filter(
            action="spaces.seat.ended", at=now, parent__in=[one.pseudonym for one in guests]
        ).count()
        == 4
    )


def test_a_seat_ends_with_the_nda(cast: Cast, at: datetime, deal: Deal) -> None:
    lane = deal.lanes[cast.guest.slug].pk
    with pytest.raises(NotFound):
        file_nda(by=cast.author, at=at, person=cast.guest, ends_at=at + DAY, ceiling=2)
    with pytest.raises(BadInput):
        file_nda(by=cast.administrator, at=at, person=cast.author, ends_at=at + DAY, ceiling=2)
    assert file_nda(by=cast.administrator, at=at, person=cast.guest, ends_at=at + DAY, ceiling=2) == []
    assert lane in rooms(cast.guest, at + DAY - MINUTE)
    assert rooms(cast.guest, at + DAY) == set()
    file_nda(by=cast.administrator, at=at, person=cast.guest, ends_at=at + 3 * DAY, ceiling=2)
    assert lane in rooms(cast.guest, at + 2 * DAY)
    with pytest.raises(IntegrityError, match="NDA"), transaction.atomic():
        Seat.objects.filter(person=cast.guest, audience_id=lane).update(ends_at=None)
    assert record_ends(at=at + 3 * DAY) >= 1
    assert record_ends(at=at + 3 * DAY) == 0
    with pytest.raises(AboveTheirNda):
        seat(by=cast.author, at=at + 4 * DAY, person=cast.guest, audience_id=lane, role="guest")


def test_a_guest_sits_in_no_room_above_what_they_may_hear(cast: Cast, at: datetime, deal: Deal) -> None:
    lane = deal.lanes[cast.guest.slug]
    left = file_nda(by=cast.administrator, at=at + MINUTE, person=cast.guest, ends_at=at + DAY, ceiling=1)
    assert lane.pk not in rooms(cast.guest, at + MINUTE)
    assert any(one.startswith("Castings") for one in left)
    with pytest.raises(AboveTheirNda):
        seat(by=cast.author, at=at + MINUTE, person=cast.guest, audience_id=lane.pk, role="guest")
    with pytest.raises(IntegrityError, match="higher marking"), transaction.atomic():
        Seat.objects.create(
            person=cast.guest, audience=lane, role="guest", begins_at=at + MINUTE, ends_at=at + 2 * MINUTE
        )
    other = cast.persons["lars-eklund"]
    with pytest.raises(IntegrityError, match="cover"), transaction.atomic():
        Nda.objects.create(person=other, ends_at=at + DAY, ceiling=1)
    low = open_lane_of_its_own(cast, at)
    seat(by=cast.author, at=at + MINUTE, person=cast.guest, audience_id=low.pk, role="guest")
    with pytest.raises(IntegrityError, match="raised"), transaction.atomic():
        Audience.objects.filter(pk=low.pk).update(ceiling=2)


def open_lane_of_its_own(cast: Cast, at: datetime) -> Audience:
    open_space(
        by=cast.author,
        at=at,
        slug="low",
        name="Low",
        kind="partner",
        ceiling=Marking.INTERNAL,
        admits_guests=True,
    )
    return Audience.objects.get(space__slug="low")


def test_breaking_the_glass_takes_two_a_reason_and_a_notice(cast: Cast, at: datetime, deal: Deal) -> None:
    admin, second = cast.administrator, cast.supervisor
    for nobody in (cast.author, second, cast.guest):
        with pytest.raises(NotFound):
            ask_for_glass(by=nobody, at=at, slug="castings", why="Curious.")
    with pytest.raises(BadInput):
        ask_for_glass(by=admin, at=at, slug="castings", why="")
    asked = ask_for_glass(by=admin, at=at, slug="castings", why="A complaint was made.")
    assert deal.main.pk not in rooms(admin, at)
    for nobody in (admin, cast.author, cast.chief):
        with pytest.raises(NotFound):
            agree_to_glass(by=nobody, at=at, glass_id=asked)
    # The two lanes and the deliberation; what is sealed stays sealed.
    assert agree_to_glass(by=second, at=at, glass_id=asked) == 3
    assert deal.main.pk in rooms(admin, at)
    assert not {one.pk for one in deal.boxes.values()} & rooms(admin, at)
    assert deal.main.pk not in queries.speaks_in(admin, at, {deal.main.pk})
    assert deal.main.pk not in rooms(admin, at + DAY)
    from lockgate.notices.queries import of

    assert [one.kind for one in of(cast.author)] == ["glass-broken"]
    nothing = ask_for_glass(by=admin, at=at, slug="never-was", why="A complaint was made.")
    assert agree_to_glass(by=second, at=at, glass_id=nothing) == 0
    third = ask_for_glass(by=admin, at=at, slug="castings", why="Again.")
    decline_glass(by=second, at=at, glass_id=third)
    with pytest.raises(NotFound):
        agree_to_glass(by=second, at=at, glass_id=third)


def test_an_nda_is_renewed_lower_before_anybody_recorded_that_the_old_one_ended(
    cast: Cast, at: datetime, deal: Deal
) -> None:
    file_nda(by=None, at=at, person=cast.guest, ends_at=at + DAY, ceiling=2)
    later = at + 2 * DAY
    file_nda(by=None, at=later, person=cast.guest, ends_at=later + DAY, ceiling=1)
    assert not rooms(cast.guest, later) & {one.pk for one in (*deal.lanes.values(), *deal.boxes.values())}
    assert record_ends(at=later) == 0


def test_a_buyers_seats_in_the_lanes_go_with_the_deliberation(cast: Cast, at: datetime, deal: Deal) -> None:
    every = {deal.main.pk, *(one.pk for one in deal.lanes.values())}
    seat(by=cast.author, at=at + MINUTE, person=cast.stranger, audience_id=deal.main.pk, role="observer")
    assert rooms(cast.stranger, at + MINUTE) & every == every
    opened = deal.opens_at
    assert {one.pk for one in deal.boxes.values()} <= rooms(cast.stranger, opened)
    change_role(by=cast.author, at=opened, person=cast.stranger, audience_id=deal.main.pk, role="moderator")
    for one in deal.lanes.values():
        assert queries.role_in(cast.stranger, one.pk, opened) == "moderator"
    end_seat(by=cast.author, at=opened + MINUTE, person=cast.stranger, audience_id=deal.main.pk)
    assert not rooms(cast.stranger, opened + MINUTE) & (every | {one.pk for one in deal.boxes.values()})


def test_a_vendors_person_who_goes_after_the_deadline_leaves_the_box_too(
    cast: Cast, at: datetime, deal: Deal
) -> None:
    later = deal.opens_at + MINUTE
    end_seat(by=cast.author, at=later, person=cast.guest, audience_id=deal.lanes["stefan-bauer"].pk)
    assert deal.boxes["stefan-bauer"].pk not in rooms(cast.guest, later)
