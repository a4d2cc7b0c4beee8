"""The two tables of words, in each database's own way, and questions as it takes them.

A word of the confidential table bears its audience ("4_valve" is the word "valve" as said in audience 4). A search asks
for the words of the searcher's own audiences alone, so a word that stands only in a hidden room is to the index a word
that it has never seen, and takes as long to be not found. Filtering afterwards would give the same answer, but the time
it takes would tell (social.md 3.3: ten thousand times).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from lockgate.base.transactions import is_postgresql
from lockgate.search.rules import Document
from lockgate.search.stems import stems
from lockgate.search.types import Asked, Term

OPEN = "search_open"
CONFIDENTIAL = "search_confidential"

# The underscore stands in no word (words.py splits at it), so a mark is never taken for one.
_STEM = "_"
_AUTHOR = "__from_"
_FILE = "__file"
_ANSWER = "__answer"
_QUESTION = "__question"
# Where the mark of an audience goes. It stands in no word either.
_HERE = "\x02"

Row = tuple[int, int, Document]
"""Key, audience, words."""


def scope(audience: int) -> str:
    """What stands before each word of this audience in the confidential table."""
    return f"{audience:x}_"


def write(table: str, rows: Sequence[Row]) -> None:
    """Put documents into a table. Their keys must not stand in it."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if is_postgresql():
            # One statement for all, by arrays: the server takes longer over a statement than over its row.
            cursor.execute(
                f"INSERT INTO {table} (id, audience_id, words)"  # noqa: S608 (our own)
                " SELECT id, audience_id, words::tsvector"
                " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS t(id, audience_id, words)",
                [
                    [key for key, _audience, _found in rows],
                    [audience for _key, audience, _found in rows],
                    [_vector(found, _before(table, audience)) for _key, audience, found in rows],
                ],
            )
        else:
            cursor.executemany(
                f"INSERT INTO {table} (rowid, words) VALUES (%s, %s)",  # noqa: S608 (our own)
                [(key, _line(found, _before(table, audience))) for key, audience, found in rows],
            )


MOST_WAITING = 8_000
QUIET = timedelta(seconds=5)


@dataclass(slots=True)
class _Waiting:
    """Documents whose words were written and not put to their leaves (PostgreSQL). At its start a process knows of
    none that an earlier one left behind, and takes it for some."""

    documents: int = 1
    last: datetime | None = None


_waiting = _Waiting()


def is_busy(at: datetime) -> bool:
    """Whether something was written a moment before ``at``."""
    _waiting.last = _waiting.last or at
    return at - _waiting.last < QUIET


def sort(*, at: datetime) -> bool:
    """Have the words that wait put to their leaves, where they are many or nothing came for a while; answers whether it
    did. PostgreSQL's alone (SQLite's way is merging.py). Outside of any transaction: it takes some tenths of a second
    for thousands of posts."""
    if not is_postgresql() or not _waiting.documents:
        return False
    if is_busy(at) and _waiting.documents < MOST_WAITING:
        return False
    with connection.cursor() as cursor:
        for table in (OPEN, CONFIDENTIAL):
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [f"{table}_words"])
    _waiting.documents = 0
    return True


def note_written(count: int, at: datetime) -> None:
    """``count`` documents were written at ``at``."""
    _waiting.documents += count
    _waiting.last = at


def written(found: Document, before: str) -> str:
    """A document as the table of this database takes it, with ``before`` before each of its words."""
    return _vector(found, before) if is_postgresql() else _line(found, before)


def erase(keys: Collection[int]) -> None:
    """Take documents out of both tables."""
    name = "id" if is_postgresql() else "rowid"
    with connection.cursor() as cursor:
        for table in (OPEN, CONFIDENTIAL):
            cursor.executemany(f"DELETE FROM {table} WHERE {name} = %s", [(key,) for key in keys])  # noqa: S608 (our own)


def _before(table: str, audience: int) -> str:
    return scope(audience) if table == CONFIDENTIAL else ""


def _marks(found: Document) -> Iterable[str]:
    yield from (_STEM + stem for stem in found.stems)
    yield f"{_AUTHOR}{found.author}"
    if found.has_file:
        yield _FILE
    if found.is_answer:
        yield _ANSWER
    if found.is_question:
        yield _QUESTION


def _line(found: Document, before: str) -> str:
    return " ".join(
        [*(before + word for word in found.words), *(before + mark for mark in sorted(_marks(found)))]
    )


def _vector(found: Document, before: str) -> str:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(found.words, 1):
        places.setdefault(word, []).append(str(place))
    words = [f"'{before}{word}':{','.join(at)}" for word, at in places.items()]
    return " ".join([*words, *(f"'{before}{mark}'" for mark in _marks(found))])


Pieces = Mapping[Term, Mapping[int, Sequence[str]]]
"""For each piece of a word that is asked for, the words of each audience that have it in them; for some beginnings, the
words that begin so (vocabulary.py)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question in the words of one table, as ``audiences`` in it would answer it; ``each`` is the question of one
    audience alone, in their order."""

    table: str
    audiences: tuple[int, ...]
    words: str
    each: tuple[str, ...] = ()


def question(
    table: str, asked: Asked, people: Collection[int], audiences: Collection[int], pieces: Pieces
) -> list[Part]:
    """``asked`` in the words of one table, of these audiences in it, in one part or several. Where no word of theirs
    can answer there is none."""
    way = _PG if is_postgresql() else _LITE
    asks: list[tuple[tuple[int, ...], str]] = []
    rooms: list[tuple[tuple[int, ...], str]] = []
    if table == CONFIDENTIAL and not pieces:
        # The same question for each room, but for what its words bear.
        one_of_them = f"({way.all_of(asked, people, _HERE, {})})"
        asks = [((one,), one_of_them.replace(_HERE, scope(one))) for one in sorted(audiences)]
    elif table == CONFIDENTIAL:
        rooms = [((one,), scope(one)) for one in sorted(audiences)]
    else:
        rooms = [(tuple(sorted(audiences)), "")]
    for among, before in rooms:
        words = {
            term: sorted({word for one in among for word in of.get(one, ())}) for term, of in pieces.items()
        }
        if all(words.values()):
            asks.append((among, f"({way.all_of(asked, people, before, words)})"))
    size = way.rooms_in_one(len(asks))
    return [
        Part(
            table,
            tuple(audience for among, _words in some for audience in among),
            way.either.join(words for _among, words in some),
            tuple(words for among, words in some for _audience in among),
        )
        for some in (asks[first : first + size] for first in range(0, len(asks), size))
    ]


def joined(parts: Sequence[Part]) -> list[Part]:
    """The same questions in one part for each table."""
    either = (_PG if is_postgresql() else _LITE).either
    return [
        Part(
            table,
            tuple(audience for one in some for audience in one.audiences),
            either.join(one.words for one in some),
            tuple(words for one in some for words in one.each),
        )
        for table in (OPEN, CONFIDENTIAL)
        if (some := [one for one in parts if one.table == table])
    ]


@dataclass(frozen=True, slots=True)
class _Way:
    """How one database writes a question down."""

    quote: str
    either: str
    both: str
    ends_open: str
    most_parts: int

    def rooms_in_one(self, count: int) -> int:
        """Of how many rooms one part asks, where there are ``count``."""
        return max(8, -(-count // self.most_parts))

    def word(self, text: str) -> str:
        return f"{self.quote}{text}{self.quote}"

    def any_of(self, words: Iterable[str]) -> str:
        return "(" + self.either.join(self.word(one) for one in words) + ")"

    def all_of(
        self, asked: Asked, people: Collection[int], before: str, words_of: Mapping[Term, Sequence[str]]
    ) -> str:
        parts = [self.term(term, before, words_of) for term in asked.terms]
        if asked.people:
            parts.append(self.any_of(f"{before}{_AUTHOR}{one}" for one in sorted(people)))
        for is_wanted, mark in (
            (asked.has_file, _FILE),
            (asked.is_answer, _ANSWER),
            (asked.is_question, _QUESTION),
        ):
            if is_wanted:
                parts.append(self.word(before + mark))
        return self.both.join(parts)

    def term(self, term: Term, before: str, words_of: Mapping[Term, Sequence[str]]) -> str:
        if (words := words_of.get(term)) is not None:
            return self.any_of(before + word for word in words)
        if not term.is_exact and not term.is_prefix:
            return self.any_of(f"{before}{_STEM}{stem}" for stem in sorted(stems(term.words[0])))
        return f"({self.phrase([before + word for word in term.words])}{self.ends_open if term.is_prefix else ''})"

    def phrase(self, words: Sequence[str]) -> str:
        if self is _LITE:
            return self.word(" ".join(words))
        return " <-> ".join(self.word(one) for one in words)


# PostgreSQL's index asks of each row that has one of a question's words whether the whole question holds: of fifty
# rooms at once that is fifty times as much to ask, and as much again for each row that must be read. A part for each
# room would have it look through the words that wait for their leaves fifty times.
_PG = _Way("'", " | ", " & ", ":*", 8)
_LITE = _Way('"', " OR ", " AND ", " *", 1)
