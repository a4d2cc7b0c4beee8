"""Which words were said in an audience: what a piece of a word ("*gasket*") is looked for in.

A piece is found among the words of the searcher's own audiences, and then these words are searched for as if they had
been typed. So it tells no more than a search for each of them would, takes no extension of a database, and both find
the same. A word stays here when what said it is taken back: it is then looked for and not found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from lockgate.base.rows import execute, fetched
from lockgate.base.transactions import is_postgresql
from lockgate.search.sources import among
from lockgate.search.tables import Pieces
from lockgate.search.types import Term

MOST_WORDS = 60
"""That a piece stands for. The shortest first, as they are nearest to what was typed."""
_AT_ONCE = 400


def learn(said: Iterable[tuple[int, Collection[str]]]) -> None:
    """Note the words of audiences, in the transaction that indexes them."""
    rows = iter(sorted({(audience, word) for audience, words in said for word in words}))
    while batch := list(islice(rows, _AT_ONCE)):
        execute(
            "INSERT INTO search_vocabulary (audience_id, word) VALUES "  # noqa: S608 (only marks)
            + ", ".join(["(%s, %s)"] * len(batch))
            + " ON CONFLICT DO NOTHING",
            [value for row in batch for value in row],
        )


def forget_all() -> None:
    """Before everything is read anew."""
    execute("DELETE FROM search_vocabulary", [])


def pieces(terms: Iterable[Term], audiences: Collection[int]) -> Pieces:
    """For each term that is a piece, the words that it stands for in each of these audiences."""
    return {term.words[0]: _containing(term.words[0], audiences) for term in terms if term.is_piece}


def _containing(piece: str, audiences: Collection[int]) -> dict[int, list[str]]:
    condition, values = among(sorted(audiences))
    has_it = "strpos(word, %s) > 0" if is_postgresql() else "instr(word, %s) > 0"
    rows = fetched(
        f"SELECT audience_id, word FROM search_vocabulary WHERE audience_id {condition} AND {has_it}",  # noqa: S608 (our own names, and marks)
        [*values, piece],
    )
    shortest = set(
        sorted({word for _audience, word in rows}, key=lambda word: (len(word), word))[:MOST_WORDS]
    )
    found: dict[int, list[str]] = {}
    for audience, word in rows:
        if word in shortest:
            found.setdefault(audience, []).append(word)
    return found
