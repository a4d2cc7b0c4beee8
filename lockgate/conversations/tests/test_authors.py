"""What some people said, found by who wrote it: the same as by reading every room."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lockgate.base.ids import floor_id, new_id
from lockgate.base.transactions import is_postgresql
from lockgate.conversations import queries
from lockgate.conversations.types import Said
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall, submit
from lockgate.gateway.types import LATE
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Seat

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def say(by: Person, at: datetime, *, space: str = "valve-7", answers: int | None = None) -> int:
    places = [] if answers else [f"space:{space}"]
    sent = submit(by=by, at=at, body="The ring holds.", marking=1, places=places, answers=answers)
    assert sent.passages[0].state == "delivered"
    return sent.passages[0].passage_id


def by_reading(viewer: Person, authors: set[int], answering: set[int], at: datetime) -> list[int]:
    """The same, one passage after another."""
    heard = spaces.audible(viewer, at)
    rows = Passage.objects.filter(state="delivered").select_related("message", "thread__message")
    found = []
    for row in rows:
        roots = [row] if row.thread is None else [row, row.thread]
        if row.message.author_id not in authors:
            continue
        if any(one.position is None or heard.get(one.audience_id, 1 << 62) > one.position for one in roots):
            continue
        if row.thread is None or (
            row.thread.state == "delivered" and row.thread.message.author_id in answering
        ):
            found.append((row.position or 0, row.pk))
    return [passage for _position, passage in sorted(found, reverse=True)]


def ids(said: list[Said]) -> list[int]:
    return [one.passage_id for one in said]


def test_a_minute_is_what_the_index_takes_it_for(at: datetime) -> None:
    assert floor_id(at + timedelta(minutes=1)) - floor_id(at) == LATE


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_reading_every_room_finds(cast: Cast, at: datetime, seed: int) -> None:
    chance = random.Random(seed)
    people = [cast.author, cast.colleague, cast.chief]
    begins = at + timedelta(hours=1)
    moments = sorted(begins + timedelta(minutes=chance.expovariate(1 / 20_000)) for _one in range(30))
    roots: list[int] = []
    for moment in moments:
        by = chance.choice(people)
        if roots and chance.random() < 0.4:
            root = Passage.objects.get(pk=chance.choice(roots))
            if root.audience_id in spaces.audible(by, moment):
                say(by, moment, answers=root.pk)
        else:
            room = "valve-7" if by != cast.chief and chance.random() < 0.5 else "everyone"
            roots.append(say(by, moment, space=room))
    end = moments[-1] + DAY
    # Some were signed long after they were written, and one was taken back.
    for number in chance.sample(
        list(Passage.objects.filter(state="delivered").values_list("pk", flat=True)), 4
    ):
        late = begins + (end - begins) * chance.random()
        row = Passage.objects.get(pk=number)
        if floor_id(late) > (row.position or 0):
            Passage.objects.filter(pk=number).update(position=new_id(late))
    gone = Passage.objects.filter(state="delivered", thread__isnull=True).order_by("pk")[3]
    recall(by=Person.objects.get(pk=gone.message.author_id), at=end, passage_id=gone.pk, why="Wrong.")
    Seat.objects.filter(person=cast.stranger, audience=cast.audiences["everyone"]).update(
        hears_from=floor_id(moments[10])
    )
    for viewer in (cast.author, cast.stranger, cast.guest):
        for authors in ({cast.author.pk}, {one.pk for one in people}):
            for answering in (set[int](), {cast.author.pk}, {one.pk for one in people}):
                asked = partial(queries.said_by, viewer, authors, end, answering=answering)
                whole = by_reading(viewer, authors, answering, end)
                assert ids(asked(limit=100)) == whole
                assert downwards(asked) == whole
                assert upwards(asked) == whole


def downwards(asked: Callable[..., list[Said]]) -> list[int]:
    found: list[int] = []
    page = asked(limit=4)
    while page:
        found += ids(page)
        page = asked(limit=4, before=page[-1].position)
    return found


def upwards(asked: Callable[..., list[Said]]) -> list[int]:
    found: list[int] = []
    page = asked(limit=4, upwards=True)
    while page:
        found = ids(page) + found
        page = asked(limit=4, after=page[0].position, upwards=True)
    return found


def test_of_nobody_and_to_who_hears_nothing_there_is_nothing(cast: Cast, at: datetime) -> None:
    say(cast.author, at)
    assert queries.said_by(cast.colleague, set(), at + DAY) == []
    assert queries.said_by(cast.stranger, {cast.author.pk}, at + DAY) == []
    assert len(queries.said_by(cast.colleague, {cast.author.pk}, at + DAY)) == 1


def test_it_asks_no_more_for_many_people_and_rooms(cast: Cast, at: datetime) -> None:
    for minute in range(5):
        say(cast.author, at + timedelta(minutes=minute))
    everybody = set(Person.objects.values_list("pk", flat=True))
    counts = []
    for authors in ({cast.author.pk}, everybody):
        for limit in (5, 50):
            with CaptureQueriesContext(connection) as asked:
                queries.said_by(cast.colleague, authors, at + timedelta(hours=1), limit=limit)
            counts.append(len(asked))
    # One page that is full, and one for which all there is was looked through.
    assert counts[0] == counts[2] <= 3
    assert counts[1] == counts[3] <= 8


# As many posts as the one that is there, each 2.3 hours before the next: what PostgreSQL plans hangs on its counts, and
# of five rows every index is as good.
_MANY = """INSERT INTO gateway_message SELECT more.* FROM gateway_message m, generate_series(1::bigint, 20000) g,
 LATERAL jsonb_populate_record(m, jsonb_build_object('id', m.id - (g << 35))) more
 WHERE m.id = (SELECT max(id) FROM gateway_message);
INSERT INTO gateway_passage SELECT more.* FROM gateway_passage p, generate_series(1::bigint, 20000) g,
 LATERAL jsonb_populate_record(p, jsonb_build_object('id', p.id - (g << 35),
  'message_id', p.message_id - (g << 35), 'ruling_id', p.ruling_id - (g << 35),
  'position', p.position - (g << 35))) more
 WHERE p.id = (SELECT max(id) FROM gateway_passage)"""


def test_it_is_found_by_who_wrote_it(cast: Cast, at: datetime) -> None:
    """No table is read from end to end, and no room, on either database."""
    say(cast.author, at)
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # they are no real posts
            for statement in _MANY.split(";"):
                cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            cursor.execute("ANALYZE gateway_message, gateway_passage")
    everybody = set(Person.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as asked:
        queries.said_by(cast.colleague, everybody, at + DAY, answering=everybody)
    statement = next(one["sql"] for one in asked.captured_queries if "UNION" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN ") + statement)
        plan = [str(row[-1]) for row in cursor.fetchall()]
    assert not [line for line in plan if "Seq Scan" in line or line.startswith("SCAN")], plan
    # PostgreSQL knows from its counts when the messages of a few hours are fewer than those of these people.
    written = ("message_of_author", "gateway_message_pkey") if is_postgresql() else ("message_of_author",)
    for some in (written, ("passages_delivered_late",), ("a_message_reaches_a_place_once",)):
        assert any(index in line for line in plan for index in some), "\n".join(plan)
    assert not any("feed_of_audience" in line for line in plan), plan
