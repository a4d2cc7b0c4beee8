"""The organisation chart and the project teams: for the house. A guest finds nothing there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lockgate.base.refusal import NotFound
from lockgate.people.models import Person
from lockgate.people.queries import card, cards, duties
from lockgate.people.types import PersonCard
from lockgate.profiles import rules
from lockgate.profiles.models import Line, Membership, Team
from lockgate.profiles.types import Branch, TeamView


def chart(viewer: Person, at: datetime) -> list[Branch]:  # noqa: ARG001 (a read is for a viewer at a moment)
    """The whole house from the top, each with those who report to them. Raises NotFound for a guest. Three queries."""
    if not viewer.firm.is_house or not viewer.is_active:
        raise NotFound
    rows = Person.objects.filter(is_active=True, firm__is_house=True, owner__isnull=True)
    people = {one.pk: card(one) for one in rows.select_related("firm", "department", "site")}
    reports = rules.below(managers(), people)
    # Whoever leads somebody stands before whoever does not; within these, by name.
    return [_branch(one, people, reports) for one in _ordered(reports.get(0, []), people, reports)]


def _ordered(persons: list[int], people: dict[int, PersonCard], reports: dict[int, list[int]]) -> list[int]:
    return sorted(persons, key=lambda one: (-rules.counted(reports, one), people[one].name))


def _branch(person: int, people: dict[int, PersonCard], reports: dict[int, list[int]]) -> Branch:
    branches = [_branch(one, people, reports) for one in _ordered(reports.get(person, []), people, reports)]
    return Branch(people[person], rules.counted(reports, person), tuple(branches))


def managers(persons: Collection[int] | None = None) -> dict[int, int]:
    """{person: to whom they report}, of everybody or of these: for the directory, which is no viewer."""
    rows = Line.objects.all() if persons is None else Line.objects.filter(person__in=persons)
    return dict(rows.values_list("person_id", "manager_id"))


def may_draw_lines(viewer: Person, at: datetime) -> bool:
    """Administrators say who reports to whom, where no directory does."""
    return viewer.firm.is_house and "administrator" in duties(viewer, at)


def teams(viewer: Person, *, words: str = "") -> list[TeamView]:
    """The teams that stand, by name. Raises NotFound for a guest."""
    if not viewer.firm.is_house or not viewer.is_active:
        raise NotFound
    rows = Team.objects.filter(closed_at__isnull=True).order_by("name", "pk")
    for word in words.split()[:6]:
        rows = rows.filter(name__icontains=word)
    return _views(list(rows))


def team(viewer: Person, slug: str) -> TeamView:
    """One team that stands. Raises NotFound for a guest, and where there is none."""
    if not viewer.firm.is_house or not viewer.is_active:
        raise NotFound
    for one in _views(list(Team.objects.filter(slug=slug, closed_at__isnull=True))):
        return one
    raise NotFound


def _views(rows: list[Team]) -> list[TeamView]:
    joined = Membership.objects.filter(team__in=rows, person__is_active=True).order_by("person__name")
    members: dict[int, list[int]] = {}
    for number, person in joined.values_list("team_id", "person_id"):
        members.setdefault(number, []).append(person)
    found = cards({one for each in members.values() for one in each} | {row.lead_id for row in rows})
    return [
        TeamView(
            row.slug,
            row.name,
            row.about,
            found[row.lead_id],
            tuple(found[one] for one in _lead_first(members.get(row.pk, []), row.lead_id)),
        )
        for row in rows
    ]


def _lead_first(persons: list[int], lead: int) -> list[int]:
    return sorted(persons, key=lambda one: one != lead)
