"""Bring the people here in step with a whole list of them: who joins, who changes, who comes back, who leaves, and to
whom each reports.

A list that is suddenly short puts nobody out by itself: where more would leave than may go at once
(LOCKGATE_DIRECTORY_MOST_LEAVING, a tenth), or all of them, nothing at all is done until somebody says so. Whoever
stands in the list and is not understood does not leave by that. A person is known by the list's own id, else by their
address, and by that only where they came from no other directory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from lockgate.base.refusal import BadInput, Refusal
from lockgate.directory import queries
from lockgate.directory.operations import lines
from lockgate.directory.operations.users import create, deactivate, link, update
from lockgate.directory.types import Report, Row, Source, UserView
from lockgate.people.models import Person
from lockgate.profiles.queries import managers

FEW = 5
BREATH = 50
_COMPARED = ("email", "name", "given_name", "family_name", "title", "department", "external_id")


@dataclass(frozen=True, slots=True)
class Told:
    """What a list says of who reports to whom: {person: manager} to be brought about, the words to be kept where they
    are others than before, and how many are to report to somebody who is not here."""

    wanted: dict[int, int | None]
    words: dict[int, str]
    unknown: int


def synchronise(
    *,
    source: Source,
    at: datetime,
    rows: Sequence[Row],
    not_understood: Sequence[str] = (),
    is_dry: bool = False,
    may_empty: bool = False,
    breathe: Callable[[], None] = lambda: None,
) -> Report:
    """Carry the list out, each person in a transaction of their own; with ``is_dry`` only say what would be done.
    ``breathe`` is called now and then: what it raises ends the work between two people."""
    here = {view.id: view for view in queries.all_users()}
    by_id, by_email, linked = queries.known_by(source.word)
    joined: list[str] = []
    changed: list[str] = []
    back: list[str] = []
    strange = list(not_understood)
    steps: list[tuple[Row, Person | None]] = []
    met: set[int] = set()
    same = 0
    for row in rows:
        email = (row.wanted.email or "").strip().lower()
        person = by_id.get(row.wanted.external_id or "") or by_email.get(email)
        if not email:
            strange.append(f"{row.where}: there is no address")
            if person is not None and row.wanted.is_active is not False:
                met.add(person.pk)  # they are there, and do not leave because an attribute was hidden from us
            continue
        if person is not None and person.pk in met:
            strange.append(f"{row.where}: {email} stands twice")
            continue
        if person is None:
            if row.wanted.is_active is not False:
                joined.append(email)
                steps.append((row, None))
            continue
        if row.wanted.is_active is False:
            continue  # not met: they leave below, if they are still here
        met.add(person.pk)
        if not person.is_active:
            back.append(email)
            steps.append((row, person))
        elif _differs(row, here[person.slug]) or person.pk not in linked:
            changed.append(email)
            steps.append((row, person))
        else:
            same += 1
    gone_by_word = {(row.wanted.email or "").strip().lower() for row in rows if row.wanted.is_active is False}
    leaving = [
        one
        for one in by_email.values()
        if one.is_active and one.pk not in met and (one.pk in linked or one.email in gone_by_word)
    ]
    known = len(met) + len(leaving)
    report = Report(
        joined=tuple(joined),
        changed=tuple(changed),
        came_back=tuple(back),
        left=tuple(one.email for one in leaving),
        same=same,
        not_understood=tuple(strange),
        is_dry=is_dry,
    )
    may_leave = max(FEW, known * settings.DIRECTORY_MOST_LEAVING / 100)
    if not may_empty and leaving and (len(leaving) > may_leave or not met):
        return replace(report, stopped=f"{len(leaving)} of {known} people would leave; nothing was done.")
    if is_dry:
        told = _told(source, rows)
        standing = managers(told.wanted)
        changing = sum(standing.get(one) != above for one, above in told.wanted.items())
        return replace(report, lines=changing, unknown_managers=told.unknown)
    refused = _carry_out(source, at, steps, breathe)
    for number, one in enumerate(leaving):
        if number % BREATH == 0:
            breathe()
        deactivate(source=source, at=at, person=one)
    breathe()
    told = _told(source, rows)
    drawn, comes_round = lines.draw(at=at, wanted=told.wanted, words=told.words)
    names = Person.objects.in_bulk(comes_round)
    refused += [f"{names[one].email}: they would stand above themselves" for one in comes_round]
    return replace(report, not_understood=(*strange, *refused), lines=drawn, unknown_managers=told.unknown)


def _carry_out(
    source: Source, at: datetime, steps: list[tuple[Row, Person | None]], breathe: Callable[[], None]
) -> list[str]:
    refused: list[str] = []
    for number, (row, person) in enumerate(steps):
        if number % BREATH == 0:
            breathe()
        try:
            if person is None:
                create(source=source, at=at, wanted=row.wanted, draws_line=False)
            else:
                wanted = replace(row.wanted, is_active=True)
                link(source=source, at=at, person=person, wanted=row.wanted)
                update(source=source, at=at, person=person, wanted=wanted, draws_line=False)
        except (BadInput, Refusal) as refusal:
            refused.append(f"{row.where}: {refusal}")
    return refused


def _told(source: Source, rows: Sequence[Row]) -> Told:
    by_id, by_email, _linked = queries.known_by(source.word)
    names, told = queries.called(source.word), queries.managers_told()
    wanted: dict[int, int | None] = {}
    said: dict[int, str] = {}
    unknown = 0
    for row in rows:
        email = (row.wanted.email or "").strip().lower()
        person = by_id.get(row.wanted.external_id or "") or by_email.get(email)
        if person is None or not person.is_active or row.wanted.manager is None:
            continue
        words = " ".join(row.wanted.manager.split())
        above = names.get(words) or names.get(words.lower())
        if above is not None or not words:
            wanted[person.pk] = above
        else:
            unknown += 1
        if told.get(person.pk, words) != words:
            said[person.pk] = words
    return Told(wanted, said, unknown)


def _differs(row: Row, view: UserView) -> bool:
    for field in _COMPARED:
        said = getattr(row.wanted, field)
        if said is None:
            continue
        clean = " ".join(said.split())
        if field == "email":
            clean = clean.lower()
        if field in {"email", "name"} and not clean:
            continue
        if clean != getattr(view, field):
            return True
    return False
