"""Bring the people here in step with a whole list of them: who joins, who changes, who comes back, who leaves.

A list that is suddenly short puts nobody out by itself: where more than a tenth would leave, nothing at all is done
until somebody says so. A person is known by the list's own id, else by their address, and by that only where they came
from no other directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lockgate.base.refusal import BadInput, Refusal
from lockgate.directory import queries
from lockgate.directory.operations.users import create, deactivate, link, update
from lockgate.directory.types import Report, Row, Source, UserView
from lockgate.people.models import Person

MOST_LEAVING = 0.1
FEW = 5
_COMPARED = ("email", "name", "given_name", "family_name", "title", "department", "external_id")


def synchronise(
    *,
    source: Source,
    at: datetime,
    rows: Sequence[Row],
    not_understood: Sequence[str] = (),
    is_dry: bool = False,
    may_empty: bool = False,
) -> Report:
    """Carry the list out, each person in a transaction of their own; with ``is_dry`` only say what would be done."""
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
        if not email:
            strange.append(f"{row.where}: there is no address")
            continue
        person = by_id.get(row.wanted.external_id or "") or by_email.get(email)
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
    if not may_empty and len(leaving) > max(FEW, known * MOST_LEAVING):
        return replace(report, stopped=f"{len(leaving)} of {known} people would leave; nothing was done.")
    if is_dry:
        return report
    refused = _carry_out(source, at, steps)
    for one in leaving:
        deactivate(source=source, at=at, person=one)
    return replace(report, not_understood=(*strange, *refused))


def _carry_out(source: Source, at: datetime, steps: list[tuple[Row, Person | None]]) -> list[str]:
    refused: list[str] = []
    for row, person in steps:
        try:
            if person is None:
                create(source=source, at=at, wanted=row.wanted)
            else:
                link(source=source, at=at, person=person, wanted=row.wanted)
                update(source=source, at=at, person=person, wanted=replace(row.wanted, is_active=True))
        except (BadInput, Refusal) as refusal:
            refused.append(f"{row.where}: {refusal}")
    return refused


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
