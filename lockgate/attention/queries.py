"""Reads of attention, always for a viewer, and never a way to hear more: what is followed, why something is seen,
what is unread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.formats import date_format

from lockgate.attention import rules
from lockgate.attention.models import Follow, Leader, ReadException, ReadUpTo, Topic
from lockgate.attention.rules import split_topics, topic
from lockgate.attention.types import Followed, Reason
from lockgate.base.ids import floor_id
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedKey
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.spaces import queries as spaces

__all__ = [
    "followed",
    "followed_feed",
    "follows",
    "is_followed",
    "leaders",
    "leaders_first",
    "of_topic",
    "split_topics",
    "topic",
    "unread",
    "why",
]

_DAYS_SHOWN = 30


def is_followed(viewer: Person, kind: str, key: str) -> bool:
    return Follow.objects.filter(person=viewer, kind=kind, key=key).exists()


def follows(viewer: Person) -> dict[str, set[str]]:
    """The viewer's own follows: keys by kind."""
    found: dict[str, set[str]] = {kind: set() for kind in rules.KINDS}
    for kind, key in Follow.objects.filter(person=viewer).values_list("kind", "key"):
        found[kind].add(key)
    return found


def followed(viewer: Person, at: datetime) -> list[Followed]:
    """What the viewer follows and may still know of, people first."""
    keys = follows(viewer)
    cards = people.cards(spaces.known_to(viewer, at, among=[int(one) for one in keys["person"]]))
    found = [
        Followed("person", str(one.id), one.name, f"/people/{one.slug}")
        for one in sorted(cards.values(), key=lambda card: card.name)
    ]
    found += [Followed("topic", one, f"#{one}", f"/topics/{one}") for one in sorted(keys["topic"])]
    for one in conversations.all_heard(viewer, [int(key) for key in keys["thread"]], at):
        words = " ".join(one.body.split())
        found.append(Followed("thread", str(one.passage_id), words[:90], f"/messages/{one.message_id}"))
    return found


def of_topic(viewer: Person, word: str, at: datetime, *, limit: int = 30) -> list[FeedKey]:
    """The newest posts on a topic that the viewer hears; an answer stands for its post."""
    heard = spaces.audible(viewer, at)
    rows = Topic.objects.filter(word=word, audience__in=list(heard)).order_by("-passage_id")
    return _keys(viewer, list(rows.values_list("passage_id", flat=True)[: limit * 3]), at, limit)


def followed_feed(viewer: Person, at: datetime, *, limit: int = 30) -> list[FeedKey]:
    """The newest posts by whom, on what and in which threads the viewer follows, and hears."""
    keys = follows(viewer)
    found: dict[int, FeedKey] = {}
    for person in sorted(keys["person"])[:100]:
        for one in conversations.of_author(viewer, int(person), at, limit=limit):
            found[one.passage_id] = one
    for word in sorted(keys["topic"])[:100]:
        for one in of_topic(viewer, word, at, limit=limit):
            found[one.passage_id] = one
    threads = [int(one) for one in keys["thread"]][:100]
    for one in _keys(viewer, threads, at, limit):
        found[one.passage_id] = one
    return sorted(found.values(), key=lambda one: -one.position)[:limit]


def _keys(viewer: Person, passages: Sequence[int], at: datetime, limit: int) -> list[FeedKey]:
    roots = [one.root_id for one in conversations.all_heard(viewer, passages, at)]
    keys = [conversations.one(viewer, one, at) for one in dict.fromkeys(roots)]
    return sorted(keys, key=lambda one: -one.position)[:limit]


def leaders() -> list[PersonCard]:
    """Whom the company names as its leaders."""
    ids = list(Leader.objects.filter(person__is_active=True).values_list("person_id", flat=True))
    return sorted(people.cards(ids).values(), key=lambda one: one.name) if ids else []


def leaders_first(viewer: Person, leading: Collection[int], at: datetime) -> list[FeedKey]:
    """What leaders (ids) said lately that the viewer hears and has not seen, newest first."""
    after = floor_id(at - rules.LOOKS_BACK)
    found = [
        key
        for one in leading
        if one != viewer.pk
        for key in conversations.of_author(viewer, one, at, after=after, limit=rules.MOST_FIRST)
    ]
    if not found:
        return []
    new = _unread_of(viewer, {one.passage_id: one.position for one in found}, at)
    newest = sorted((one for one in found if one.passage_id in new), key=lambda one: -one.position)
    return newest[: rules.MOST_FIRST]


def unread(viewer: Person, passages: Sequence[int], at: datetime) -> set[int]:
    """Those of these passages that the viewer hears and has not read. What one wrote oneself is read."""
    heard = conversations.all_heard(viewer, passages, at)
    return _unread_of(
        viewer, {one.passage_id: one.position for one in heard if one.author_id != viewer.pk}, at
    )


def _unread_of(viewer: Person, positions: dict[int, int], at: datetime) -> set[int]:
    pointer = ReadUpTo.objects.filter(person=viewer).values_list("position", flat=True).first()
    up_to = floor_id(at - rules.LOOKS_BACK) if pointer is None else pointer
    rows = ReadException.objects.filter(person=viewer, passage_id__in=list(positions))
    exceptions = dict(rows.values_list("passage_id", "is_read"))
    return {
        passage
        for passage, position in positions.items()
        if not rules.is_read(position, up_to=up_to, exception=exceptions.get(passage))
    }


def why(viewer: Person, passage_id: int, at: datetime) -> list[Reason]:
    """Why the viewer sees a post, from what stands now: what draws it to them first, and last what lets them hear it.
    Raises NotFound where they do not."""
    passage = conversations.heard(viewer, passage_id, at)
    found: list[Reason] = []
    if passage.author_id == viewer.pk:
        found.append(Reason("own"))
    if conversations.is_named(viewer, passage.passage_id):
        found.append(Reason("named", {"who": passage.author_name}))
    if Leader.objects.filter(person=passage.author_id).exists():
        found.append(Reason("leader", {"who": passage.author_name}))
    keys = follows(viewer)
    if str(passage.author_id) in keys["person"]:
        found.append(Reason("person", {"who": passage.author_name}))
    found += [Reason("topic", {"topic": one}) for one in rules.topics(passage.body) if one in keys["topic"]]
    if str(passage.root_id) in keys["thread"]:
        found.append(Reason("thread"))
    if passage.is_public:
        return [*found, Reason("public", {"place": passage.place_name})]
    seat = (
        spaces.seats_at(at)
        .filter(person=viewer, audience=passage.audience_id)
        .values_list("begins_at", "audience__space__kind")
        .first()
    )
    if seat is None:
        raise NotFound
    since = date_format(seat[0], "DATE_FORMAT")
    kind = "company" if seat[1] == "company" else "seat"
    return [*found, Reason(kind, {"place": passage.place_name, "since": since})]
