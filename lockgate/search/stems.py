"""The endings of English, French and German, taken off by rule: light stemmers of our own.

A message does not say in which language it is written, and many are in two. So each word has up to three stems, one a
language, and a search finds what shares one of them. Both databases are given finished stems and so find the same.
Words come folded: small letters, no accents.
"""

from __future__ import annotations

from functools import lru_cache

_VOWELS = frozenset("aeiouy")
_FRENCH = (
    "issements", "issement", "ements", "ations", "ateurs", "ement", "ation", "ateur", "euses", "aient", "antes",
    "euse", "eurs", "ives", "ante", "ants", "ions", "eur", "ive", "ait", "ant", "ent", "ees", "ons", "ee", "es",
    "er", "ez", "ir", "if", "e", "s", "x",
)  # fmt: skip
_GERMAN = ("ungen", "erung", "ern", "ung", "est", "em", "en", "er", "es", "st", "e", "n", "s", "t")
_SHORTEST = 3


@lru_cache(maxsize=65536)
def stems(word: str) -> frozenset[str]:
    """The stems of a folded word. Short words, numbers and other scripts keep their only form."""
    if len(word) <= _SHORTEST or not word.isascii() or not word.isalpha():
        return frozenset((word,))
    return frozenset((_english(word), _french(word), _german(word)))


def _english(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= _SHORTEST and _VOWELS & set(rest):
            word = rest
            # "stopped" is of "stop", but "rolled" is of "roll".
            if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiouylsz":
                word = word[:-1]
            break
    if len(word) > _SHORTEST and word.endswith("e"):
        word = word[:-1]
    if len(word) > _SHORTEST and word.endswith("y") and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    return word


def _french(word: str) -> str:
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > 4:
        return word[:-2] + "l"
    return _without(word, _FRENCH, 4)


def _german(word: str) -> str:
    # "Prüfungen" is of "Prüfung"; what then ends as a verb's or a case's ending does goes too.
    if word.endswith("ungen"):
        return word[:-2]
    if word.endswith("ung"):
        return word
    return _without(word, _GERMAN, 4)


def _without(word: str, endings: tuple[str, ...], shortest: int) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    return word
