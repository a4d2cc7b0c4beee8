"""Reactions, and what a viewer saved: counts for everybody who hears, names for those who may know them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Count

from lockgate.base.clock import now
from lockgate.conversations import rules
from lockgate.conversations.models import Bookmark, Reaction
from lockgate.conversations.queries.hearing import all_heard, heard
from lockgate.conversations.types import Marks, ReactedBy
from lockgate.people.models import Person
from lockgate.people.queries import cards, named_by_slug
from lockgate.spaces import queries as spaces

MOST_MARKED = 100


def reaction_counts(passages: Collection[int]) -> dict[int, tuple[tuple[str, int], ...]]:
    """(kind, count) by passage, in the fixed order of kinds; one query. That these may be heard was asked before."""
    if not passages:
        return {}
    counted: dict[int, dict[str, int]] = {}
    rows = Reaction.objects.filter(passage__in=passages).values_list("passage_id", "kind")
    for passage, kind, count in rows.annotate(Count("pk")):
        counted.setdefault(passage, {})[kind] = count
    return {
        passage: tuple((kind, kinds[kind]) for kind in rules.REACTIONS if kind in kinds)
        for passage, kinds in counted.items()
    }


def marks(viewer: Person, passages: Sequence[int], at: datetime) -> Marks:
    """The viewer's own marks on those of these passages that they hear now."""
    ids = [one.passage_id for one in all_heard(viewer, passages[:MOST_MARKED], at)]
    if not ids:
        return Marks({}, frozenset())
    reacted: dict[int, set[str]] = {}
    for passage, kind in Reaction.objects.filter(person=viewer, passage__in=ids).values_list(
        "passage_id", "kind"
    ):
        reacted.setdefault(passage, set()).add(kind)
    saved = Bookmark.objects.filter(person=viewer, passage__in=ids).values_list("passage_id", flat=True)
    return Marks({passage: frozenset(kinds) for passage, kinds in reacted.items()}, frozenset(saved))


def reacted_by(viewer: Person, passage_id: int, at: datetime) -> list[ReactedBy]:
    """Who reacted to a passage that ``viewer`` hears, by kind. Raises NotFound. Whom they may not know of is counted
    and not named: the count stands on the post already."""
    passage = heard(viewer, passage_id, at)
    rows = Reaction.objects.filter(passage=passage.passage_id).order_by("at", "pk")
    by_kind: dict[str, list[int]] = {}
    for person, kind in rows.values_list("person_id", "kind"):
        by_kind.setdefault(kind, []).append(person)
    reacted = {one for persons in by_kind.values() for one in persons}
    people = cards(spaces.known_to(viewer, at, among=reacted))
    return [
        ReactedBy(
            kind,
            tuple(people[one] for one in by_kind[kind] if one in people),
            sum(one not in people for one in by_kind[kind]),
        )
        for kind in rules.REACTIONS
        if kind in by_kind
    ]


def saved(viewer: Person, at: datetime, *, limit: int = 100) -> list[int]:
    """Ids of the posts that ``viewer`` saved and still hears, the latest saved first. An answer stands for its post."""
    rows = list(
        Bookmark.objects.filter(person=viewer).order_by("-id").values_list("passage_id", flat=True)[:500]
    )
    roots = {one.passage_id: one.root_id for one in all_heard(viewer, rows, at)}
    return list(dict.fromkeys(roots[one] for one in rows if one in roots))[:limit]


def reacted_with(viewer: Person, kind: str, at: datetime, *, limit: int = 100) -> list[int]:
    """Ids of the posts on which ``viewer`` laid this reaction and which they still hear, the latest first. An answer
    stands for its post."""
    rows = list(
        Reaction.objects.filter(person=viewer, kind=kind)
        .order_by("-at", "-pk")
        .values_list("passage_id", flat=True)[:500]
    )
    roots = {one.passage_id: one.root_id for one in all_heard(viewer, rows, at)}
    return list(dict.fromkeys(roots[one] for one in rows if one in roots))[:limit]


def named_in(bodies: Mapping[int, Sequence[str]]) -> dict[int, dict[str, str]]:
    """For each audience and what was said in it: slug and name of those named there who sit in it. Nobody else is
    shown to be anybody: a name that leads nowhere stays plain words."""
    wanted = {
        audience: {slug for body in texts for slug in rules.mentioned(body)}
        for audience, texts in bodies.items()
    }
    slugs = {slug for some in wanted.values() for slug in some}
    if not slugs:
        return {}
    people = named_by_slug(slugs)
    sitting = spaces.sitting([one for one, _name in people.values()], list(wanted), now())
    return {
        audience: {
            slug: people[slug][1]
            for slug in some
            if slug in people and (audience, people[slug][0]) in sitting
        }
        for audience, some in wanted.items()
    }
