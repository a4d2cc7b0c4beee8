"""Keys of what answers a question, newest first, from the words of one's own audiences alone.

SQLite's index hands its rows out by key, newest first, and stops when the page is full. PostgreSQL's gathers everything
that fits before it sorts: half a million rows for a common word. So there the newest rows of one's own audiences are
looked at first, which fills the page for a common word; then the index is asked by widening pieces of time, which
bounds what a phrase of common words has it read; a rare word costs three askings of nothing.

What is looked at is decided by one's own audiences and never by what others hold: a word that stands only in a room
where one does not sit takes the same steps as one that stands nowhere (tools/bench/searching.py measures it).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.utils import OperationalError

from lockgate.base.ids import floor_id
from lockgate.base.rows import among, execute, fetched, together
from lockgate.base.transactions import is_postgresql
from lockgate.search import tables
from lockgate.search.types import Asked

FAR = 1 << 62
LONGEST_MS = 3_000
"""After which PostgreSQL gives a search up: a question of many common words shall not hold the database."""

# How many of the newest rows are looked at first, and at most. Of each room no more than a share of them is asked for,
# which is enough where some rooms are at work at once; where one room is busier, what is looked at ends sooner.
_FEW, _MANY, _SHARES = 120, 1_200, (5, 3, 2)
# Times as far back as so many rows reach, and no fewer days than this; then everything. Without the days, what follows
# a burst (an import, an alarm in a room of all) would be two pieces of seconds and then everything.
_PIECES = ((30, 7), (300, 70))
_DAY = floor_id(datetime(2030, 1, 2, tzinfo=UTC)) - floor_id(datetime(2030, 1, 1, tzinfo=UTC))

_LITE = """SELECT words.rowid AS id FROM {table} words
 CROSS JOIN search_indexed entry ON entry.id = words.rowid
 WHERE words.{table} MATCH %s AND words.rowid < %s AND words.rowid >= %s AND ({heard})
 ORDER BY words.rowid DESC LIMIT %s"""

# The newest of each audience, by an index alone, down to where the first of them may have others; and which of these
# answer, each asked in the words of its own audience. It needs no plan anew.
_NEWEST = """WITH mine AS MATERIALIZED (SELECT is_open, question::tsquery AS question, ARRAY(
   SELECT id FROM search_indexed WHERE audience_id = t.audience AND is_open = t.is_open
    AND id < %s AND id >= GREATEST(t.floor, %s) ORDER BY id DESC LIMIT %s) AS ids
  FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::text[]) AS t(audience, floor, is_open, question)),
 edge AS MATERIALIZED (SELECT max(ids[%s]) AS id FROM mine),
 newest AS MATERIALIZED (SELECT one.id, mine.is_open, mine.question FROM mine CROSS JOIN LATERAL unnest(ids) AS one(id)
  WHERE one.id >= COALESCE((SELECT id FROM edge), 0) ORDER BY one.id DESC LIMIT %s)
SELECT (SELECT id FROM edge), min(id), max(id), count(*), array_agg(id) FILTER (WHERE CASE WHEN is_open
  THEN EXISTS (SELECT 1 FROM search_open words WHERE words.id = newest.id AND words.words @@ newest.question)
  ELSE EXISTS (SELECT 1 FROM search_confidential words WHERE words.id = newest.id AND words.words @@ newest.question)
  END) FROM newest"""

# The "+0" keeps PostgreSQL from walking the key backwards in search of a word that is nowhere: 2.5 million rows.
_BY_WORDS = """SELECT words.id FROM {table} words
 WHERE words.words @@ %s::tsquery AND words.id < %s AND words.id >= %s AND ({heard})
 ORDER BY words.id + 0 DESC LIMIT %s"""

# Within a piece of time the rows of both indexes are matched with each other before any row is read. Starting others
# to help takes longer than what they help with. And the driver keeps a statement that it sends often: the server then
# plans it without its words, and begins with the key, 2.5 million entries, for a word that is nowhere.
_TOGETHER = (
    "SELECT set_config('statement_timeout', %s, true), set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('enable_indexscan', 'off', true), set_config('enable_seqscan', 'off', true)"
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
    parts: Sequence[tables.Part],
    scope: Scope,
    *,
    below: int,
    low: int,
    limit: int,
    enough: int,
    is_one_word: bool = False,
) -> list[int]:
    """The newest ``limit`` keys of what answers, below ``below`` and from ``low`` on; fewer where ``enough`` of them
    were found before all that was ever said had to be read. ``is_one_word`` where what answers is as frequent as what
    was asked for (``Asked.is_one_word``). Raises GivenUp."""
    if not is_postgresql():
        return _found(_LITE, parts, scope, "entry.audience_id", "entry.id", below, low, limit)
    found: list[int] = []
    newest, rows, edge, most = below, 0, below, _FEW
    for share in _SHARES:
        some = _near(parts, scope, edge, low, most, max(-(-most // share), most // len(scope.heard)))
        newest = newest if rows else some.newest
        rows, edge = rows + some.rows, some.edge
        found += some.found
        if len(found) >= limit or edge <= low:
            return found[:limit]
        most = (limit - len(found)) * rows // max(1, len(found)) * 3 // 2
        if not found or rows + most > _MANY:
            # The index has few rows of what is rare, and gathers them sooner; but of words that are rare only together
            # it has many, and asks each whether the others are there too.
            if is_one_word:
                break
            most = _MANY
    reach = (newest - edge) * _MANY // max(1, rows)
    if is_one_word and not found:
        # Asking of all rooms at once costs more for each row and less for the question.
        parts = tables.joined(parts)
    try:
        with together(), transaction.atomic():
            execute(_TOGETHER, [str(LONGEST_MS)])
            for to in edges(edge, reach, low):
                found += _found(
                    _BY_WORDS, parts, scope, "words.audience_id", "words.id", edge, to, limit - len(found)
                )
                if len(found) >= enough or to <= low:
                    break
                edge = to
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise GivenUp from None
        raise
    return found


def edges(edge: int, reach: int, low: int) -> list[int]:
    """Down to which keys the index of words is asked, piece by piece, where the near rows go down to ``edge`` and lie
    within ``reach``. The last is ``low``."""
    return [*(max(low, edge - max(times * reach, days * _DAY)) for times, days in _PIECES), low]


@dataclass(frozen=True, slots=True)
class _Near:
    """What was looked at of the newest rows: the newest, how many, the key down to which they are all of them, and what
    answers down to there, newest first."""

    newest: int
    rows: int
    edge: int
    found: list[int]


def _near(parts: Sequence[tables.Part], scope: Scope, below: int, low: int, most: int, of_each: int) -> _Near:
    heard = scope.heard
    mine = [
        (audience, heard[audience], part.table == tables.OPEN, words)
        for part in parts
        for audience, words in zip(part.audiences, part.each, strict=True)
    ]
    columns = [list(column) for column in zip(*mine, strict=True)]
    edge, oldest, newest, rows, found = fetched(_NEWEST, [below, low, of_each, *columns, of_each, most])[0]
    if not rows:
        return _Near(below, 0, low, [])
    edge = oldest if rows == most else low if edge is None else edge
    return _Near(newest, rows, edge, sorted(found or (), reverse=True))


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
