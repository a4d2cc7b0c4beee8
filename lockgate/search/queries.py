"""Searching, always for a viewer: first the seats, then the words of their own audiences, then what is found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lockgate.archive import queries as archive
from lockgate.base.ids import floor_id
from lockgate.base.rows import among, fetched
from lockgate.gateway.queries import attachments_of
from lockgate.gateway.types import ReadFile
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.search import finding, rules, vocabulary
from lockgate.search.finding import FAR, Scope, in_audiences
from lockgate.search.models import Indexed, Progress
from lockgate.search.ranking import Candidate, best_first
from lockgate.search.sources import files_of, text_of
from lockgate.search.tables import Part
from lockgate.search.types import ENOUGH, WINDOW, Asked, Found, Hit, IndexState, Order
from lockgate.search.types import Part as Piece
from lockgate.search.words import fold
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace, Seated

PAGE = 20
MOST = 50

# What was recalled or reworded since it was indexed is not found by its old words, from that moment on.
_STANDING = """SELECT entry.id, passage.id, message.id, message.author_id, message.body, passage.audience_id,
 passage.marking, passage.delivered_at, passage.thread_id, account.slug, account.name,
 EXISTS (SELECT 1 FROM gateway_attachment file WHERE file.message_id = message.id AND file.replaced_at IS NULL)
 FROM search_indexed entry
 CROSS JOIN gateway_passage passage CROSS JOIN gateway_message message
 LEFT JOIN channels_account account ON account.id = passage.account_id
 WHERE entry.id {among} AND passage.id = entry.passage_id AND passage.position IS NOT NULL
 AND message.id = passage.message_id AND message.revision = entry.revision AND ({heard}) ORDER BY entry.id DESC"""


# Whether a hit is the answer that was accepted, or a question that has one: while both stand and the viewer hears both.
_ACCEPTED = """SELECT acceptance.answer_id, acceptance.question_id FROM conversations_acceptance acceptance
 JOIN gateway_passage answer ON answer.id = acceptance.answer_id
 JOIN gateway_passage question ON question.id = acceptance.question_id
 WHERE acceptance.{column} {among} AND answer.position IS NOT NULL AND question.position IS NOT NULL
 AND ({heard_answer}) AND ({heard_question})"""

Rows = list[tuple[Any, ...]]


def search(
    viewer: Person,
    text: str,
    *,
    at: datetime,
    before: int | None = None,
    limit: int = PAGE,
    order: Order = Order.RECENT,
    seated: Seated | None = None,
) -> Found:
    """What ``viewer`` may hear at ``at`` and ``text`` asks for. Never refuses.

    ``before`` is the cursor that an earlier page of the same order gave as ``older``. Nothing is counted beyond the
    page. The best come first of the newest ``types.WINDOW`` that answer and that the viewer hears;
    where these lie far back, of ``types.ENOUGH`` or more of them. ``seated`` where the caller has just asked for it.
    """
    asked = rules.ask(text)
    limit = max(1, min(limit, MOST))
    seated = spaces.seated(viewer, at) if seated is None else seated
    authors = _authors(viewer, asked.people)
    scope = _scope(seated, asked)
    if not asked.is_searchable or not scope.heard or (asked.people and not authors):
        return Found(asked, (), None)
    pieces = vocabulary.pieces(asked.terms, scope.heard)
    parts = finding.wanted(asked, authors, pieces, scope)
    if not parts:
        return Found(asked, (), None)
    days = _days(asked, viewer)
    try:
        if order == Order.BEST:
            newest = _newest(asked, parts, scope, days, FAR, WINDOW, enough=ENOUGH)[:WINDOW]
            ranked = _ranked(newest, scope.heard, asked, at)
            end = (before or 0) + limit
            return Found(
                asked,
                _hits(ranked[before or 0 : end], seated, asked),
                end if end < len(ranked) else None,
                weighed=len(ranked),
            )
        rows = _newest(asked, parts, scope, days, before or FAR, limit)
    except finding.GivenUp:
        return Found(asked, (), None, is_given_up=True)
    older = rows[limit - 1][0] if len(rows) > limit else None
    return Found(asked, _hits(rows[:limit], seated, asked), older)


def _newest(
    asked: Asked,
    parts: Sequence[Part],
    scope: Scope,
    days: tuple[int, int],
    below: int,
    limit: int,
    *,
    enough: int | None = None,
) -> Rows:
    """The newest ``limit`` that stand and one more, where there is one; or, where these lie far back, ``enough`` of
    them. Raises GivenUp."""
    low, high = days
    cursor = min(below, high)
    rows: Rows = []
    while len(rows) <= limit:
        keys = finding.keys(
            parts,
            scope,
            below=cursor,
            low=low,
            limit=limit + 1,
            enough=enough or limit + 1,
            is_one_word=asked.is_one_word,
        )
        rows += _standing(keys, scope.heard)
        if len(keys) <= limit:
            break
        cursor = keys[-1]
    return rows


def _ranked(rows: Rows, heard: dict[int, int], asked: Asked, at: datetime) -> Rows:
    """The same rows, the best first."""
    answers, answered = _accepted([row[1] for row in rows], heard)
    by_key = {row[0]: row for row in rows}
    candidates = [
        Candidate(
            row[0],
            row[4],
            (at - _moment(row[7])).total_seconds() / 86_400,
            row[1] in answers,
            row[1] in answered,
        )
        for row in rows
    ]
    return [by_key[key] for key in best_first(candidates, asked)]


def _accepted(passages: Sequence[int], heard: dict[int, int]) -> tuple[set[int], set[int]]:
    """Those of these passages that are accepted answers, and those that are questions with one."""
    if not passages:
        return set(), set()
    these, ids = among(passages)
    of_answer, first = in_audiences(heard, "answer.audience_id", "answer.position")
    of_question, second = in_audiences(heard, "question.audience_id", "question.position")
    either = [
        _ACCEPTED.format(column=column, among=these, heard_answer=of_answer, heard_question=of_question)
        for column in ("answer_id", "question_id")
    ]
    pairs = fetched(" UNION ALL ".join(either), [*ids, *first, *second, *ids, *first, *second])
    return {answer for answer, _question in pairs}, {question for _answer, question in pairs}


def _scope(seated: Seated, asked: Asked) -> Scope:
    """The audiences to search. What every employee hears is open; the words of all others are looked for one by one."""
    places = {place.audience_id: place for place in (*seated.places, *seated.archived)}
    heard = seated.heard
    if asked.places:
        wanted = [_plain(one) for one in asked.places]
        heard = {
            audience: floor
            for audience, floor in heard.items()
            if audience in places and any(_is_named(places[audience], one) for one in wanted)
        }
    is_open = {audience for audience in heard if audience not in places or _is_open(places[audience])}
    return Scope(
        {audience: floor for audience, floor in heard.items() if audience in is_open},
        {audience: floor for audience, floor in heard.items() if audience not in is_open},
    )


def _is_open(place: PlaceInSpace) -> bool:
    return place.kind == "inside" and place.space_kind == "company"


def _is_named(place: PlaceInSpace, wanted: str) -> bool:
    return bool(wanted) and (wanted in (_plain(place.slug), _plain(place.name)))


def _plain(text: str) -> str:
    return "".join(fold(one) for one in text)


def _authors(viewer: Person, names: Collection[str]) -> list[int]:
    """The persons whom ``from:`` names. Whom the viewer does not know is nobody: what they said is not heard anyway."""
    found: set[int] = set()
    for name in names:
        if name.lower() == "me":
            found.add(viewer.pk)
        else:
            found.update(people.named(name))
    return sorted(found)


def _days(asked: Asked, viewer: Person) -> tuple[int, int]:
    """The lowest and the first too high key of the days asked for, as the viewer's calendar has them."""
    try:
        zone = ZoneInfo(viewer.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")

    def key(day: date) -> int:
        return floor_id(datetime.combine(day, time(), zone).astimezone(UTC))

    return key(asked.after) if asked.after else 0, key(asked.before) if asked.before else FAR


def _standing(keys: Sequence[int], heard: dict[int, int]) -> Rows:
    if not keys:
        return []
    condition, values = among(keys)
    may_hear, held = in_audiences(heard, "passage.audience_id", "passage.position")
    return fetched(_STANDING.format(among=condition, heard=may_hear), [*values, *held])


def _hits(rows: Rows, seated: Seated, asked: Asked) -> tuple[Hit, ...]:
    if not rows:
        return ()
    places = {place.audience_id: place for place in (*seated.places, *seated.archived)}
    cards = people.cards({row[3] for row in rows})
    snippets = [rules.snippet(row[4], asked) for row in rows]
    with_files = {row[2]: _is_found(snippet) for row, snippet in zip(rows, snippets, strict=True) if row[11]}
    files = attachments_of(with_files) if with_files else {}
    # Their words are read only where the message's own do not show why it was found.
    papers = files_of([message for message, is_found in with_files.items() if not is_found])
    hits = []
    for row, snippet in zip(rows, snippets, strict=True):
        (
            key,
            passage,
            message,
            author,
            body,
            audience,
            marking,
            delivered_at,
            thread,
            slug,
            account,
            _files,
        ) = row
        place = places.get(audience)
        if message in papers:
            snippet = _of_file(papers[message], asked, body)
        hits.append(
            Hit(
                cursor=key,
                passage_id=passage,
                message_id=message,
                author=cards[author],
                place=place.key if place else f"channel:{slug}",
                place_name=place.name if place else account or "",
                kind=place.kind if place else "outside",
                marking=marking,
                delivered_at=_moment(delivered_at),
                is_answer=thread is not None,
                snippet=snippet,
                files=tuple(one.name for one in files.get(message, ())),
            )
        )
    return tuple(hits)


def _is_found(snippet: tuple[Piece, ...]) -> bool:
    return any(one.is_found for one in snippet)


# As much of a long paper is read around what may be found; to read all of it takes a moment for each hit.
_AROUND = 600


def _of_file(files: Sequence[ReadFile], asked: Asked, body: str) -> tuple[Piece, ...]:
    """The piece of a file in which something was found; else what is said of the files."""
    for one in files:
        folded = one.words.casefold()
        for begins in (rules.beginning(term) for term in asked.terms):
            at = folded.find(begins)
            if at >= 0:
                near = one.words[max(0, at - _AROUND) : at + _AROUND]
                snippet = rules.snippet(f"{one.view.name}\n{near}", asked)
                if _is_found(snippet):
                    return snippet
    return rules.snippet(text_of(body, [ReadFile(one.view) for one in files]), asked)


def _moment(value: datetime | str) -> datetime:
    """SQLite keeps UTC as text and does not say so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def beginnings(asked: Asked) -> frozenset[str]:
    """What each term's words begin with, in small letters without accents: whatever a term stands in holds one of
    these, so that a database can look through few rows. ``terms_in`` then says which."""
    return frozenset(rules.beginning(term) for term in asked.terms)


def terms_in(asked: Asked, text: str) -> frozenset[int]:
    """Places of those terms that stand in ``text``, by the same rules as in what was said."""
    return rules.terms_in(asked, text)


def state() -> IndexState:
    """How the index stands, for `lockgate doctor`. Asked for by whoever runs the machine, not for a viewer."""
    progress = Progress.objects.first()
    size = archive.log_size()
    if progress is None:
        return IndexState(0, size, True)
    return IndexState(Indexed.objects.count(), max(0, size - progress.followed), progress.walked is not None)
