"""The companies that are measured, loaded in bulk: one of 1,000 people, 50 spaces and 100,000 messages in threads, and
a large one of 10,000 people and 2,000 spaces.

What is written is what the operations would have written, save that the archive knows of the newest messages alone. The
triggers are on while the small one is poured in; the large one is poured past them on PostgreSQL, by the same code.
Runs inside a process whose Django is set up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from lockgate.approvals.models import Desk
from lockgate.archive import operations as archive
from lockgate.archive.types import Fact
from lockgate.gateway import rules
from lockgate.gateway.models import Passage
from lockgate.people.models import Department, Duty, Firm, Person, Site
from lockgate.policy import operations as policy
from lockgate.spaces.models import Audience, Seat, Space
from tools.bench import history, indexed
from tools.bench.pouring import past_the_triggers, pour, time_as_stored
from tools.bench.rooms import HISTORY, Room
from tools.bench.words import PASSWORD

ARCHIVED = 25_000  # of the messages: enough for the databases to plan as they do for a log that has grown


@dataclass(frozen=True, slots=True)
class Size:
    """How large a company is. ``company_wide`` spaces hold every employee and nobody else; ``open_share`` of what is
    said is said there."""

    people: int
    guests: int
    spaces: int
    company_wide: int
    open_share: float | None
    is_large: bool

    @property
    def employees(self) -> int:
        return self.people - self.guests

    def sitters(self, number: int) -> int:
        """How many employees sit in space ``number``, which is not company-wide."""
        if self.is_large:
            # From 6,400 down to 63, 200 in the mean: about forty rooms a person.
            return int(min(0.64 * self.employees, 1.9 * self.employees / (number + 3) ** 0.75))
        # Shares from 4 % to 92 % of the company, 39 % in the mean: 19 rooms of 49 a person, and Everyone.
        return max(12, int(self.employees * (0.04 + 0.88 * (number / self.spaces) ** 1.5)))


SMALL = Size(people=1_000, guests=40, spaces=50, company_wide=1, open_share=None, is_large=False)
# Five spaces of 10,000 seats, in which four of ten posts are made: the open corpus of search is a million then.
LARGE = Size(people=10_400, guests=400, spaces=2_000, company_wide=5, open_share=0.4, is_large=True)


def fill(*, messages: int, at: datetime, seed: int = 7, size: Size = SMALL) -> None:
    """Everything. ``at`` is the end of the history."""
    chance = random.Random(seed)
    with past_the_triggers(size.is_large), transaction.atomic():
        people = _people(chance, at, size)
        rooms = _rooms(chance, people, at, size)
    policy.adopt(by=people[2], reviewer=people[3], at=at)
    with past_the_triggers(size.is_large), indexed.without_index_of_words():
        for written in history.written(
            chance, rooms, messages, at, open_share=size.open_share, are_rare_words=size.is_large
        ):
            with transaction.atomic():
                history.lay_down(written)
                indexed.lay_down(written)
        indexed.lay_down_vocabulary()
    _archive(min(messages, ARCHIVED), at)
    indexed.has_come_to_the_end()
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


def _people(chance: random.Random, at: datetime, size: Size) -> list[Person]:
    house = Firm.objects.create(name="Measured Works", is_house=True)
    partners = [Firm.objects.create(name=f"Partner {number}") for number in range(1, 5)]
    sites = [Site.objects.create(name=f"Site {number}") for number in range(1, 4)]
    departments = [Department.objects.create(name=f"Department {number}") for number in range(1, 9)]
    password = make_password(PASSWORD)
    joined = at - HISTORY - timedelta(days=400)
    rows = []
    for number in range(size.people):
        guest = number >= size.employees
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


def _rooms(chance: random.Random, people: list[Person], at: datetime, size: Size) -> list[Room]:
    """The first hold all employees; the others are of very different sizes."""
    began = at - HISTORY - timedelta(days=300)
    if not Audience.objects.filter(kind="outside").exists():
        Audience.objects.create(kind="outside", ceiling=0)
    employees = [person.pk for person in people[: size.employees]]
    guests = [person.pk for person in people[size.employees :]]
    rooms = []
    for number in range(size.spaces):
        is_company_wide = number < size.company_wide
        admits_guests = number % 8 == 7
        space = Space.objects.create(
            slug=f"space-{number}" if number else "everyone",
            name=f"Space {number}" if number else "Everyone",
            about="A room that is measured.",
            kind="company" if is_company_wide else ("partner" if admits_guests else "topic"),
            created_at=began,
        )
        ceiling = 3 if number % 10 == 9 else (2 if number % 3 == 1 and not is_company_wide else 1)
        audience = Audience.objects.create(
            space=space, kind="guests" if admits_guests else "inside", ceiling=ceiling
        )
        sitters = employees if is_company_wide else chance.sample(employees, size.sitters(number))
        if admits_guests:
            sitters = [*sitters, *chance.sample(guests, 12)]
        rooms.append(Room(audience.pk, space.slug, ceiling, is_company_wide, list(sitters)))
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
