"""The two tables of words, in each database's own way, and questions as it takes them.

A word of the confidential table bears its audience ("4_valve" is the word "valve" as said in audience 4). A search asks
for the words of the searcher's own audiences alone, so a word that stands only in a hidden room is to the index a word
that it has never seen, and takes as long to be not found. Filtering afterwards would give the same answer, but the time
it takes would tell (social.md 3.3: ten thousand times).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

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


def question(asked: Asked, people: Collection[int], audiences: Collection[int] | None) -> str:
    """``asked`` in the words of one table: of these audiences in the confidential one, or of the open one (None)."""
    befores = [""] if audiences is None else [scope(one) for one in sorted(audiences)]
    joined = _all_of if is_postgresql() else _all_of_lite
    either = " | " if is_postgresql() else " OR "
    return either.join(f"({joined(asked, people, before)})" for before in befores)


def _all_of(asked: Asked, people: Collection[int], before: str) -> str:
    parts = ["(" + _vector_term(term, before) + ")" for term in asked.terms]
    if asked.people:
        parts.append("(" + " | ".join(f"'{before}{_AUTHOR}{one}'" for one in sorted(people)) + ")")
    if asked.has_file:
        parts.append(f"'{before}{_FILE}'")
    if asked.is_answer:
        parts.append(f"'{before}{_ANSWER}'")
    return " & ".join(parts)


def _vector_term(term: Term, before: str) -> str:
    if not term.is_exact and not term.is_prefix:
        return " | ".join(f"'{before}{_STEM}{stem}'" for stem in sorted(stems(term.words[0])))
    return " <-> ".join(f"'{before}{word}'" for word in term.words) + (":*" if term.is_prefix else "")


def _all_of_lite(asked: Asked, people: Collection[int], before: str) -> str:
    parts = ["(" + _lite_term(term, before) + ")" for term in asked.terms]
    if asked.people:
        parts.append("(" + " OR ".join(f'"{before}{_AUTHOR}{one}"' for one in sorted(people)) + ")")
    if asked.has_file:
        parts.append(f'"{before}{_FILE}"')
    if asked.is_answer:
        parts.append(f'"{before}{_ANSWER}"')
    return " AND ".join(parts)


def _lite_term(term: Term, before: str) -> str:
    if not term.is_exact and not term.is_prefix:
        return " OR ".join(f'"{before}{_STEM}{stem}"' for stem in sorted(stems(term.words[0])))
    return '"' + " ".join(before + word for word in term.words) + '"' + (" *" if term.is_prefix else "")
