"""Feeds and threads, always for a viewer: ids first, by an index for each audience; words afterwards, and only
for what is not rendered already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import Count

from lockgate.base.refusal import NotFound
from lockgate.base.rows import fetched
from lockgate.base.transactions import is_postgresql
from lockgate.conversations import rules
from lockgate.conversations.models import Voted
from lockgate.conversations.queries.cards import is_heard, may_be_shown, with_cards
from lockgate.conversations.queries.hearing import all_heard
from lockgate.conversations.queries.marks import named_in, reaction_counts
from lockgate.conversations.types import (
    Answer,
    EventCard,
    FeedItem,
    FeedKey,
    FeedPage,
    LinkCard,
    PollCard,
)
from lockgate.gateway import queries as gate
from lockgate.gateway.models import Passage, State
from lockgate.gateway.queries import attachments_of
from lockgate.gateway.types import AttachmentView
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.people.types import PersonCard
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import Seated

PAGE = 30
_FAR = 1 << 62
_MOST_RANGES = 400  # SQLite joins 500 SELECTs in one statement and no more

# One index range for each audience, each read no further than the page is long: 30 index entries an audience, whatever
# the table's size. A plain "IN" would sort everything that the viewer may hear. Only the 30 that are shown are then
# looked up in the table itself, for their version.
#
# The "+" on SQLite sorts the 600 once; without it each range is sorted on its own and then merged. On PostgreSQL the
# floor is asked outside the range: inside, its planner takes two bounds for a handful of rows and sorts the whole
# room. As the range goes down from the cursor, what lies below the floor comes last and the answer is the same.
_OF_AUDIENCE = """SELECT * FROM (SELECT position, id FROM gateway_passage
 WHERE audience_id = %s AND position < %s AND position >= %s AND position IS NOT NULL AND thread_id IS NULL
 ORDER BY position DESC LIMIT %s)"""

# What a post quotes or boosts is looked up with it, so that a card costs no statement of its own. On PostgreSQL by a
# subquery that its planner cannot unfold: whatever it believes of the table, it is one look by the key for each card.
_OF_CARD = """SELECT shown.position, shown.id, shown.version,
 original.id, original.version, original.audience_id, original.stands FROM"""
_CARD = """(SELECT one.id, one.version, one.audience_id,
  CASE WHEN one.thread_id IS NULL THEN one.position ELSE root.position END AS stands
  FROM gateway_passage one LEFT JOIN gateway_passage root ON root.id = one.thread_id
  WHERE one.id = shown.shows_id AND one.state = 'delivered' OFFSET 0) original"""

_MERGED = """SELECT shown.position, shown.id, shown.version, original.id, original.version, original.audience_id,
 CASE WHEN original.thread_id IS NULL THEN original.position ELSE root.position END FROM
 (SELECT position, id FROM ({ranges}) ORDER BY +position DESC LIMIT %s) found
 CROSS JOIN gateway_passage shown
 LEFT JOIN gateway_passage original ON original.id = shown.shows_id AND original.state = 'delivered'
 LEFT JOIN gateway_passage root ON root.id = original.thread_id
 WHERE shown.id = found.id ORDER BY shown.position DESC"""

_LATERAL = f"""{_OF_CARD}
 (SELECT one.position, one.id FROM unnest(%s::bigint[], %s::bigint[]) AS mine(audience, floor)
  CROSS JOIN LATERAL (SELECT position, id FROM gateway_passage
   WHERE audience_id = mine.audience AND position < %s
   AND position IS NOT NULL AND thread_id IS NULL ORDER BY position DESC LIMIT %s) one
  WHERE one.position >= mine.floor ORDER BY one.position DESC LIMIT %s) found
 JOIN gateway_passage shown ON shown.id = found.id LEFT JOIN LATERAL {_CARD} ON true ORDER BY shown.position DESC"""  # noqa: S608 (our own)


def home(
    viewer: Person,
    at: datetime,
    *,
    before: int | None = None,
    limit: int = PAGE,
    seated: Seated | None = None,
) -> FeedPage:
    """The newest posts that ``viewer`` may hear at ``at``, from all their rooms; two queries, whatever there is.

    ``seated`` is what ``spaces.queries.seated`` answered for this viewer in this very request, where the page has asked
    already; nothing older may be given.
    """
    heard = spaces.audible(viewer, at) if seated is None else seated.heard
    return _page(heard, before, limit, lambda: heard)


def of_space(
    viewer: Person, slug: str, at: datetime, *, lane: str = "", before: int | None = None, limit: int = PAGE
) -> FeedPage:
    """The newest posts of one space, in the lane that ``spaces.queries.place`` answers for these names. Raises NotFound
    where ``viewer`` does not sit in it."""
    place = spaces.place(viewer, slug, at, lane=lane)
    return _page({place.audience_id: place.hears_from}, before, limit, lambda: spaces.audible(viewer, at))


def since(viewer: Person, at: datetime, *, after: int, key: str = "", limit: int = PAGE) -> FeedPage:
    """What was delivered after position ``after``, newest first, in the place with this key or anywhere: for a
    page that
    polls."""
    if key:
        place = spaces.place_of_key(viewer, key, at)
        heard, all_of_it = {place.audience_id: place.hears_from}, None
    else:
        heard = all_of_it = spaces.audible(viewer, at)
    return _page(
        {audience: max(floor, min(after, _FAR) + 1) for audience, floor in heard.items()},
        None,
        limit,
        lambda: spaces.audible(viewer, at) if all_of_it is None else all_of_it,
    )


def newer(
    viewer: Person, at: datetime, *, after: int, limit: int = PAGE, seated: Seated | None = None
) -> list[FeedKey]:
    """The posts next after position ``after``, oldest first: for a reader who goes upwards from where they were.

    ``seated`` as in ``home``.
    """
    heard = spaces.audible(viewer, at) if seated is None else seated.heard
    found: list[tuple[int, int, int]] = []
    for audience, floor in heard.items():
        # A range of the index for each audience, as in a feed, the other way round.
        rows = Passage.objects.filter(
            audience_id=audience, position__gt=min(after, _FAR), position__gte=floor, thread__isnull=True
        )
        values = rows.order_by("position").values_list("position", "pk", "version")[:limit]
        found += [(position or 0, passage, version) for position, passage, version in values]
    return with_cards([FeedKey(*row) for row in sorted(found)[:limit]], heard)


def of_author(
    viewer: Person,
    author_id: int,
    at: datetime,
    *,
    before: int | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> list[FeedKey]:
    """What one person said that ``viewer`` may hear, newest first; answers are not among it."""
    found: list[FeedKey] = []
    heard = spaces.audible(viewer, at)
    rows = Passage.objects.filter(
        message__author_id=author_id,
        audience_id__in=list(heard),
        position__lt=before or _FAR,
        position__gt=min(after, _FAR),
        thread__isnull=True,
    ).order_by("-position")
    for position, passage, version, audience in rows.values_list(
        "position", "pk", "version", "audience_id"
    ).iterator(chunk_size=200):
        if position is not None and heard[audience] <= position:
            found.append(FeedKey(position, passage, version))
            if len(found) == limit:
                break
    return with_cards(found, heard)


def position_of(viewer: Person, passage_id: int, at: datetime) -> int | None:
    """Where in the feeds a delivered post or answer stands that ``viewer`` hears; None alike for all else."""
    row = Passage.objects.filter(pk=passage_id).values_list("position", "audience_id").first()
    if row is None or row[0] is None:
        return None
    return row[0] if spaces.audible(viewer, at).get(row[1], _FAR) <= row[0] else None


def one(viewer: Person, passage_id: int, at: datetime) -> FeedKey:
    """The key of one delivered post that ``viewer`` hears now. Raises NotFound alike for all else."""
    row = Passage.objects.filter(pk=passage_id, state=State.DELIVERED).values_list(
        "position", "audience_id", "version", "thread_id", "shows_id"
    )
    found = row.first()
    if found is None:
        raise NotFound
    position, audience, version, thread, shows = found
    heard = spaces.audible(viewer, at)
    if position is None or heard.get(audience, position + 1) > position:
        raise NotFound
    if thread is not None:
        return one(viewer, thread, at)
    key = FeedKey(position, passage_id, version)
    return key if shows is None else with_cards([key], heard)[0]


def items(passage_ids: Sequence[int]) -> dict[int, FeedItem]:
    """What the posts with these ids show, by id; eight queries at most for any number of them.

    The ids must come from ``home``, ``of_space``, ``since`` or ``one``: that the viewer may hear them was asked there.
    """
    rows = list(
        Passage.objects.filter(pk__in=passage_ids).select_related(
            "message",
            "audience__space",
            "account",
            "question__acceptance__answer",
            "announcement",
            "poll",
            "praise",
            "event",
            "link_preview",
        )
    )
    lasts = _last_answers([row.pk for row in rows if row.answers_count])
    files = attachments_of({row.message_id for row in rows})
    people = cards(
        {row.message.author_id for row in rows} | {one.message.author_id for one in lasts.values()}
    )
    reactions = reaction_counts([row.pk for row in rows])
    named = named_in(_bodies(rows))
    edited = gate.amended_at(rows)
    voters = _voters([row.pk for row in rows if getattr(row, "poll", None) is not None])
    return {
        row.pk: _item(
            row,
            people=people,
            last=lasts.get(row.pk),
            files=files.get(row.message_id, ()),
            reactions=reactions.get(row.pk, ()),
            named=named.get(row.audience_id, {}),
            voters=voters.get(row.pk, 0),
            edited=edited.get(row.pk),
        )
        for row in rows
    }


def _item(
    row: Passage,
    *,
    people: Mapping[int, PersonCard],
    last: Passage | None,
    files: Sequence[AttachmentView],
    reactions: tuple[tuple[str, int], ...],
    named: Mapping[str, str],
    voters: int,
    edited: datetime | None,
) -> FeedItem:
    if row.account is not None:
        key, name, url = f"channel:{row.account.slug}", row.account.name, "/channels"
    else:
        key, name, url = row.audience.key, row.audience.title, row.audience.address
    poll = getattr(row, "poll", None)
    event = getattr(row, "event", None)
    words, options = rules.options_of(row.message.body) if poll is not None else (row.message.body, ())
    return FeedItem(
        passage_id=row.pk,
        version=row.version,
        message_id=row.message_id,
        author=people[row.message.author_id],
        body=row.message.body,
        marking=row.message.marking,
        place=key,
        place_name=name,
        place_url=url,
        kind=row.audience.kind,
        delivered_at=row.delivered_at or row.message.written_at,
        answers_count=row.answers_count,
        last_answer=_answer(last, people, {}) if last else None,
        attachments=tuple(files),
        outside_url=row.outside_url,
        revision=row.message.revision,
        audience_id=row.audience_id,
        reactions=reactions,
        mentions=named,
        question=question_state(row),
        is_announcement=getattr(row, "announcement", None) is not None,
        poll=PollCard(options, poll.is_multiple, poll.is_anonymous, poll.closes_at, voters)
        if poll is not None
        else None,
        is_praise=getattr(row, "praise", None) is not None,
        event=EventCard(event.begins_at, event.ends_at, event.time_zone) if event is not None else None,
        link=_link(row),
        words=words,
        shows_id=row.shows_id,
        is_boost=row.message.is_boost,
        may_be_shown=may_be_shown(row.audience),
        edited_at=edited,
    )


def _link(row: Passage) -> LinkCard | None:
    found = getattr(row, "link_preview", None)
    if found is None or not found.title or found.address not in row.message.body:
        return None
    return LinkCard(found.address, found.host, found.title, found.description)


def question_state(row: Passage) -> str:
    """ "" where nothing is asked, else "open" or "answered". An accepted answer that was taken back answers no more."""
    question = getattr(row, "question", None)
    if question is None:
        return ""
    accepted = getattr(question, "acceptance", None)
    return "answered" if accepted is not None and accepted.answer.position is not None else "open"


def _bodies(rows: Sequence[Passage]) -> dict[int, list[str]]:
    gathered: dict[int, list[str]] = {}
    for row in rows:
        gathered.setdefault(row.audience_id, []).append(row.message.body)
    return gathered


def _voters(polls: Collection[int]) -> dict[int, int]:
    if not polls:
        return {}
    rows = Voted.objects.filter(poll__in=polls).values_list("poll").annotate(Count("pk"))
    return dict(rows)


def answers(
    viewer: Person, passage_id: int, at: datetime, *, limit: int = 200, after: int = 0
) -> list[Answer]:
    """The delivered answers to a post that ``viewer`` hears, oldest first, from position ``after`` on. Raises
    NotFound."""
    key = one(viewer, passage_id, at)
    rows = list(
        Passage.objects.filter(thread_id=key.passage_id, position__isnull=False, position__gt=after)
        .select_related("message", "acceptance")
        .order_by("position")[:limit]
    )
    heard = spaces.audible(viewer, at)
    return _answers([row for row in rows if heard.get(row.audience_id, _FAR) <= (row.position or 0)])


def answers_among(viewer: Person, passage_ids: Collection[int], at: datetime) -> list[tuple[int, Answer]]:
    """(thread, answer) for those of these passages that are answers and that ``viewer`` hears; as many statements for
    many threads as for one."""
    threads = {
        one.passage_id: one.root_id for one in all_heard(viewer, passage_ids, at) if one.thread_id is not None
    }
    if not threads:
        return []
    rows = Passage.objects.filter(pk__in=threads).select_related("message", "acceptance")
    return [(threads[one.passage_id], one) for one in _answers(list(rows))]


def _answers(rows: Sequence[Passage]) -> list[Answer]:
    files = attachments_of({row.message_id for row in rows})
    people = cards({row.message.author_id for row in rows})
    reactions = reaction_counts([row.pk for row in rows])
    named = named_in(_bodies(rows))
    edited = gate.amended_at(rows)
    return [
        replace(
            _answer(row, people, files, reactions.get(row.pk, ()), named.get(row.audience_id, {})),
            edited_at=edited.get(row.pk),
        )
        for row in rows
    ]


def _page(
    heard: Mapping[int, int], before: int | None, limit: int, all_heard: Callable[[], Mapping[int, int]]
) -> FeedPage:
    """The newest posts in ``heard``; ``all_heard`` answers all that the reader hears, where a card asks for it."""
    if not heard:
        return FeedPage((), None)
    cursor = before or _FAR
    if is_postgresql():
        rows = fetched(_LATERAL, [list(heard), list(heard.values()), cursor, limit, limit])
    else:
        rows = []
        floors = list(heard.items())
        for first in range(0, len(floors), _MOST_RANGES):
            some = floors[first : first + _MOST_RANGES]
            values = [value for audience, floor in some for value in (audience, cursor, floor, limit)]
            rows += fetched(_merged(len(some)), [*values, limit])
        rows = sorted(rows, reverse=True)[:limit] if len(floors) > _MOST_RANGES else rows
    floors_of_cards = all_heard() if any(row[3] is not None for row in rows) else {}
    keys = tuple(
        FeedKey(
            row[0],
            row[1],
            row[2],
            (row[3], row[4]) if row[3] and is_heard(floors_of_cards, *row[5:]) else None,
        )
        for row in rows
    )
    return FeedPage(keys, keys[-1].position if len(keys) == limit else None)


@cache
def _merged(audiences: int) -> str:
    return _MERGED.replace("{ranges}", " UNION ALL ".join([_OF_AUDIENCE] * audiences))


def _last_answers(threads: Collection[int]) -> dict[int, Passage]:
    if not threads:
        return {}
    marks = ", ".join(["%s"] * len(threads))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT thread_id, MAX(position) FROM gateway_passage"  # noqa: S608 (only placeholders vary)
            f" WHERE thread_id IN ({marks}) AND position IS NOT NULL GROUP BY thread_id",
            list(threads),
        )
        newest = [position for _thread, position in cursor.fetchall()]
    rows = Passage.objects.filter(thread_id__in=list(threads), position__in=newest).select_related("message")
    return {row.thread_id: row for row in rows if row.thread_id is not None}


def _answer(
    row: Passage,
    people: Mapping[int, PersonCard],
    files: Mapping[int, Sequence[AttachmentView]],
    reactions: tuple[tuple[str, int], ...] = (),
    named: Mapping[str, str] | None = None,
) -> Answer:
    return Answer(
        passage_id=row.pk,
        message_id=row.message_id,
        version=row.version,
        author=people[row.message.author_id],
        body=row.message.body,
        marking=row.message.marking,
        delivered_at=row.delivered_at or row.message.written_at,
        attachments=tuple(files.get(row.message_id, ())),
        reactions=reactions,
        mentions=named or {},
        # Of the last answer below a post the acceptance is not asked: it does not show there.
        is_accepted="acceptance" in row._state.fields_cache and getattr(row, "acceptance", None) is not None,
        shows_id=row.shows_id,
    )
