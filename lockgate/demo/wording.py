"""What the validator knows of words: their language, and how alike two texts are. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

SHINGLE = 3

_FREQUENT = {
    "en": "the a an and of to in is it that for with on as was are be this not have you i we at by from they or which "
    "will would no me my what so he one if but there like them can has do did its it's don't i'm our us been "
    "him her than then who how when where why yes thank thanks please only all any more two",
    "fr": "le la les un une des du de et est à au aux en pour pas que qui ne se ce ça c'est je j'ai il elle on nous "
    "vous dans sur avec par plus moi mon ma mes deux trois été sont ou mais sans même très bien merci bonjour si son "
    "sa ses quand tu y rien",
    "de": "der die das ein eine einen und ist in zu den von mit für auf nicht ich wir sie es im an dem des auch bei "
    "hat wird sind war aus noch nur wie bitte oder aber kein keine wenn dann uns mir mich habe haben man schon doch "
    "was ihr ja nein danke zwei drei einer einem vom zum zur über",
}  # fmt: skip
_FREQUENT_WORDS = {language: frozenset(words.split()) for language, words in _FREQUENT.items()}


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text.lower().replace("’", "'")))


def letters(text: str) -> str:
    """The words alone, one space between them: what two texts share when they are the same."""
    return " ".join(words_of(text))


def language_of(text: str) -> str:
    """en, fr or de, by the most frequent small words; en where nothing tells."""
    words = words_of(text)
    found = {language: sum(word in small for word in words) for language, small in _FREQUENT_WORDS.items()}
    found["fr"] += len(re.findall(r"[éèêçàœ]|\b[ldjnscqt]'", text.lower().replace("’", "'")))
    found["de"] += len(re.findall(r"[äöüß]", text.lower()))
    return max(found, key=lambda language: found[language])


def shingles(size: int, text: str) -> frozenset[tuple[str, ...]]:
    words = words_of(text)
    return frozenset(words[n : n + size] for n in range(len(words) - size + 1))


def likeness_above(share: float, texts: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Pairs (i, j) whose sets of three-word shingles overlap by more than ``share`` (Jaccard)."""
    sets = [shingles(SHINGLE, text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, shingled in enumerate(sets):
        for shingle in shingled:
            holders[shingle].append(number)
    tried = {pair for numbers in holders.values() for pair in combinations(numbers, 2)}
    for one, other in sorted(tried):
        alike = len(sets[one] & sets[other]) / len(sets[one] | sets[other])
        if alike > share:
            yield one, other, alike


def shared_run(size: int, text: str, others: Iterable[str]) -> str:
    """The first ``size`` consecutive words that ``text`` has in common with one of ``others``, or nothing."""
    mine = _runs(size, text)
    for other in others:
        for run in mine & _runs(size, other):
            return " ".join(run)
    return ""


@lru_cache(maxsize=8192)
def _runs(size: int, text: str) -> frozenset[tuple[str, ...]]:
    return shingles(size, text)
