"""What some people said, posts and answers, for a viewer: by the index of who wrote what, never by reading a room."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from lockgate.base.ids import MOST, floor_id
from lockgate.base.rows import fetched
from lockgate.base.transactions import is_postgresql
from lockgate.conversations.queries.cards import is_heard
from lockgate.conversations.types import Said
from lockgate.gateway.types import LATE
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

_SPANS = tuple(timedelta(hours=hours) for hours in (6, 48, 16 * 24, 128 * 24, 1024 * 24))
"""How far back is looked at once, one after another, and then at all there is: of people who say much a page is found
in the first, of people who say little the later ones are small too."""

# By when a thing was written, which an index finds by its author. What was delivered long after it was written (signed,
# scheduled, moved) has an index of its own, and it is few. What stands in a position bears it later than its message's
# number, but for chance within a millisecond.
_SAID = """SELECT p.position, p.id, p.audience_id, p.thread_id, root.audience_id, root.position FROM {tables}
 LEFT JOIN gateway_passage root ON root.id = p.thread_id
 LEFT JOIN gateway_message above ON above.id = root.message_id
 WHERE {written} AND p.position >= %s AND p.position < %s AND p.state = 'delivered'
 AND m.author_id {authors} AND {audience} {audiences} AND {answers}"""
_BY_AUTHOR = "gateway_message m JOIN gateway_passage p ON p.message_id = m.id"
# SQLite takes a list of people for hardly narrower than none, and would read everybody's messages of the span; and for
# each message it would try one room after another.
_BY_AUTHOR_ON_SQLITE = (
    "gateway_message m INDEXED BY message_of_author CROSS JOIN gateway_passage p ON p.message_id = m.id"
)
_LATER = "gateway_passage p JOIN gateway_message m ON m.id = p.message_id"
_LATER_ON_SQLITE = (
    "gateway_passage p INDEXED BY passages_delivered_late CROSS JOIN gateway_message m ON m.id = p.message_id"
)
_ANSWERS = "(p.thread_id IS NULL OR (root.state = 'delivered' AND above.author_id {answered}))"


def said_by(
    viewer: Person,
    authors: Collection[int],
    at: datetime,
    *,
    before: int | None = None,
    after: int = 0,
    limit: int = 30,
    answering: Collection[int] = (),
    upwards: bool = False,
) -> list[Said]:
    """What these people (ids) said that ``viewer`` hears, newest first, between two positions: posts, and of answers
    those in threads of ``answering`` (ids). ``upwards``: those next after ``after``.

    What is heard is asked of the one rule, of an answer for its thread too. As many statements as it takes to fill the
    page, six at most, whatever the number of people and rooms.
    """
    heard = spaces.audible(viewer, at)
    if not heard or not authors:
        return []
    ends = min(before or MOST, floor_id(at + timedelta(minutes=1)))
    found: list[Said] = []
    for low, high in _slices(after + 1, ends, at, upwards=upwards):
        rest = _Slice(low, high)
        while len(found) < limit and rest.low < rest.high:
            rows = _asked(authors, list(heard), answering, rest, limit, upwards=upwards)
            found += [
                Said(position, passage)
                for position, passage, audience, thread, *root in rows
                if is_heard(heard, audience, position) and (thread is None or is_heard(heard, *root))
            ]
            # A full page of which some was said before the viewer came: go on beyond its last.
            if len(rows) < limit:
                break
            rest = rest.beyond(rows[-1][0], upwards=upwards)
        if len(found) >= limit:
            break
    found = found[:limit]
    return found[::-1] if upwards else found


class _Slice:
    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def beyond(self, position: int, *, upwards: bool) -> _Slice:
        return _Slice(position + 1, self.high) if upwards else _Slice(self.low, position)


def _slices(low: int, high: int, at: datetime, *, upwards: bool) -> Iterator[tuple[int, int]]:
    """From one end to the other, by spans that grow."""
    for span in _SPANS:
        if low >= high:
            return
        width = floor_id(at) - floor_id(at - span)
        middle = min(high, low + width) if upwards else max(low, high - width)
        yield (low, middle) if upwards else (middle, high)
        low, high = (middle, high) if upwards else (low, middle)
    if low < high:
        yield low, high


def _asked(
    authors: Collection[int],
    audiences: Sequence[int],
    answering: Collection[int],
    rest: _Slice,
    limit: int,
    *,
    upwards: bool,
) -> list[tuple[Any, ...]]:
    of_authors, author_values = _among(authors)
    in_audience, audience_values = _among(audiences)
    answers = "p.thread_id IS NULL"
    answer_values: list[Any] = []
    if answering:
        answered, answer_values = _among(answering)
        answers = _ANSWERS.format(answered=answered)
    some = {
        "authors": of_authors,
        "audience": "p.audience_id" if is_postgresql() else "+p.audience_id",
        "audiences": in_audience,
        "answers": answers,
    }
    by_author, late = (_BY_AUTHOR, _LATER) if is_postgresql() else (_BY_AUTHOR_ON_SQLITE, _LATER_ON_SQLITE)
    written = _SAID.format(tables=by_author, written="m.id >= %s AND m.id < %s", **some)
    later = _SAID.format(tables=late, written=f"p.position > (p.message_id + {LATE})", **some)
    values = [rest.low, rest.high, *author_values, *audience_values, *answer_values]
    order = "" if upwards else " DESC"
    return fetched(
        f"{written} UNION {later} ORDER BY 1{order}, 2 LIMIT %s",
        [max(0, rest.low - LATE), min(MOST, rest.high + LATE), *values, *values, limit],
    )


def _among(numbers: Collection[int]) -> tuple[str, list[Any]]:
    """A test for being one of these, and what it takes."""
    if is_postgresql():
        return "= ANY(%s::bigint[])", [list(numbers)]
    return f"IN ({', '.join(['%s'] * len(numbers))})", list(numbers)
