"""Looks a text's grams up among the fingerprints, and confirms each hit word by word.

Two steps, so that a text that repeats nothing costs one look-up a gram: which grams are known at all; then, for
those alone, one message for each marking and each stretch of audiences between the excepted ones. As a gram is eight
words, any one message of the list proves the repeat: boilerplate that stands in a hundred thousand messages is
answered by the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from lockgate.base.markings import Marking
from lockgate.policy import fingerprints
from lockgate.policy.models import Remembered
from lockgate.policy.reading import Reading
from lockgate.policy.types import Repeat

_LEAST_ID, _MOST_ID = -(2**63), 2**63 - 1
MOST_REPEATS = 50


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
    if not grams:
        return ()
    known = _known(sorted(set(grams)))
    if not known:
        return ()
    places: dict[int, list[int]] = {}
    for place, gram in enumerate(grams):
        if gram in known:
            places.setdefault(gram, []).append(place)
    found: list[Repeat] = []
    tried: set[tuple[int, int, int]] = set()  # (gram, message, audience) that were compared
    unproven = {
        (gram, int(marking)) for gram in places for marking in (Marking.CONTROLLED, Marking.CONFIDENTIAL)
    }
    width = 1
    while unproven:
        fresh: set[tuple[int, int]] = set()
        by_message: dict[tuple[int, int], set[int]] = {}
        for gram, marking, message, audience in _candidates(
            unproven, except_audiences, except_message, width
        ):
            if (gram, message, audience) not in tried:
                tried.add((gram, message, audience))
                fresh.add((gram, marking))
                by_message.setdefault((message, audience), set()).add(gram)
        for row in _remembered(by_message):
            sought = by_message[(row.message_id, row.audience_id)]
            starts = sorted(place for gram in sought for place in places[gram])
            runs = fingerprints.runs(words.hashes, bytes(row.words), starts)
            found.extend(_repeat(words, first, length, row) for first, length in runs)
            for gram in sought:
                if any(first <= p < first + length for p in places[gram] for first, length in runs):
                    fresh.discard((gram, row.marking))
        # What is still fresh had the hash but not the words (one chance in 2**64 a pair). Such a clash must not hide
        # an equal run behind it, so we look further along the list until it is proven or at its end.
        unproven = fresh
        width *= 16
    return _told(found)


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
    with connection.cursor() as cursor:
        cursor.execute(source, parameters)
        return list(cursor.fetchall())


def _known(grams: list[int]) -> set[int]:
    """Those of ``grams`` that any message holds. One statement."""
    if connection.vendor == "postgresql":
        source = (
            "SELECT g FROM unnest(%s::bigint[]) AS t(g)"
            " WHERE EXISTS (SELECT 1 FROM policy_fingerprint f WHERE f.gram = t.g)"
        )
        return {row[0] for row in _rows(source, [grams])}
    source = (
        "SELECT value FROM json_each(%s) t"
        " WHERE EXISTS (SELECT 1 FROM policy_fingerprint f WHERE f.gram = t.value)"
    )
    return {row[0] for row in _rows(source, [json.dumps(grams)])}


def _stretches(except_audiences: Collection[int]) -> list[tuple[int, int]]:
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
    except_audiences: Collection[int],
    except_message: int | None,
    width: int,
) -> list[tuple[int, int, int, int]]:
    """(gram, marking, message, audience): for each gram, marking and stretch the first ``width`` messages."""
    stretches = _stretches(except_audiences)
    asked = [(gram, marking, low, high) for gram, marking in sorted(sought) for low, high in stretches]
    without = -1 if except_message is None else except_message
    found: list[tuple[int, int, int, int]] = []
    if connection.vendor == "postgresql":
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
