"""How both databases find seats, lanes and boxes among ten thousand seats: by an index, and never by reading all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lockgate.base.transactions import is_postgresql
from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Audience, Seat, Space

SEATS, ROOMS = 10_000, 200


@pytest.fixture
def crowded(cast: Cast, at: datetime) -> Cast:
    """A thousand people with ten seats each, in two hundred rooms, and a deal room among them."""
    firm = cast.author.firm
    Person.objects.bulk_create(
        Person(slug=f"p{n}", email=f"p{n}@x.example", name=f"P {n}", firm=firm, joined_at=at)
        for n in range(SEATS // 10)
    )
    people = list(Person.objects.filter(slug__startswith="p").order_by("pk")[: SEATS // 10])
    Space.objects.bulk_create(
        Space(slug=f"r{n}", name=f"R {n}", kind="topic", created_at=at) for n in range(ROOMS)
    )
    Audience.objects.bulk_create(
        Audience(space=one, kind="inside", ceiling=1) for one in Space.objects.filter(name__startswith="R ")
    )
    rooms = list(Audience.objects.filter(space__name__startswith="R ").values_list("pk", flat=True))
    Seat.objects.bulk_create(
        (
            Seat(person=person, audience_id=rooms[(n * 7 + k * 19) % ROOMS], begins_at=at)
            for n, person in enumerate(people)
            for k in range(10)
        ),
        batch_size=150,
    )
    tending.open_space(by=cast.author, at=at, slug="castings", name="C", kind="deal", ceiling=2)  # type: ignore[arg-type]  # as stored
    for slug in ("stefan-bauer", "lars-eklund"):
        guest = cast.persons[slug]
        lane = tending.open_lane(by=cast.author, at=at, slug="castings", firm=guest.firm, ceiling=2)
        tending.seat(by=cast.author, at=at, person=guest, audience_id=lane.pk, role="guest")
    tending.seal_submissions(by=cast.author, at=at, slug="castings", until=at + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return cast


def plans(statements: list[tuple[str, tuple[object, ...]]]) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(("EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN ") + sql, params)
            found += [str(row[-1]) for row in cursor.fetchall()]
    return found


def asked(work: object) -> list[str]:
    """The plans of every SELECT that ``work`` makes, from the statements as they were sent."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        work()  # type: ignore[operator]  # a call without arguments
    return [
        line
        for one in seen.captured_queries
        if one["sql"].lstrip().upper().startswith("SELECT")
        for line in plans([(one["sql"].replace("%", "%%"), ())])
    ]


def test_seats_are_found_by_an_index(crowded: Cast, at: datetime) -> None:
    later = at + timedelta(minutes=5)
    somebody = Person.objects.get(slug="p500")
    deal = Audience.objects.get(space__slug="castings", lane="")
    works = {
        "audible": lambda: spaces.audible(somebody, later),
        "seated": lambda: spaces.seated(somebody, later),
        "speaks_in": lambda: spaces.speaks_in(somebody, later, {deal.pk}),
        "place": lambda: spaces.place(crowded.author, "castings", later),
        "covering": lambda: spaces.covering(somebody.seats.order_by("audience_id")[0].audience_id, later),
        "hearers": lambda: spaces.hearers([deal.pk], later),
        "hearing": lambda: spaces.hearing(deal.pk, 1, later),
        "lanes": lambda: spaces.lanes(crowded.author, "castings", later),
        "stays": lambda: spaces.stays(crowded.author, "castings", later),
        "is_sealed": lambda: spaces.is_sealed(deal.pk, later),
        "opened_boxes": lambda: spaces.opened_boxes(later),
        "ends": lambda: tending.record_ends(at=later),
        "boxes": lambda: tending.open_sealed(at=later),
    }
    whole = {}
    for name, work in works.items():
        lines = asked(work)
        # SQLite says SCAN for a whole table, PostgreSQL Seq Scan; "USING" tells that an index is walked.
        read = [
            one
            for one in lines
            if ("Seq Scan on spaces_seat" in one or (one.startswith("SCAN") and "seat" in one.lower()))
            and "USING" not in one
        ]
        if read:
            whole[name] = read
    assert not whole


def test_clearing_asks_no_more_as_seats_grow(crowded: Cast, at: datetime) -> None:
    with CaptureQueriesContext(connection) as seen:
        tending.clear_room(by=crowded.author, at=at + timedelta(minutes=1), slug="castings", why="Enough.")
    assert len(seen) <= 30, len(seen)
