"""Terms over the folded form: one Aho-Corasick pass finds them all, boundaries are checked in Python.

A second pass over the squeezed form finds what was spaced out, split, run together (#ProjectHelios) or written with
digits for letters; each such hit is compared letter by letter with the term, so that "to get her" is not "together".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from lockgate.policy.reading import LEET, Reading, read, squeeze

# Shorter words squeezed together occur inside ordinary text by chance.
_SHORTEST_SQUEEZED = 5
_SHORTEST_SPLIT = 7
_SENTENCE_ENDS = ".;:!?"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as matched. ``open_left`` and ``open_right``: it was written with a *, so a word may go on there."""

    folded: str
    open_left: bool
    open_right: bool

    @classmethod
    def of(cls, written: str) -> Term:
        """Raises ValueError, with a reason, for a term that says nothing or has a * inside."""
        words = written.strip()
        folded = read(words.strip("*")).folded.strip()
        if not folded:
            raise ValueError("has nothing that could be found")
        if "*" in folded:
            raise ValueError("has a * inside; it may stand at the beginning and at the end")
        return cls(folded, words.startswith("*"), words.endswith("*"))


def _is_inside_word(text: str, at: int) -> bool:
    """Whether a word of a spaced script goes on across ``at``. Chinese, Japanese and Thai set no spaces."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isalnum() and after.isalnum() and not (_is_unspaced(before) or _is_unspaced(after))


def _is_unspaced(character: str) -> bool:
    return "\u0e00" <= character <= "\u0eff" or "\u3040" <= character <= "\u9fff" or character >= "\U00020000"


class Lexicon:
    """All terms of a policy. ``hits`` yields (term's number, start, end) in folded offsets."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(dict.fromkeys(terms))
        self.numbers = {term: number for number, term in enumerate(self.terms)}
        self._by_text = _grouped((term.folded, number) for number, term in enumerate(self.terms))
        squeezed = ((squeeze(term.folded), number) for number, term in enumerate(self.terms))
        self._by_squeezed = _grouped((form, n) for form, n in squeezed if len(form) >= _SHORTEST_SQUEEZED)
        self._words = [numbers for _, numbers in self._by_text]
        self._opens_left = [any(self.terms[n].open_left for n in numbers) for numbers in self._words]
        self._squeezed = [numbers for _, numbers in self._by_squeezed]
        self._automaton = AhoCorasick([text for text, _ in self._by_text]) if self._by_text else None
        self._second = AhoCorasick([text for text, _ in self._by_squeezed]) if self._by_squeezed else None

    def hits(self, reading: Reading) -> Iterator[tuple[int, int, int]]:
        if self._automaton is not None:
            text = reading.folded
            after = len(text)
            for group, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
                inside_left = start > 0 and text[start - 1].isalnum() and _is_inside_word(text, start)
                if inside_left and not self._opens_left[group]:
                    continue  # most hits are short words inside longer ones: out at once
                inside_right = end < after and text[end].isalnum() and _is_inside_word(text, end)
                for number in self._words[group]:
                    term = self.terms[number]
                    if (term.open_left or not inside_left) and (term.open_right or not inside_right):
                        yield number, start, end
        if self._second is not None:
            yield from self._dodges(reading)

    def _dodges(self, reading: Reading) -> Iterator[tuple[int, int, int]]:
        assert self._second is not None
        text = reading.folded
        for group, first, after in self._second.find_matches_as_indexes(reading.squeezed, overlapping=True):
            offsets = reading.squeezed_offsets()
            start, end = offsets[first], offsets[after - 1] + 1
            piece = text[start:end]
            inside_left = _is_inside_word(text, start)
            inside_right = _is_inside_word(text, end)
            for number in self._squeezed[group]:
                term = self.terms[number]
                if (inside_left and not term.open_left) or (inside_right and not term.open_right):
                    continue
                if piece != term.folded and is_dodge(piece, term.folded):
                    yield number, start, end


def is_dodge(piece: str, term: str) -> bool:
    """Whether ``piece``, whose squeezed form is the term's, is the term dressed up and not other words by chance."""
    letters, gaps = _letters(piece)
    wanted, wanted_gaps = _letters(term)
    if len(letters) != len(wanted):
        return False
    swapped = 0
    for seen, meant in zip(letters, wanted, strict=True):
        if seen != meant:
            if seen not in LEET:
                return False  # an i for an l, or a letter where the term has a digit: another word
            swapped += 1
    if swapped * 2 > len(letters):
        return False
    extra = [gap for gap, own in zip(gaps, wanted_gaps, strict=True) if gap and not own]
    changed = [gap for gap, own in zip(gaps, wanted_gaps, strict=True) if gap and own and gap != own]
    if any(gap[0] in _SENTENCE_ENDS and gap[-1] == " " for gap in changed):
        return False  # one sentence ends and the next begins
    if not extra:
        return True
    pieces = [len(p) for p in _pieces(piece)]
    if sum(1 for length in pieces if length == 1) * 5 >= len(pieces) * 3:
        return True  # l e t t e r by letter
    return len(letters) >= _SHORTEST_SPLIT and all(
        " " not in gap.replace("- ", "") and "'" not in gap for gap in extra
    )


def _letters(text: str) -> tuple[list[str], list[str]]:
    """The characters that squeezing keeps, and the gap after each but the last."""
    letters: list[str] = []
    gaps: list[str] = []
    gap = ""
    for character in text:
        if squeeze(character):
            if letters:
                gaps.append(gap)
            letters.append(character)
            gap = ""
        else:
            gap += character
    return letters, gaps


def _pieces(text: str) -> list[str]:
    return "".join(c if squeeze(c) else " " for c in text).split()


def _grouped(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, list[int]]]:
    groups: dict[str, list[int]] = {}
    for text, number in pairs:
        groups.setdefault(text, []).append(number)
    return list(groups.items())
