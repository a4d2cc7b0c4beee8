"""Text as the index holds it: folded words in their order. Both databases are given these words and split nothing.

Accents are taken off and letters made small. Chinese, Japanese and Korean write no blanks between words: each pair of
neighbouring characters is a word there, and the last character of a run alone, so that any piece of a run is found.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 12_000
"""Of one message. PostgreSQL counts places up to 16,383."""
LONGEST_WORD = 48

_TOGETHER = (
    "\u1100-\u11ff\u3005\u3040-\u30ff\u31f0-\u31ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003134f"
)
_RUN = re.compile(f"(?P<run>[{_TOGETHER}]+)|(?P<word>(?:(?![{_TOGETHER}])[^\\W_]|[\u0300-\u036f])+)")
_HAS_RUN = re.compile(f"[{_TOGETHER}]")
_WORD = re.compile("(?:[^\\W_]+|[\u0300-\u036f]+)+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "œ": "oe", "æ": "ae", "ı": "i", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word and where it stands in the text. ``is_run`` is a pair of a script without blanks (or the last
    character of a run)."""

    text: str
    start: int
    end: int
    is_run: bool = False


def read(text: str) -> list[Word]:
    """The words of ``text``, in their order."""
    found: list[Word] = []
    for match in _RUN.finditer(text):
        if match.lastgroup == "run":
            run = "".join(_folded_character(one) for one in match.group())
            at = match.start()
            found += [
                Word(run[place : place + 2], at + place, min(at + place + 2, match.end()), True)
                for place in range(len(run))
            ]
        elif word := fold(match.group()):
            found.append(Word(word, match.start(), match.end()))
        if len(found) >= MOST_WORDS:
            return found[:MOST_WORDS]
    return found


def read_plain(text: str) -> list[str] | None:
    """The words that ``read`` finds, sooner and without their places; None where some are runs."""
    if _HAS_RUN.search(text):
        return None
    return [word for word in map(fold, _WORD.findall(text)) if word][:MOST_WORDS]


def level(text: str) -> str | None:
    """``text`` with each letter folded in its place, so that what is found in it lies there in ``text`` too; all else
    is left as it is. None where that cannot be done: runs, letters that fold into two or into none."""
    if text.isascii():
        return text.lower()
    folded = text.translate(_LEVELS)
    return None if _UNEVEN in folded else folded


_UNEVEN = "\x00"


class _Levels(dict[int, str]):
    """What each character is folded to, found at its first asking."""

    def __missing__(self, code: int) -> str:
        if len(self) > 8192:
            self.clear()
        self[code] = found = self._folded(chr(code))
        return found

    @staticmethod
    def _folded(character: str) -> str:
        if _RUN.fullmatch(character) is None:
            return character
        folded = "" if _HAS_RUN.match(character) else fold(character)
        return folded if len(folded) == 1 and folded.isalnum() and _WORD.fullmatch(folded) else _UNEVEN


_LEVELS = _Levels()


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Small letters without accents; what is then no letter or digit is left out."""
    plain = unicodedata.normalize("NFKD", word.casefold()).casefold().translate(_LETTERS)
    return "".join(one for one in plain if one.isalnum())[:LONGEST_WORD]


@lru_cache(maxsize=8192)
def _folded_character(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
