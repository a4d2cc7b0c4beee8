"""An administrator's patterns, with RE2 alone: time is linear in the text, whatever the pattern.

Sets say which patterns match at all; only those are then run for their spans. One Set of some 500 Unicode patterns
overflows RE2's memory budget, so they are split, and split again where one still will not compile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import re2

_SET_SIZE = 50
_MEMORY = 64 << 20


class PatternError(ValueError):
    """RE2 will not take the pattern; the sentence says why."""


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


def compiled(pattern: str) -> Any:
    """The RE2 object, or PatternError."""
    if r"\b" in pattern.replace(r"\\", "") or r"\B" in pattern.replace(r"\\", ""):
        raise PatternError(
            r"\b knows ASCII letters only. Leave it out: a pattern matches whole words unless it says 'words: any'"
        )
    try:
        made = re2.compile(pattern, _options())
    except re2.error as error:
        detail = error.args[0] if error.args else "RE2 does not take it"
        raise PatternError(
            detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
        ) from None
    if made.search("") is not None:
        raise PatternError("it matches where there is nothing, so it would match every text")
    return made


class Patterns:
    """Many patterns over one text. ``hits`` yields (pattern's number, start, end) for each match."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [compiled(pattern) for pattern in patterns]
        self._sets: list[tuple[list[int], Any]] = []
        numbers = list(range(len(patterns)))
        for first in range(0, len(numbers), _SET_SIZE):
            self._add(numbers[first : first + _SET_SIZE], patterns)

    def _add(self, numbers: list[int], patterns: Sequence[str]) -> None:
        if len(numbers) == 1:
            self._sets.append((numbers, None))  # alone it is simply searched for
            return
        together = re2.Set.SearchSet(_options())
        try:
            for number in numbers:
                together.Add(patterns[number])
            together.Compile()
        except re2.error:
            half = len(numbers) // 2
            self._add(numbers[:half], patterns)
            self._add(numbers[half:], patterns)
            return
        self._sets.append((numbers, together))

    def hits(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Spans of the first group that took part, or of the whole match."""
        for numbers, together in self._sets:
            for place in range(len(numbers)) if together is None else together.Match(text) or ():
                number = numbers[place]
                for found in self._patterns[number].finditer(text):
                    start, end = found.span()
                    for group in range(1, found.re.groups + 1):
                        if found.start(group) >= 0:
                            start, end = found.span(group)
                            break
                    if end > start:
                        yield number, start, end
