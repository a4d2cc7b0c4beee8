"""What quotes and boosts show, and who boosted: for a viewer, of what they hear now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from lockgate.conversations.queries.feeds import items
from lockgate.conversations.queries.hearing import all_heard, heard
from lockgate.conversations.types import Answer, BoostedIn, FeedItem, ShownOf, Shows
from lockgate.gateway.models import Boost, Passage, State
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.spaces import queries as spaces


def shown(viewer: Person, posts: Iterable[FeedItem | Answer], at: datetime) -> dict[int, FeedItem]:
    """What these posts and answers quote or boost, by the passage shown, of what ``viewer`` hears now. Whatever is not
    among it is not there for them."""
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


def shows_heard(viewer: Person, passages: Collection[int], at: datetime) -> dict[int, Shows]:
    """How often ``viewer`` hears these posts boosted and quoted, by the post shown, where they are at all."""
    rows = Passage.objects.filter(shows__in=list(passages), state=State.DELIVERED)
    found = {
        passage: (original, is_boost, author)
        for passage, original, is_boost, author in rows.values_list(
            "pk", "shows_id", "message__is_boost", "message__author_id"
        )
    }
    heard_now = {one.passage_id for one in all_heard(viewer, list(found), at)} if found else ()
    counted: dict[int, Shows] = {}
    for passage in heard_now:
        original, is_boost, author = found[passage]
        so_far = counted.get(original, Shows())
        counted[original] = Shows(
            so_far.boosts + is_boost,
            so_far.quotes + (not is_boost),
            so_far.is_boosted or (is_boost and author == viewer.pk),
        )
    return counted


def quoted_by(viewer: Person, passage_id: int, at: datetime, *, limit: int = 40) -> list[int]:
    """The posts that quote one that ``viewer`` hears, of those that they hear, the newest first. Raises NotFound."""
    original = heard(viewer, passage_id, at)
    rows = Passage.objects.filter(shows=original.passage_id, state=State.DELIVERED, message__is_boost=False)
    numbers = list(rows.order_by("-position").values_list("pk", flat=True)[:500])
    standing = {one.passage_id for one in all_heard(viewer, numbers, at)}
    return [one for one in numbers if one in standing][:limit]


def showing(passages: Collection[int]) -> dict[int, ShownOf]:
    """What of these passages quotes or boosts something, and whose; for the work process. Whether anybody hears either
    is asked when they are told."""
    rows = Passage.objects.filter(pk__in=list(passages), shows__isnull=False)
    return {
        passage: ShownOf(original, author, is_boost)
        for passage, original, author, is_boost in rows.values_list(
            "pk", "shows_id", "shows__message__author_id", "message__is_boost"
        )
    }
