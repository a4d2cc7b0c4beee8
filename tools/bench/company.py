"""The company that is measured: 1,000 people, 50 spaces, 100,000 messages in threads, loaded in bulk.

What is written is what the operations would have written (the triggers are on while it is poured in), save that the
archive knows of the newest messages alone. Runs inside a process whose Django is set up.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from lockgate.approvals.models import Desk
from lockgate.archive import operations as archive
from lockgate.archive.types import Fact
from lockgate.base.ids import floor_id
from lockgate.gateway import rules
from lockgate.gateway.models import Message, Passage, Ruling
from lockgate.people.models import Department, Duty, Firm, Person, Site
from lockgate.policy import operations as policy
from lockgate.search import operations as search
from lockgate.spaces.models import Audience, Seat, Space
from tools.bench.pouring import pour, time_as_stored
from tools.bench.protected import remember_all
from tools.bench.words import PASSWORD, post_length, sentences

PEOPLE, GUESTS, SPACES = 1_000, 40, 50
HISTORY = timedelta(days=365)
ARCHIVED = 25_000  # of the messages: enough for the databases to plan as they do for a log that has grown
ANSWERS_SHARE, CONFIDENTIAL_SHARE = 0.4, 0.03


@dataclass(frozen=True, slots=True)
class Room:
    """A space as the history needs it."""

    audience: int
    slug: str
    ceiling: int
    sitters: list[int]


def fill(*, messages: int, at: datetime, seed: int = 7) -> None:
    """Everything, in one transaction. ``at`` is the end of the history."""
    chance = random.Random(seed)
    with transaction.atomic():
        people = _people(chance, at)
        rooms = _rooms(chance, people, at)
        _history(chance, rooms, messages, at)
    policy.adopt(by=people[2], reviewer=people[3], at=at)
    _archive(min(messages, ARCHIVED), at)
    search.rebuild(at=at)
    # What a database that has stood for a while has had from its own housekeeping.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _archive(count: int, at: datetime) -> None:
    """The facts of the newest ``count`` messages, sealed, and their places in the log."""
    newest = Passage.objects.order_by("-id").values_list(
        "id", "message_id", "marking", "message__author__pseudonym", "message__body", "message__written_at"
    )[:count]
    rows = list(newest)[::-1]
    for first in range(0, len(rows), 500):
        facts = []
        for passage, message, marking, actor, body, when in rows[first : first + 500]:
            content = rules.canonical_content(body, marking)
            record, parent = f"m:{message}", f"x:{passage}"
            facts += [
                Fact("gateway.message.submitted", record, actor, when, marking=marking, body=content),
                Fact("gateway.passage.ruled", parent, "system", when, parent=record, body=content),
                Fact("gateway.passage.delivered", parent, actor, when, parent=record, marking=marking),
            ]
        with transaction.atomic():
            archive.record(facts)
    while archive.keep(at=at):
        pass


def _people(chance: random.Random, at: datetime) -> list[Person]:
    house = Firm.objects.create(name="Measured Works", is_house=True)
    partners = [Firm.objects.create(name=f"Partner {number}") for number in range(1, 5)]
    sites = [Site.objects.create(name=f"Site {number}") for number in range(1, 4)]
    departments = [Department.objects.create(name=f"Department {number}") for number in range(1, 9)]
    password = make_password(PASSWORD)
    joined = at - HISTORY - timedelta(days=400)
    rows = []
    for number in range(PEOPLE):
        guest = number >= PEOPLE - GUESTS
        rows.append(
            Person(
                slug=f"person-{number}",
                email=f"person.{number}@measured.example",
                name=f"Person Number {number}",
                title="Engineer",
                firm=partners[number % 4] if guest else house,
                department=None if guest else chance.choice(departments),
                site=None if guest else chance.choice(sites),
                joined_at=joined,
                password=password,
            )
        )
    Person.objects.bulk_create(rows)
    people = list(Person.objects.order_by("pk"))
    Duty.objects.create(person=people[2], kind="policy_author", begins_at=joined)
    Duty.objects.create(person=people[3], kind="policy_reviewer", begins_at=joined)
    Desk.objects.create(slug="compliance", name="Compliance", approver=people[0], deputy=people[1])
    return people


def _rooms(chance: random.Random, people: list[Person], at: datetime) -> list[Room]:
    """Everyone holds all employees; the other 49 are of very different sizes, 20 rooms a person in the mean."""
    began = at - HISTORY - timedelta(days=300)
    if not Audience.objects.filter(kind="outside").exists():
        Audience.objects.create(kind="outside", ceiling=0)
    employees = [person.pk for person in people[: PEOPLE - GUESTS]]
    guests = [person.pk for person in people[PEOPLE - GUESTS :]]
    rooms = []
    for number in range(SPACES):
        admits_guests = number % 8 == 7
        space = Space.objects.create(
            slug=f"space-{number}" if number else "everyone",
            name=f"Space {number}" if number else "Everyone",
            about="A room that is measured.",
            kind="company" if not number else ("partner" if admits_guests else "topic"),
            created_at=began,
        )
        ceiling = 3 if number % 10 == 9 else (2 if number % 3 == 1 else 1)
        audience = Audience.objects.create(
            space=space, kind="guests" if admits_guests else "inside", ceiling=ceiling
        )
        # Shares from 4 % to 92 % of the company, 39 % in the mean: 19 rooms of 49 a person, and Everyone.
        share = 1.0 if not number else 0.04 + 0.88 * (number / SPACES) ** 1.5
        sitters = employees if not number else chance.sample(employees, max(12, int(len(employees) * share)))
        if admits_guests:
            sitters = [*sitters, *chance.sample(guests, 12)]
        rooms.append(Room(audience.pk, space.slug, ceiling, list(sitters)))
    known = set(guests)
    pour(
        Seat,
        ("person_id", "audience_id", "role", "begins_at", "ends_at", "hears_from"),
        (
            (person, room.audience, "guest" if person in known else "member", time_as_stored(began), None, 0)
            for room in rooms
            for person in room.sitters
        ),
    )
    return rooms


def _history(chance: random.Random, rooms: list[Room], count: int, at: datetime) -> None:
    """Roots and answers over a year, busier rooms being the larger ones."""
    written = list(_messages(chance, rooms, count, at))
    answered: dict[int, int] = {}
    for one in written:
        if one.thread is not None:
            answered[one.thread] = answered.get(one.thread, 0) + 1
    pour(
        Message,
        ("id", "author_id", "body", "marking", "revision", "content_hash", "justification", "written_at"),
        (
            (one.message, one.author, one.body, one.marking, 1, one.digest, "", time_as_stored(one.at))
            for one in written
        ),
    )
    pour(
        Ruling,
        (
            "id",
            "message_id",
            "revision",
            "place",
            "outcome",
            "findings",
            "policy_version",
            "content_hash",
            "ruled_at",
        ),
        (
            (
                one.ruling,
                one.message,
                1,
                f"space:{one.room.slug}",
                0,
                "[]",
                "measured@1",
                one.digest,
                time_as_stored(one.at),
            )
            for one in written
        ),
    )
    pour(
        Passage,
        (
            "id",
            "message_id",
            "audience_id",
            "thread_id",
            "ruling_id",
            "marking",
            "state",
            "position",
            "delivered_at",
            "version",
            "answers_count",
            "outside_url",
            "last_word",
        ),
        (
            (
                one.passage,
                one.message,
                one.room.audience,
                one.thread,
                one.ruling,
                one.marking,
                "delivered",
                one.position,
                time_as_stored(one.at),
                1 + answered.get(one.passage, 0),
                answered.get(one.passage, 0),
                "",
                "",
            )
            for one in written
        ),
    )
    remember_all(
        (one.message, one.room.audience, one.marking, one.at, one.body) for one in written if one.marking >= 2
    )


@dataclass(frozen=True, slots=True)
class Written:
    message: int
    ruling: int
    passage: int
    position: int
    author: int
    body: str
    marking: int
    digest: bytes
    room: Room
    thread: int | None
    at: datetime


def _messages(chance: random.Random, rooms: list[Room], count: int, at: datetime) -> Iterator[Written]:
    weights = [len(room.sitters) + 30 for room in rooms]
    open_threads: dict[int, list[tuple[int, int]]] = {}
    began = at - HISTORY
    step = HISTORY / max(1, count)
    # A body is drawn from a store: 4,000 different texts are enough, and hashing them once is quicker.
    store = [sentences(chance, post_length(chance)) for _ in range(4_000)]
    hashed: dict[tuple[int, int], bytes] = {}
    for number in range(count):
        moment = began + step * number
        base = floor_id(moment) + chance.randrange(1 << 18)
        room = chance.choices(rooms, weights)[0]
        chosen = chance.randrange(len(store))
        marking = 2 if room.ceiling >= 2 and chance.random() < CONFIDENTIAL_SHARE * 2.5 else 1
        thread = None
        recent = open_threads.setdefault(room.audience, [])
        if recent and chance.random() < ANSWERS_SHARE:
            thread, thread_marking = chance.choice(recent)
            marking = thread_marking
        if (chosen, marking) not in hashed:
            hashed[chosen, marking] = rules.content_hash(rules.canonical_content(store[chosen], marking))
        passage = base + 2
        if thread is None:
            recent.append((passage, marking))
            del recent[:-12]
        yield Written(
            base, base + 1, passage, base + 3, chance.choice(room.sitters), store[chosen], marking,
            hashed[chosen, marking], room, thread, moment,
        )  # fmt: skip
