"""What quotes and boosts show, and who boosted: for a viewer, of what they hear now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from lockgate.conversations.queries.feeds import items
from lockgate.conversations.queries.hearing import all_heard, heard
from lockgate.conversations.types import BoostedIn, FeedItem
from lockgate.gateway.models import Boost
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.spaces import queries as spaces


def shown(viewer: Person, posts: Iterable[FeedItem], at: datetime) -> dict[int, FeedItem]:
    """What these posts quote or boost, by the passage shown, of what ``viewer`` hears now. Whatever is not among it is
    not there for them."""
    return shown_of(viewer, {one.shows_id for one in posts if one.shows_id is not None}, at)


def shown_of(viewer: Person, passages: Collection[int], at: datetime) -> dict[int, FeedItem]:
    """As ``shown``, by the numbers of the passages shown."""
    return items([one.passage_id for one in all_heard(viewer, passages, at)]) if passages else {}


def boosted_in(viewer: Person, passage_id: int, at: datetime) -> list[BoostedIn]:
    """Who boosted a post that ``viewer`` hears, by place, in the places that they hear too; nothing, and no count, of
    others. Raises NotFound."""
    original = heard(viewer, passage_id, at)
    rows = list(
        Boost.objects.filter(original=original.passage_id)
        .select_related("audience__space", "passage")
        .order_by("-passage__position")
    )
    standing = {one.passage_id for one in all_heard(viewer, [row.pk for row in rows], at)}
    rows = [row for row in rows if row.pk in standing]
    known = spaces.known_to(viewer, at, among={row.person_id for row in rows})
    people = cards(known)
    by_place: dict[int, list[Boost]] = {}
    for row in rows:
        by_place.setdefault(row.audience_id, []).append(row)
    return [
        BoostedIn(
            place=some[0].audience.key,
            place_name=some[0].audience.title,
            place_url=some[0].audience.address,
            kind=some[0].audience.kind,
            people=tuple(people[one.person_id] for one in some if one.person_id in people),
            others=sum(one.person_id not in people for one in some),
            is_mine=any(one.person_id == viewer.pk for one in some),
        )
        for some in by_place.values()
    ]


def boosts_heard(viewer: Person, passages: Collection[int], at: datetime) -> dict[int, tuple[int, bool]]:
    """(how many boosts ``viewer`` hears, whether one is theirs) by the post boosted, where there are any."""
    rows = {row.pk: row for row in Boost.objects.filter(original__in=list(passages))} if passages else {}
    counted: dict[int, tuple[int, bool]] = {}
    for one in all_heard(viewer, list(rows), at) if rows else ():
        row = rows[one.passage_id]
        count, mine = counted.get(row.original_id, (0, False))
        counted[row.original_id] = (count + 1, mine or row.person_id == viewer.pk)
    return counted
