"""Fingerprints of words, pure: which 8-word runs does a text hold, and does another text hold them too?

Winnowing (Schleimer, Wilkerson, Aiken 2003) finds every run of at least t equal words if t = w + k - 1, where k is the
length of the hashed grams and w the window of which one is kept. Here t = 8, k = 8 and w = 1: see
docs/decisions/2026-11-22-reading-and-fingerprints.md for the other choices and what they cost. In short: with
k = 8 a hit *is* an eight-word run, so one row a gram is enough to be certain, and boilerplate that stands in
a hundred thousand messages costs what a rare sentence costs.

Hashes are keyed (the key stands outside the database): else whoever reads the table could look words up.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Final

from lockgate.policy.reading import Reading

K: Final = 8  # words in a gram
W: Final = 1  # grams in a window, of which one is kept
GUARANTEE: Final = K + W - 1  # a run of this many equal words is found with certainty
WORD_BYTES: Final = 8

# A word: letters and digits of the folded form. Scripts without spaces count each character.
_UNSPACED: Final = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


@dataclass(frozen=True)
class Words:
    """The words of a text: ``hashes`` 8 bytes each in order, ``spans`` where each stands in the original."""

    hashes: bytes
    reading: Reading

    def __len__(self) -> int:
        return len(self.hashes) // WORD_BYTES

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Asked for only where something repeats, which is seldom."""
        return tuple(self.reading.folded_span(*found.span()) for found in _WORD.finditer(self.reading.folded))


class _Hashes(dict[str, bytes]):
    """The hash of each word met, under one key."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, word: str) -> bytes:
        if len(self) >= 65_536:
            self.clear()
        found = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=WORD_BYTES, key=self._key).digest()
        self[word] = found
        return found


_hashes = lru_cache(maxsize=2)(_Hashes)


def words(reading: Reading, key: bytes) -> Words:
    """``key`` is 16 to 64 bytes."""
    return Words(b"".join(map(_hashes(key).__getitem__, _WORD.findall(reading.folded))), reading)


def grams(hashes: bytes, key: bytes, k: int = K) -> list[int]:
    """One signed 64-bit number for each run of ``k`` words, in order."""
    view = memoryview(hashes)
    width = k * WORD_BYTES
    keyed = blake2b(digest_size=8, key=key)
    out = array("q")
    for start in range(0, len(hashes) - width + 1, WORD_BYTES):
        one = keyed.copy()
        one.update(view[start : start + width])
        out.frombytes(one.digest())
    return out.tolist()


def winnowed(numbers: Sequence[int], window: int = W) -> list[int]:
    """Positions kept: in each window of grams the smallest, the rightmost of equals (robust winnowing aside).

    Fewer grams than a window has: the smallest of them, so that no text that is long enough goes without.
    """
    if window <= 1:
        return list(range(len(numbers)))
    kept: list[int] = []
    for start in range(max(1, len(numbers) - window + 1) if numbers else 0):
        stretch = numbers[start : start + window]
        smallest = min(stretch)
        place = start + max(i for i, number in enumerate(stretch) if number == smallest)
        if not kept or kept[-1] != place:
            kept.append(place)
    return kept


def runs(mine: bytes, theirs: bytes, starts: Sequence[int], least: int = GUARANTEE) -> list[tuple[int, int]]:
    """Maximal runs (first word, words) of ``mine`` that stand in ``theirs`` too and begin a gram at one of ``starts``.

    Compared word by word, so a clash of gram hashes is never reported. Runs shorter than ``least`` are not.
    """
    found: list[tuple[int, int]] = []
    covered = 0  # words before this one lie in a run already found
    for start in starts:
        if start + least <= covered:
            continue
        best = _longest_at(mine, theirs, start, least)
        if best:
            found.append(best)
            covered = max(covered, best[0] + best[1])
    return sorted(set(found))


def stretches(
    first: int, length: int, covered: Collection[int], least: int = GUARANTEE
) -> list[tuple[int, int]]:
    """What is left of a run (first word, words) without the ``covered`` words: stretches of at least ``least``."""
    left: list[tuple[int, int]] = []
    start = first
    for place in range(first, first + length + 1):
        if place == first + length or place in covered:
            if place - start >= least:
                left.append((start, place - start))
            start = place + 1
    return left


def _longest_at(mine: bytes, theirs: bytes, start: int, least: int) -> tuple[int, int] | None:
    """The longest run around the gram of ``mine`` at word ``start``, over all its places in ``theirs``."""
    size = WORD_BYTES
    gram = mine[start * size : (start + least) * size]
    best: tuple[int, int] | None = None
    at = theirs.find(gram) if len(gram) == least * size else -1
    while at >= 0:
        if at % size == 0:
            left = 0
            while start > left and at >= (left + 1) * size:
                a, b = (start - left - 1) * size, at - (left + 1) * size
                if mine[a : a + size] != theirs[b : b + size]:
                    break
                left += 1
            right = least
            while mine[(start + right) * size : (start + right + 1) * size]:
                a, b = (start + right) * size, at + right * size
                if mine[a : a + size] != theirs[b : b + size]:
                    break
                right += 1
            if best is None or left + right > best[1]:
                best = (start - left, left + right)
        at = theirs.find(gram, at + 1)
    return best
