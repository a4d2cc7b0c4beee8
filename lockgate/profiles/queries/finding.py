"""Finding people among those whom a viewer may know of: by words, or all of them in their order."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from lockgate.people.models import Person
from lockgate.people.queries import card
from lockgate.people.types import PersonCard
from lockgate.profiles import rules
from lockgate.profiles.models import Keyword
from lockgate.spaces.queries import known_to


def directory(
    viewer: Person, at: datetime, *, words: str = "", site: str = "", limit: int = 200
) -> tuple[list[PersonCard], int]:
    """People whom ``viewer`` may know of, by name, and how many there are in all. Each of ``words`` stands in the name,
    work, department, site or firm; for an employee also in the skills and what one may be asked about."""
    rows = _all(viewer, at)
    if site:
        rows = rows.filter(site__name=site)
    for word in rules.sought(words):
        wanted = _called(viewer, word) | Q(department__name__icontains=word) | Q(site__name__icontains=word)
        if viewer.firm.is_house:
            bare = rules.plain(word)
            wanted |= Q(Exists(Keyword.objects.filter(person=OuterRef("pk"), plain__contains=bare)))
        rows = rows.filter(wanted)
    found = [card(row) for row in rows.order_by("name", "pk")[: limit + 1]]
    return found[:limit], len(found) if len(found) <= limit else rows.count()


def called(viewer: Person, words: str, at: datetime, *, limit: int = 40) -> list[PersonCard]:
    """People whom ``viewer`` may know of in whose name, work or firm each of ``words`` stands: first those one of whose
    names begins with each, then by name. Nobody where there are no words."""
    wanted = rules.sought(words)
    if not wanted:
        return []
    rows, begins = _all(viewer, at), Q()
    for word in wanted:
        rows = rows.filter(_called(viewer, word))
        bare = rules.plain(word)
        begins &= Q(slug__startswith=bare) | Q(slug__contains=f"-{bare}")
    first = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
    return [card(row) for row in rows.order_by(first, "name", "pk")[:limit]]


def known(
    viewer: Person, at: datetime, *, skipped: int = 0, limit: int = 40, is_newest_first: bool = False
) -> list[tuple[PersonCard, datetime]]:
    """People whom ``viewer`` may know of, each with when they came: by name, or who came last first."""
    order = ("-joined_at", "-pk") if is_newest_first else ("name", "pk")
    rows = _all(viewer, at).order_by(*order)[skipped : skipped + limit]
    return [(card(row), row.joined_at) for row in rows]


def _all(viewer: Person, at: datetime) -> QuerySet[Person]:
    rows = Person.objects.filter(is_active=True).select_related("firm", "department", "site")
    return rows if viewer.firm.is_house else rows.filter(pk__in=known_to(viewer, at))


def _called(viewer: Person, word: str) -> Q:
    """The short name is written without accents, and so finds who is looked for without them. The viewer's own firm is
    no word to find anybody by: all their colleagues bear it."""
    return (
        Q(name__icontains=word)
        | Q(slug__contains=rules.plain(word))
        | Q(title__icontains=word)
        | (Q(firm__name__icontains=word) & ~Q(firm=viewer.firm_id))
    )
