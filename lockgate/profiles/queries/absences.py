"""Who is away, and who stands in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.profiles.models import Absence
from lockgate.profiles.types import Away
from lockgate.spaces.queries import known_to


def away(viewer: Person, person: Person, at: datetime) -> Away | None:
    """The absence of ``person`` that runs at ``at``, as ``viewer`` may see it."""
    return away_among(viewer, [person.pk], at).get(person.pk)


def away_among(viewer: Person, persons: Collection[int], at: datetime) -> dict[int, Away]:
    """{person id: absence} of those who are away at ``at``; the viewer knows of them all. A deputy is named to whoever
    may know of that person, and the words beside it to the house."""
    if not persons:
        return {}
    rows = list(Absence.objects.filter(person_id__in=persons, begins_at__lte=at, ends_at__gt=at))
    return {one.person_id: one for one in _views(viewer, rows, at)} if rows else {}


def coming_absence(person: Person, at: datetime) -> Away | None:
    """One's own absence that runs or comes next."""
    rows = list(Absence.objects.filter(person=person, ends_at__gt=at).order_by("begins_at")[:1])
    return next(iter(_views(person, rows, at)), None)


def away_ids(persons: Collection[int], at: datetime) -> set[int]:
    """Which of these are away at ``at``: for who is asked to sign, no matter who looks."""
    rows = Absence.objects.filter(person_id__in=persons, begins_at__lte=at, ends_at__gt=at)
    return set(rows.values_list("person_id", flat=True))


def _views(viewer: Person, rows: list[Absence], at: datetime) -> list[Away]:
    deputies = {one.deputy_id for one in rows if one.deputy_id is not None}
    if deputies and not viewer.firm.is_house:
        deputies &= known_to(viewer, at)
    here = set(Person.objects.filter(pk__in=deputies, is_active=True).values_list("pk", flat=True))
    named = cards(here) if here else {}
    return [
        Away(
            one.pk,
            one.person_id,
            one.begins_at,
            one.ends_at,
            one.first_on,
            one.last_on,
            named.get(one.deputy_id or 0),
            one.words if viewer.firm.is_house or viewer.pk == one.person_id else "",
        )
        for one in rows
    ]
