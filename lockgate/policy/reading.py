"""How a text is read before it is ruled on.

Three forms of one text, each with an exact way back to the code points that the author wrote:

- ``plain``: NFKC, invisibles gone, look-alikes written as Latin letters; case, accents and line breaks kept.
  Patterns see this.
- ``folded``: plain, case-folded, accents dropped, look-alikes mapped once more (a capital Cyrillic letter is one
  only after folding), each run of white space one space. Terms, names and fingerprints see this.
- ``squeezed``: letters and digits of the folded form alone, with the usual digit-for-letter swaps undone. The
  second pass over s.p.a.c.e.d and spl-it words sees this; what it finds is checked against the folded form.

ASCII text, which is most text, is its own plain form and needs no map at all.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Final

from lockgate.policy.confusables import LOOK_ALIKES, STROKED

_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f"
)
# Default-ignorables that are not of category Cf: variation selectors, the grapheme joiner, fillers.
_NOT_SEEN: Final = frozenset(
    chr(c)
    for c in (
        0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0xFFFC,
        *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),
    )
)  # fmt: skip
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_HAS_MARKS: Final = re.compile(f"[{_MARKS}]")
_SPACES: Final = re.compile(r"\s\s+")
_SQUEEZED_OUT: Final = re.compile(r"(?:[^\w$@]|_)+")
_SQUEEZED_KEEPS: Final = re.compile(r"(?:[^\W_]|[$@])+")

# What is written for what, in a word that dodges a word list. i and l share a form, because 1 stands for both.
LEET: Final = {
    "0": "o",
    "1": "l",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
}
_SQUEEZE: Final = str.maketrans({**LEET, "i": "l"})


def is_invisible(character: str) -> bool:
    """Whether a reader sees nothing of it: format controls, variation selectors, fillers, control codes."""
    category = unicodedata.category(character)
    return (
        category == "Cf" or character in _NOT_SEEN or (category == "Cc" and character not in "\t\n\r\x0b\x0c")
    )


def _as_plain(cluster: str) -> str:
    """One character with the marks on it, as plain text."""
    seen = "".join(c for c in cluster if not is_invisible(c))
    if not seen:
        return ""
    if seen == "\u2800":  # the blank braille cell: a space to every reader
        return " "
    out = []
    for c in unicodedata.normalize("NFKC", "".join(LOOK_ALIKES.get(c, c) for c in seen)):
        if is_invisible(c):
            continue
        c = LOOK_ALIKES.get(c, c)
        out.append(" " if c.isspace() and c not in "\t\n\r\x0b\x0c" else c)
    return "".join(out)


def _as_folded(character: str) -> str:
    """One plain character, folded: no case, no accents, no look-alike."""
    if character.isspace():
        return " "
    out = []
    for c in unicodedata.normalize("NFKD", character.casefold()):
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me"):
            continue
        c = LOOK_ALIKES.get(c, c)
        out.append(STROKED.get(c, c))
    return "".join(out).lower()


class _Table(dict[int, str]):
    """For str.translate: fills itself, and remembers which characters do not turn into exactly one."""

    def __init__(self, fold: Any) -> None:
        super().__init__()
        self._fold = fold
        self.irregular: set[str] = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        piece: str = self._fold(character)
        if len(piece) != 1:
            self.irregular.add(character)
        self[code] = piece
        return piece


_PLAIN: Final = _Table(_as_plain)
_FOLD: Final = _Table(_as_folded)
_clusters: Final = re.compile(f"[\\s\\S](?:[{_MARKS}\u200b-\u200f\u2060-\u2064\u00ad\ufeff\ufe00-\ufe0f]+)?")

Map = list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text and its three forms. Offsets in and out are code points; ``*_span`` answers in the original."""

    text: str
    plain: str
    folded: str
    squeezed: str
    _plain_starts: Map | None = None
    _plain_ends: Map | None = None
    _folded_starts: Map | None = None
    _folded_ends: Map | None = None
    # What was worked out of this text already (matches by policy): worked out once, used for each place.
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    def plain_span(self, start: int, end: int) -> tuple[int, int]:
        """The original code points that became plain[start:end]; ``start < end``."""
        if self._plain_starts is None or self._plain_ends is None:
            return start, end
        return self._plain_starts[start], self._plain_ends[end - 1]

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """The original code points that became folded[start:end]; ``start < end``."""
        if self._folded_starts is None or self._folded_ends is None:
            return start, end
        return self._folded_starts[start], self._folded_ends[end - 1]

    def squeezed_offsets(self) -> list[int]:
        """For each squeezed character the folded offset that it came from."""
        found: list[int] | None = self.memo.get("squeezed offsets")
        if found is None:
            found = []
            for kept in _SQUEEZED_KEEPS.finditer(self.folded):
                found.extend(range(kept.start(), kept.end()))
            self.memo["squeezed offsets"] = found
        return found


def squeeze(folded: str) -> str:
    """Letters and digits alone, swaps undone: one character for each that is kept."""
    return _SQUEEZED_OUT.sub("", folded).translate(_SQUEEZE)


def _to_plain(text: str) -> tuple[str, Map | None, Map | None]:
    if text.isascii():
        if not _CONTROLS.search(text):
            return text, None, None
    elif not _HAS_MARKS.search(text):
        out = text.translate(_PLAIN)
        if _PLAIN.irregular.isdisjoint(text):
            return out, None, None
    pieces: list[str] = []
    starts: Map = []
    ends: Map = []
    for found in _clusters.finditer(text):
        cluster = found.group()
        piece = _PLAIN[ord(cluster)] if len(cluster) == 1 else _as_plain(cluster)
        if piece:
            pieces.append(piece)
            start, end = found.span()
            if len(piece) == 1:
                starts.append(start)
                ends.append(end)
            else:
                starts.extend([start] * len(piece))
                ends.extend([end] * len(piece))
    return "".join(pieces), starts, ends


def _to_folded(plain: str) -> tuple[str, Map | None, Map | None]:
    """The folded form and its way back to the *plain* form."""
    has_runs = _SPACES.search(plain) is not None
    if not has_runs:
        out = plain.translate(_FOLD)
        if _FOLD.irregular.isdisjoint(plain):
            return out, None, None
    elif plain.isascii():
        return _collapse(plain)
    pieces: list[str] = []
    starts: Map = []
    ends: Map = []
    last = ""
    for i, character in enumerate(plain):
        piece = _FOLD[ord(character)]
        if piece == " " and last == " ":
            ends[-1] = i + 1
            continue
        if not piece:
            if ends:  # a mark that was dropped belongs to the letter before it
                ends[-1] = i + 1
            continue
        pieces.append(piece)
        last = piece[-1]
        for _ in piece:
            starts.append(i)
            ends.append(i + 1)
    return "".join(pieces), starts, ends


def _collapse(plain: str) -> tuple[str, Map, Map]:
    """ASCII with runs of white space: the stretches between runs are copied whole."""
    pieces: list[str] = []
    starts: Map = []
    ends: Map = []
    copied = 0
    for run in _SPACES.finditer(plain):
        start, end = run.span()
        pieces.append(plain[copied:start])
        pieces.append(" ")
        starts.extend(range(copied, start + 1))
        ends.extend(range(copied + 1, start + 1))
        ends.append(end)
        copied = end
    pieces.append(plain[copied:])
    starts.extend(range(copied, len(plain)))
    ends.extend(range(copied + 1, len(plain) + 1))
    return "".join(pieces).translate(_FOLD), starts, ends


def read(text: str) -> Reading:
    """Read ``text`` once; every rule then works on the reading.

    A lone surrogate (which no encoding can carry) is read as U+FFFD, so that no rule can fail on it.
    """
    whole = text if text.isascii() else _SURROGATES.sub("\ufffd", text)
    plain, plain_starts, plain_ends = _to_plain(whole)
    folded, starts, ends = _to_folded(plain)
    if starts is None or ends is None:
        starts, ends = plain_starts, plain_ends
    elif plain_starts is not None and plain_ends is not None:
        starts = [plain_starts[i] for i in starts]
        ends = [plain_ends[i - 1] for i in ends]
    return Reading(text, plain, folded, squeeze(folded), plain_starts, plain_ends, starts, ends)


_SURROGATES: Final = re.compile("[\ud800-\udfff]")
