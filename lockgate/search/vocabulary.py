"""Which words were said in an audience: what a piece of a word ("*gasket*") is looked for in.

A piece is found among the words of the searcher's own audiences, and then these words are searched for as if they had
been typed. So it tells no more than a search for each of them would, takes no extension of a database, and both find
the same. A word stays here when what said it is taken back: it is then looked for and not found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from lockgate.base.rows import among, execute, fetched
from lockgate.base.transactions import after_commit, is_postgresql
from lockgate.search.tables import Pieces
from lockgate.search.types import Term

MOST_WORDS = 60
"""That a piece stands for. The shortest first, as they are nearest to what was typed."""
_AT_ONCE = 400


def learn(said: Iterable[tuple[int, Collection[str]]], *, walk: int) -> None:
    """Note the words of audiences, in the transaction that indexes them. ``walk`` counts how often all was read anew:
    what this process noted before the last time may have been forgotten since."""
    global _walk
    if walk != _walk:
        forget_noted()
        _walk = walk
    fresh = sorted(
        {
            (audience, word)
            for audience, words in said
            for word in words
            if word not in _noted.get(audience, ())
        }
    )
    rows = iter(fresh)
    while batch := list(islice(rows, _AT_ONCE)):
        _insert(batch)
    if fresh:
        after_commit(lambda: _note(fresh))


def _insert(batch: Sequence[tuple[int, str]]) -> None:
    if is_postgresql():
        # Two lists, so that the statement is the same however many there are, and is parsed once.
        execute(
            "INSERT INTO search_vocabulary (audience_id, word)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT DO NOTHING",
            [[audience for audience, _word in batch], [word for _audience, word in batch]],
        )
        return
    execute(
        "INSERT INTO search_vocabulary (audience_id, word) VALUES "  # noqa: S608 (only marks)
        + ", ".join(["(%s, %s)"] * len(batch))
        + " ON CONFLICT DO NOTHING",
        [value for row in batch for value in row],
    )


# What this process has seen to stand there. Nearly every word of a post was said in its audience before; asking the
# database about each again took longer than to index it. No word is ever taken away but by ``forget_all``.
_noted: dict[int, set[str]] = {}
_MOST_NOTED = 200_000
_count = 0
_walk = -1


def _note(rows: Sequence[tuple[int, str]]) -> None:
    global _count
    if _count + len(rows) > _MOST_NOTED:
        forget_noted()
    for audience, word in rows:
        _noted.setdefault(audience, set()).add(word)
    _count += len(rows)


def forget_noted() -> None:
    """Ask the database about each word again."""
    global _count
    _noted.clear()
    _count = 0


def forget_all() -> None:
    """Before everything is read anew, in the transaction that begins it."""
    execute("DELETE FROM search_vocabulary", [])


def pieces(terms: Iterable[Term], audiences: Collection[int]) -> Pieces:
    """For each term that is a piece, the words that it stands for in each of these audiences; and for each beginning of
    few words, these."""
    found: dict[Term, dict[int, list[str]]] = {}
    for term in terms:
        if term.is_piece:
            found[term] = _containing(term.words[0], audiences)
        elif (
            term.is_prefix
            and len(term.words) == 1
            and (words := _beginning(term.words[0], audiences)) is not None
        ):
            found[term] = words
    return found


MOST_THAT_BEGIN = 160
"""Words of audiences that are looked for one by one. Of more, the index gathers at once all that begin so."""
_BEGINNING = (
    "SELECT audience_id, word FROM search_vocabulary WHERE audience_id {among} AND word >= %s AND word < %s"
    " UNION ALL SELECT 0, '' FROM search_progress WHERE id = 1 AND walked IS NOT NULL LIMIT %s"
)


def _beginning(letters: str, audiences: Collection[int]) -> dict[int, list[str]] | None:
    """The words of each audience that begin so; None where they are many, and while they are being read anew. The
    databases hand out rows of one word newest first, and stop; of all that begin so they gather every row before."""
    condition, values = among(sorted(audiences))
    rows = fetched(
        _BEGINNING.format(among=condition),
        [*values, letters, f"{letters}\U0010ffff", MOST_THAT_BEGIN + 1],
    )
    if len(rows) > MOST_THAT_BEGIN or (0, "") in rows:
        return None
    found: dict[int, list[str]] = {}
    for audience, word in rows:
        found.setdefault(audience, []).append(word)
    return found


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
