"""What the rules of a policy find in one text. Worked out once a text and policy; each place then picks from it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lockgate.policy import numbers, tokens
from lockgate.policy.pack import Kind, Near, Rule
from lockgate.policy.policy import Policy, Use
from lockgate.policy.reading import Reading, read

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?]\s")
Hit = tuple[int, int]  # folded offsets
# A text could be one term again and again; beyond this many places one rule has been told enough.
MOST_SPANS = 200


@dataclass(frozen=True, slots=True)
class Span:
    """Code points start:end of the original. A name is free to say from ``free_from`` and until ``free_until``."""

    start: int
    end: int
    free_from: date | None = None
    free_until: date | None = None

    def counts(self, on: date) -> bool:
        is_free = self.free_from is not None and self.free_from <= on
        return not is_free or (self.free_until is not None and on > self.free_until)


Matches = dict[int, tuple[Span, ...]]


def matches(reading: Reading, policy: Policy) -> Matches:
    """Rule number to the places where it finds something, merged and in order."""
    found: Matches | None = reading.memo.get(policy.digest)
    if found is None:
        found = _found(reading, policy)
        reading.memo[policy.digest] = found
    return found


def spans(text: str, rule: int, policy: Policy, *, on: date) -> list[tuple[int, int]]:
    """Where one rule finds something in ``text`` on a day."""
    return [(s.start, s.end) for s in matches(read(text), policy).get(rule, ()) if s.counts(on)]


def _found(reading: Reading, policy: Policy) -> Matches:
    raw: dict[int, list[Span]] = {}
    excused: dict[int, list[Hit]] = {}
    sides: dict[tuple[int, int], tuple[list[Hit], list[Hit]]] = {}
    for term, start, end in policy.lexicon.hits(reading):
        for use in policy.uses[term]:
            if use.slot == "find":
                _take(reading, policy, use, start, end, raw)
            elif use.slot == "except":
                excused.setdefault(use.rule, []).append(reading.folded_span(start, end))
            else:
                pair = sides.setdefault((use.rule, use.part), ([], []))
                pair[use.slot == "b"].append((start, end))
    for (rule, part), (a, b) in sides.items():
        if a and b:
            near = policy.bounds[rule].rule.near[part]
            for start, end in _near(reading, sorted(set(a)), sorted(set(b)), near):
                raw.setdefault(rule, []).append(Span(*reading.folded_span(start, end)))
    for pattern, start, end in policy.patterns.hits(reading.plain):
        for rule in policy.pattern_uses[pattern]:
            kept = _confirmed(
                reading.plain, start, end, policy.pattern_keys[pattern], policy.bounds[rule].rule
            )
            if kept:
                raw.setdefault(rule, []).append(Span(*reading.plain_span(start, start + kept)))
    return {rule: _merged(found, excused.get(rule, ())) for rule, found in raw.items()}


def excused_spans(reading: Reading, policy: Policy, rule: int) -> list[tuple[int, int]]:
    """Where the exceptions of one rule stand; for repeats, which are found elsewhere."""
    return [
        reading.folded_span(start, end)
        for term, start, end in policy.lexicon.hits(reading)
        if any(use.rule == rule and use.slot == "except" for use in policy.uses[term])
    ]


def _take(
    reading: Reading, policy: Policy, use: Use, start: int, end: int, raw: dict[int, list[Span]]
) -> None:
    rule = policy.bounds[use.rule].rule
    at = reading.folded_span(start, end)
    if rule.exact and not _is_written_so(reading.text[at[0] : at[1]], use.written):
        return
    if rule.names:
        named = rule.names[use.part]
        raw.setdefault(use.rule, []).append(Span(*at, named.free_from, named.free_until))
    else:
        raw.setdefault(use.rule, []).append(Span(*at))


def _is_written_so(seen: str, written: str) -> bool:
    """Equal in case too, letters and digits compared."""
    return [c for c in read(seen).plain if c.isalnum()] == [c for c in read(written).plain if c.isalnum()]


def _near(reading: Reading, a: list[Hit], b: list[Hit], near: Near) -> Iterable[Hit]:
    """Each ``a`` with the nearest ``b`` on either side, if few enough words and no end of a sentence stand
    between them."""
    starts: list[int] | None = reading.memo.get("word starts")
    if starts is None:
        starts = [found.start() for found in _WORD.finditer(reading.folded)]
        reading.memo["word starts"] = starts
    b_starts = [start for start, _ in b]
    b_by_end = sorted(b, key=lambda hit: hit[1])
    b_ends = [end for _, end in b_by_end]

    def is_near(left: int, right: int) -> bool:
        if bisect_left(starts, right) - bisect_left(starts, left) > near.words:
            return False
        return near.across_sentences or _SENTENCE_END.search(reading.folded, left, right) is None

    for start, end in a:
        after = bisect_left(b_starts, end)
        if after < len(b) and is_near(end, b[after][0]):
            yield start, b[after][1]
        before = bisect_right(b_ends, start) - 1
        if not near.in_order and before >= 0 and is_near(b_ends[before], start):
            yield b_by_end[before][0], end


def _confirmed(text: str, start: int, end: int, key: str, rule: Rule) -> int:
    """How many characters of a pattern's hit stand: whole words, a number whose check holds, a real token."""
    if key == "any":
        return end - start
    if key.startswith("token:"):
        if text[start].isalnum() and start and text[start - 1].isalnum():
            return 0
        return end - start if tokens.SHAPES[key[6:]].holds(text[start:end]) else 0
    if key.startswith("number:"):
        shape = numbers.SHAPES[key[7:]]
        if start and (text[start - 1].isalnum() or text[start - 1] in shape.not_after):
            return 0
        kept = shape.holds(text[start:end], rule.regions)
        if kept and not shape.is_beside(text, start, start + kept):
            return 0
        after = text[start + kept : start + kept + 1]
        return 0 if after and (after.isalnum() or after in shape.not_before) else kept
    begins_inside = start and text[start - 1].isalnum() and text[start].isalnum()
    ends_inside = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return 0 if begins_inside or ends_inside else end - start


def _merged(found: list[Span], excused: Iterable[Hit]) -> tuple[Span, ...]:
    """In order, without those that an exception covers or touches; overlapping ones of the same dates as one."""
    excuses = tuple(excused)
    out: list[Span] = []
    for span in sorted(
        set(found), key=lambda s: (s.start, s.end, s.free_from or date.min, s.free_until or date.min)
    ):
        if any(start < span.end and span.start < end for start, end in excuses):
            continue
        last = out[-1] if out else None
        if (
            last
            and span.start < last.end
            and (last.free_from, last.free_until) == (span.free_from, span.free_until)
        ):
            out[-1] = Span(last.start, max(last.end, span.end), last.free_from, last.free_until)
        else:
            out.append(span)
    return tuple(out[:MOST_SPANS])


def is_marked_by(rule: Rule) -> bool:
    return rule.kind is Kind.MARKING and rule.least > 0
