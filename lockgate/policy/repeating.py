"""Looks a text's grams up among the fingerprints, and confirms each hit word by word.

Two steps, so that a text that repeats nothing costs one look-up a gram: which grams are known at all; then, for
those alone, one message for each marking and each stretch of audiences between the excepted ones. As a gram is eight
words, any one message of the list proves the repeat: boilerplate that stands in a hundred thousand messages is
answered by the first of them.
"""

from __future__ import annotations

import bisect
import itertools
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson

from lockgate.base.markings import Marking
from lockgate.base.rows import fetched
from lockgate.base.transactions import is_postgresql
from lockgate.policy import fingerprints
from lockgate.policy.models import Remembered
from lockgate.policy.reading import Reading
from lockgate.policy.types import Repeat

_LEAST_ID, _MOST_ID = -(2**63), 2**63 - 1
MOST_REPEATS = 50

WasHeard = Callable[[Collection[tuple[int, int]]], Collection[tuple[int, int]]]
"""Of these (message, audience), which did the audience really hear?"""


def stored(reading: Reading, key: bytes) -> tuple[fingerprints.Words, list[int]]:
    """The words and grams of a reading, worked out once."""
    found: tuple[fingerprints.Words, list[int]] | None = reading.memo.get("fingerprints")
    if found is None:
        words = fingerprints.words(reading, key)
        found = (words, fingerprints.grams(words.hashes, key))
        reading.memo["fingerprints"] = found
    return found


def repeats(
    reading: Reading, key: bytes, *, except_audiences: Collection[int], except_message: int | None
) -> tuple[Repeat, ...]:
    words, grams = stored(reading, key)
    runs = _searched(words, grams, _between(except_audiences), except_message, None)
    return _told([_repeat(words, run.first, run.length, run.row) for run in runs])


def unheard(
    reading: Reading,
    key: bytes,
    *,
    found: Sequence[Repeat],
    among: Collection[int],
    except_message: int | None,
    was_heard: WasHeard,
) -> tuple[Repeat, ...]:
    words, grams = stored(reading, key)
    alone = [(audience, audience) for audience in sorted(set(among))]
    covered = {
        place
        for run in _searched(words, grams, alone, except_message, was_heard)
        for place in range(run.first, run.first + run.length)
    }
    if not covered:
        return tuple(found)
    left = []
    for one in found:
        first = bisect.bisect_left(words.spans, (one.start, one.start))
        for start, length in fingerprints.stretches(first, one.words, covered):
            left.append(
                replace(
                    one, start=words.spans[start][0], end=words.spans[start + length - 1][1], words=length
                )
            )
    return _told(left)


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of the draft, from the ``first`` on, that a remembered message holds."""

    first: int
    length: int
    row: Remembered


def _searched(
    words: fingerprints.Words,
    grams: list[int],
    stretches: Sequence[tuple[int, int]],
    except_message: int | None,
    was_heard: WasHeard | None,
) -> list[_Run]:
    if not grams or not stretches:
        return []
    search = _Search(words, grams, _known(grams), was_heard)
    width = 1
    for round_number in itertools.count(1):
        asked = search.next_asked(everything=round_number > _STEPS)
        if not asked:
            break
        listed = _candidates(asked, stretches, except_message, width)
        if search.compare(asked, listed):
            # Something had the hash of a gram but not its words (one chance in 2**64 a pair), or was not heard. It must
            # not hide an equal run behind it, so we look further along the list, until it is proven or at its end.
            width *= 16
    return search.found


# A copied text is one run: its first gram leads to all of it. So we ask a few times for the first gram of each stretch
# that is not accounted for, and only then for all that is left.
_STEPS = 3


class _Search:
    """Which places of the draft are still to be accounted for, and at which marking."""

    def __init__(
        self,
        words: fingerprints.Words,
        grams: list[int],
        known: dict[int, bool],
        was_heard: WasHeard | None,
    ) -> None:
        self.found: list[_Run] = []
        self._was_heard = was_heard
        self._words = words
        self._grams = grams
        self._places: dict[int, list[int]] = {}
        self._open: dict[int, set[int]] = {Marking.CONTROLLED: set(), Marking.CONFIDENTIAL: set()}
        self._tried: set[tuple[int, int, int]] = set()
        for place, gram in enumerate(grams):
            if gram in known:
                self._places.setdefault(gram, []).append(place)
                self._open[Marking.CONFIDENTIAL].add(place)
                if known[gram]:
                    self._open[Marking.CONTROLLED].add(place)

    def next_asked(self, *, everything: bool) -> set[tuple[int, int]]:
        """(gram, marking) to look up next."""
        return {
            (self._grams[place], int(marking))
            for marking, places in self._open.items()
            for place in places
            if everything or place - 1 not in places
        }

    def compare(self, asked: set[tuple[int, int]], listed: list[tuple[int, int, int, int]]) -> bool:
        """Compare the words of the messages listed; answers whether some gram is still neither proven nor exhausted."""
        fresh: set[tuple[int, int]] = set()
        by_message: dict[tuple[int, int], set[int]] = {}
        for gram, marking, message, audience in listed:
            if (gram, message, audience) not in self._tried:
                self._tried.add((gram, message, audience))
                fresh.add((gram, marking))
                by_message.setdefault((message, audience), set()).add(gram)
        counted = self._was_heard(by_message) if self._was_heard else by_message
        for row in _remembered({pair: by_message[pair] for pair in by_message if pair in counted}):
            sought = by_message[(row.message_id, row.audience_id)]
            starts = sorted(place for gram in sought for place in self._places[gram])
            for first, length in fingerprints.runs(self._words.hashes, bytes(row.words), starts):
                self.found.append(_Run(first, length, row))
                covered = range(first, first + length - fingerprints.K + 1)
                for marking in self._open:
                    if row.marking >= marking:
                        self._open[marking].difference_update(covered)
        clashes = False
        for gram, marking in asked:
            left = self._open[marking].intersection(self._places[gram])
            if left and (gram, marking) in fresh:
                clashes = True
            else:
                self._open[marking] -= left  # nothing (more) is listed, so no message holds this run
        return clashes


def _repeat(words: fingerprints.Words, first: int, length: int, row: Remembered) -> Repeat:
    return Repeat(
        start=words.spans[first][0],
        end=words.spans[first + length - 1][1],
        words=length,
        message_id=row.message_id,
        audience_id=row.audience_id,
        marking=row.marking,
        at=row.at,
    )


def _told(found: list[Repeat]) -> tuple[Repeat, ...]:
    """Longest first; without those that lie inside a longer one of the same or a higher marking."""
    kept: list[Repeat] = []
    for one in sorted(found, key=lambda r: (-r.words, r.start, -r.marking, r.message_id, r.audience_id)):
        if not any(k.start <= one.start and one.end <= k.end and k.marking >= one.marking for k in kept):
            kept.append(one)
    return tuple(kept[:MOST_REPEATS])


def _rows(source: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    return fetched(source, parameters)


_KNOWN_ON_POSTGRESQL = (
    "SELECT g, EXISTS (SELECT 1 FROM policy_fingerprint f WHERE f.gram = t.g AND f.marking = %s)"
    " FROM unnest(%s::bigint[]) AS t(g) WHERE EXISTS (SELECT 1 FROM policy_fingerprint f WHERE f.gram = t.g)"
)
_KNOWN_ON_SQLITE = (
    "SELECT value, EXISTS (SELECT 1 FROM policy_fingerprint f WHERE f.gram = t.value AND f.marking = %s)"
    " FROM json_each(%s) t WHERE EXISTS (SELECT 1 FROM policy_fingerprint f WHERE f.gram = t.value)"
)


def known_question(grams: Collection[int]) -> tuple[str, list[Any]]:
    """Which of ``grams`` does any message hold, and does a Controlled one? One statement."""
    statement = _KNOWN_ON_POSTGRESQL if is_postgresql() else _KNOWN_ON_SQLITE
    return statement, [int(Marking.CONTROLLED), _listed(tuple(grams), is_postgresql())]


@lru_cache(maxsize=8)  # a post asks twice for the same ones
def _listed(grams: tuple[int, ...], as_array: bool) -> str:
    """Written out here: the driver takes longer to write a list than the server to look it up."""
    asked = sorted(set(grams))
    return f"{{{','.join(map(str, asked))}}}" if as_array else orjson.dumps(asked).decode()


def _known(grams: Collection[int]) -> dict[int, bool]:
    return {gram: bool(has_controlled) for gram, has_controlled in _rows(*known_question(grams))}


def _between(except_audiences: Collection[int]) -> list[tuple[int, int]]:
    """The ranges of audience ids between the excepted ones: each a seek, however many rows the others have."""
    stretches = []
    low = _LEAST_ID
    for audience in sorted(set(except_audiences)):
        if low < audience:
            stretches.append((low, audience - 1))
        low = audience + 1
    stretches.append((low, _MOST_ID))
    return stretches


_FIRST_ON_POSTGRESQL = (
    "SELECT t.g, t.m, f.message_id, f.audience_id"
    " FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[]) AS t(g, m, low, high)"
    " CROSS JOIN LATERAL (SELECT message_id, audience_id FROM policy_fingerprint x WHERE x.gram = t.g"
    " AND x.marking = t.m AND x.audience_id BETWEEN t.low AND t.high AND x.message_id <> %s"
    " ORDER BY x.audience_id, x.message_id LIMIT %s) f"
)
# SQLite has no LATERAL: the messages of each stretch come as one JSON list.
_FIRST_ON_SQLITE = (
    "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),"
    " (SELECT json_group_array(json_array(message_id, audience_id)) FROM"
    " (SELECT message_id, audience_id FROM policy_fingerprint f WHERE f.gram = json_extract(value, '$[0]')"
    " AND f.marking = json_extract(value, '$[1]') AND f.audience_id >= json_extract(value, '$[2]')"
    " AND f.audience_id <= json_extract(value, '$[3]') AND f.message_id <> %s"
    " ORDER BY audience_id, message_id LIMIT %s)) FROM json_each(%s)"
)


def _candidates(
    sought: Collection[tuple[int, int]],
    stretches: Sequence[tuple[int, int]],
    except_message: int | None,
    width: int,
) -> list[tuple[int, int, int, int]]:
    """(gram, marking, message, audience): for each gram, marking and stretch the first ``width`` messages."""
    asked = [(gram, marking, low, high) for gram, marking in sorted(sought) for low, high in stretches]
    without = -1 if except_message is None else except_message
    found: list[tuple[int, int, int, int]] = []
    if is_postgresql():
        columns = [list(column) for column in zip(*asked, strict=True)]
        for gram, marking, message, audience in _rows(_FIRST_ON_POSTGRESQL, [*columns, without, width]):
            found.append((gram, marking, message, audience))
        return found
    for gram, marking, listed in _rows(_FIRST_ON_SQLITE, [without, width, json.dumps(asked)]):
        found.extend((gram, marking, message, audience) for message, audience in json.loads(listed))
    return found


def _remembered(messages: Collection[tuple[int, int]]) -> list[Remembered]:
    """The words of these messages as these audiences heard them."""
    if not messages:
        return []
    ids = sorted({message for message, _ in messages})
    rows: list[Remembered] = []
    for first in range(0, len(ids), 500):
        rows.extend(Remembered.objects.filter(message_id__in=ids[first : first + 500]))
    return [row for row in rows if (row.message_id, row.audience_id) in messages]
