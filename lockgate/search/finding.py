"""Keys of what answers a question, newest first, from the words of one's own audiences alone.

SQLite's index hands its rows out by key, newest first, and stops when the page is full. PostgreSQL's gathers everything
that fits before it sorts: half a million rows for a common word. So there the newest rows of one's own audiences are
looked at first, which fills the page for a common word; then the index is asked by widening pieces of time, which
bounds what a phrase of common words has it read; a rare word costs three askings of nothing.

What is looked at is decided by one's own audiences and never by what others hold: a word that stands only in a room
where one does not sit takes the same steps as one that stands nowhere (tools/bench/searches.py measures it).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.utils import OperationalError

from lockgate.base.ids import floor_id
from lockgate.base.rows import among, fetched
from lockgate.base.transactions import is_postgresql
from lockgate.search import tables
from lockgate.search.types import Asked

FAR = 1 << 62
LONGEST_MS = 3_000
"""After which PostgreSQL gives a search up: a question of many common words shall not hold the database."""

_NEAR, _NEAR_OF_EACH, _FIRST = 1_000, 200, 200
# Times as far back as the near rows reach, and no fewer days than this; then everything. Without the days, what follows
# a burst (an import, an alarm in a room of all) would be two pieces of seconds and then everything.
_PIECES = ((30, 7), (300, 70))
_DAY = floor_id(datetime(2030, 1, 2, tzinfo=UTC)) - floor_id(datetime(2030, 1, 1, tzinfo=UTC))

_LITE = """SELECT words.rowid AS id FROM {table} words
 CROSS JOIN search_indexed entry ON entry.id = words.rowid
 WHERE words.{table} MATCH %s AND words.rowid < %s AND words.rowid >= %s AND ({heard})
 ORDER BY words.rowid DESC LIMIT %s"""

# The newest of each audience, by an index alone; and which of them is the last that was asked of its audience.
_NEWEST = """SELECT one.id, one.place = %s, mine.audience FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[])
  AS mine(audience, floor, is_open)
 CROSS JOIN LATERAL (SELECT id, row_number() OVER (ORDER BY id DESC) AS place FROM search_indexed
  WHERE audience_id = mine.audience AND is_open = mine.is_open AND id < %s AND id >= GREATEST(mine.floor, %s)
  ORDER BY id DESC LIMIT %s) one ORDER BY one.id DESC LIMIT %s"""

_OF_THESE = "SELECT id FROM {table} words WHERE id = ANY(%s) AND words @@ %s::tsquery"

# The "+0" keeps PostgreSQL from walking the key backwards in search of a word that is nowhere: 2.5 million rows.
_BY_WORDS = """SELECT words.id FROM {table} words
 WHERE words.words @@ %s::tsquery AND words.id < %s AND words.id >= %s AND ({heard})
 ORDER BY words.id + 0 DESC LIMIT %s"""

# Within a piece of time the rows of both indexes are matched with each other before any row is read.
_TOGETHER = "SELECT set_config('enable_indexscan', 'off', true), set_config('enable_seqscan', 'off', true)"
# Starting others to help takes longer than what they help with. And the driver keeps a statement that it sends often:
# the server then plans it without its words, and begins with the key, 2.5 million entries, for a word that is nowhere.
_NO_LONGER = (
    "SELECT set_config('statement_timeout', %s, true), set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true)"
)


class GivenUp(Exception):
    """The search took longer than LONGEST_MS."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where one search looks: {audience: lowest position heard}, told apart by corpus."""

    open: dict[int, int]
    confidential: dict[int, int]

    @property
    def heard(self) -> dict[int, int]:
        return self.open | self.confidential

    def corpora(self) -> list[tuple[str, dict[int, int]]]:
        both = ((tables.OPEN, self.open), (tables.CONFIDENTIAL, self.confidential))
        return [(table, heard) for table, heard in both if heard]


def wanted(asked: Asked, authors: Collection[int], pieces: tables.Pieces, scope: Scope) -> list[tables.Part]:
    """A question as the tables take it; nothing where nothing in them can answer."""
    return [
        part
        for table, heard in scope.corpora()
        for part in tables.question(table, asked, authors, heard, pieces)
    ]


def keys(
    parts: Sequence[tables.Part], scope: Scope, *, below: int, low: int, limit: int, enough: int
) -> list[int]:
    """The newest ``limit`` keys of what answers, below ``below`` and from ``low`` on; fewer where ``enough`` of them
    were found before all that was ever said had to be read. Raises GivenUp."""
    if not is_postgresql():
        return _found(_LITE, parts, scope, "entry.audience_id", "entry.id", below, low, limit)
    try:
        with transaction.atomic():
            fetched(_NO_LONGER, [str(LONGEST_MS)])
            return _keys(parts, scope, below, low, limit, enough)
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise GivenUp from None
        raise


def _keys(
    parts: Sequence[tables.Part], scope: Scope, below: int, low: int, limit: int, enough: int
) -> list[int]:
    near, edge = _near(scope, below, low)
    found: list[int] = []
    for some in (near[:_FIRST], near[_FIRST:]):
        found += _among(parts, some)
        if len(found) >= limit:
            return found[:limit]
    reach = (min(below, near[0][0] + 1) if near else below) - edge
    fetched(_TOGETHER, [])
    for to in edges(edge, reach, low):
        if edge <= low:
            break
        found += _found(
            _BY_WORDS, parts, scope, "words.audience_id", "words.id", edge, to, limit - len(found)
        )
        if len(found) >= enough:
            break
        edge = to
    return found


def edges(edge: int, reach: int, low: int) -> list[int]:
    """Down to which keys the index of words is asked, piece by piece, where the near rows go down to ``edge`` and lie
    within ``reach``. The last is ``low``."""
    return [*(max(low, edge - max(times * reach, days * _DAY)) for times, days in _PIECES), low]


def _near(scope: Scope, below: int, low: int) -> tuple[list[tuple[int, int]], int]:
    """The newest rows of these audiences, with their audiences, and the key from which on they are all of them."""
    audiences = [
        (audience, floor, table == tables.OPEN)
        for table, heard in scope.corpora()
        for audience, floor in heard.items()
    ]
    rows = fetched(
        _NEWEST,
        [
            _NEAR_OF_EACH,
            *(list(column) for column in zip(*audiences, strict=True)),
            below,
            low,
            _NEAR_OF_EACH,
            _NEAR,
        ],
    )
    found: list[tuple[int, int]] = []
    for key, is_last_of_audience, audience in rows:
        found.append((key, audience))
        if is_last_of_audience:
            return found, key
    return found, found[-1][0] if len(found) == _NEAR else low


def _among(parts: Sequence[tables.Part], some: list[tuple[int, int]]) -> list[int]:
    statements: list[str] = []
    values: list[Any] = []
    for part in parts:
        these = set(part.audiences)
        if keys_here := [key for key, audience in some if audience in these]:
            statements.append(_OF_THESE.format(table=part.table))
            values += [keys_here, part.words]
    if not statements:
        return []
    return sorted((row[0] for row in fetched(" UNION ALL ".join(statements), values)), reverse=True)


def _found(
    template: str,
    parts: Sequence[tables.Part],
    scope: Scope,
    column: str,
    key: str,
    below: int,
    low: int,
    limit: int,
) -> list[int]:
    """One statement for all parts."""
    statements: list[str] = []
    values: list[Any] = []
    heard = scope.heard
    for part in parts:
        condition, held = in_audiences({one: heard[one] for one in part.audiences}, column, key)
        statements.append(f"SELECT * FROM ({template.format(table=part.table, heard=condition)}) found")  # noqa: S608 (our own names, and marks)
        values += [part.words, below, low, *held, limit]
    joined = " UNION ALL ".join(statements) + " ORDER BY 1 DESC LIMIT %s"
    return [row[0] for row in fetched(joined, [*values, limit])]


def in_audiences(heard: dict[int, int], column: str, key: str) -> tuple[str, list[Any]]:
    """SQL for "in an audience that is heard, from its lowest position on"."""
    whole = [audience for audience, floor in heard.items() if not floor]
    conditions: list[str] = []
    values: list[Any] = []
    if whole:
        condition, values = among(whole)
        conditions.append(f"{column} {condition}")
    for audience, floor in heard.items():
        if floor:
            conditions.append(f"({column} = %s AND {key} >= %s)")
            values += [audience, floor]
    return " OR ".join(conditions), values
