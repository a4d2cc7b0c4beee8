"""Reads of attention, always for a viewer, and never a way to hear more: what is followed, why something is seen,
what is unread."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q
from django.utils.formats import date_format

from lockgate.attention import rules
from lockgate.attention.models import Follow, Leader, ReadException, ReadUpTo, Topic
from lockgate.attention.rules import split_topics, topic, topics
from lockgate.attention.types import Followed, Reason
from lockgate.base.ids import floor_id
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedKey
from lockgate.notices import queries as told
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.spaces import queries as spaces

__all__ = [
    "followed",
    "followed_feed",
    "follows",
    "follows_by_time",
    "is_followed",
    "leaders",
    "leaders_first",
    "muted",
    "of_topic",
    "on_topics",
    "split_topics",
    "topic",
    "topics",
    "topics_like",
    "unread",
    "why",
]

_DAYS_SHOWN = 30
_MOST_FLOORS = 200
_TURNS = 5


def is_followed(viewer: Person, kind: str, key: str) -> bool:
    return Follow.objects.filter(person=viewer, kind=kind, key=key).exists()


def follows(viewer: Person) -> dict[str, set[str]]:
    """The viewer's own follows: keys by kind."""
    found: dict[str, set[str]] = {kind: set() for kind in rules.KINDS}
    for kind, key in Follow.objects.filter(person=viewer).values_list("kind", "key"):
        found[kind].add(key)
    return found


def follows_by_time(viewer: Person, kind: str) -> list[tuple[datetime, str]]:
    """(since when, key) of the viewer's own follows of one kind, the latest first. They may not know of all of these
    any more: who shows them asks."""
    rows = Follow.objects.filter(person=viewer, kind=kind).order_by("-at", "-pk")
    return list(rows.values_list("at", "key"))


def followed(viewer: Person, at: datetime) -> list[Followed]:
    """What the viewer follows and may still know of, people first."""
    keys = follows(viewer)
    cards = people.cards(spaces.known_to(viewer, at, among=[int(one) for one in keys["person"]]))
    found = [
        Followed("person", str(one.id), one.name, f"/people/{one.slug}")
        for one in sorted(cards.values(), key=lambda card: card.name)
    ]
    found += [Followed("topic", one, f"#{one}", f"/topics/{one}") for one in sorted(keys["topic"])]
    return found + _threads(viewer, [int(key) for key in keys["thread"]], at)


def muted(viewer: Person, at: datetime) -> list[Followed]:
    """The threads that the viewer muted and hears now, the latest first."""
    return _threads(viewer, told.muted_threads(viewer), at)[::-1]


def _threads(viewer: Person, numbers: Collection[int], at: datetime) -> list[Followed]:
    return [
        Followed("thread", str(one.passage_id), one.body, f"/messages/{one.message_id}")
        for one in sorted(conversations.all_heard(viewer, numbers, at), key=lambda each: each.position)
    ]


def of_topic(viewer: Person, word: str, at: datetime, *, limit: int = 30) -> list[FeedKey]:
    """The newest posts on a topic that the viewer hears; an answer stands for its post."""
    heard = spaces.audible(viewer, at)
    rows = Topic.objects.filter(word=word, audience__in=list(heard)).order_by("-passage_id")
    return _keys(viewer, list(rows.values_list("passage_id", flat=True)[: limit * 3]), at, limit)


def on_topics(
    viewer: Person,
    words: Collection[str],
    at: datetime,
    *,
    also: Collection[str] = (),
    never: Collection[str] = (),
    before: int | None = None,
    after: int = 0,
    limit: int = 30,
    upwards: bool = False,
) -> list[int]:
    """Ids of the posts and answers on any of these topics that the viewer hears, by their ids, newest first: beneath
    ``before``, above ``after``, and of these the lowest where ``upwards``. Each names all of ``also``, none of
    ``never``. Two statements where most of them stand."""
    rows = Topic.objects.filter(_heard(spaces.audible(viewer, at)), word__in=list(words))
    for word in also:
        rows = rows.filter(passage__topics__word=word)
    if never:
        rows = rows.exclude(passage__in=Topic.objects.filter(word__in=list(never)).values("passage"))
    numbers = rows.order_by("passage_id" if upwards else "-passage_id").values_list("passage_id", flat=True)
    found: list[int] = []
    for _turn in range(_TURNS):
        some = numbers.filter(passage_id__gt=after)
        if before is not None:
            some = some.filter(passage_id__lt=before)
        page = list(some.distinct()[: limit * 2])
        heard = {one.passage_id for one in conversations.all_heard(viewer, page, at)}
        found += [one for one in page if one in heard]
        if len(found) >= limit or len(page) < limit * 2:
            break
        before, after = (before, page[-1]) if upwards else (page[-1], after)
    return sorted(found[:limit], reverse=True)


def topics_like(viewer: Person, beginning: str, at: datetime, *, limit: int = 20) -> list[str]:
    """Topics that begin so and were named in what the viewer hears, the one named last first. How often is not told."""
    rows = Topic.objects.filter(_heard(spaces.audible(viewer, at)), word__startswith=beginning.casefold())
    last = dict(
        rows.values("word")
        .annotate(last=Max("passage_id"))
        .order_by("-last")
        .values_list("word", "last")[:limit]
    )
    heard = {one.passage_id for one in conversations.all_heard(viewer, set(last.values()), at)}
    return [word for word, passage in last.items() if passage in heard]


def _heard(floors: Mapping[int, int]) -> Q:
    """Topics of what stands in these audiences, each from its floor on. What was taken back has no position. The
    audiences are named by themselves too: then the index leaves out the others, and how often a word stands there costs
    no time that could be measured."""
    audiences: dict[int, list[int]] = {}
    for audience, floor in floors.items():
        audiences.setdefault(floor, []).append(audience)
    here = Q(audience__in=list(floors))
    if len(audiences) > _MOST_FLOORS:
        # Each passage is asked for once more by whoever calls.
        return here & Q(passage__position__isnull=False)
    wanted = Q(pk__in=[])
    for floor, some in audiences.items():
        wanted |= Q(audience__in=some, passage__position__gte=floor)
    return here & wanted


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
