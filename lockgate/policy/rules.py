"""The ruling: pure. Facts in, an outcome with its reasons out; no tables, no clock, no network.

The gravest finding decides. No pack for a place means hold. Findings quote nothing: they point at the author's own
words and say what the rule says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from lockgate.policy.matching import excused_spans, is_marked_by, matches
from lockgate.policy.pack import Kind
from lockgate.policy.policy import Bound, Policy
from lockgate.policy.reading import Reading, read
from lockgate.policy.types import Finding, Outcome, PlaceFacts, Repeat, Ruling

__all__ = ["Policy", "Reading", "least_marking", "read", "rule"]

# Findings of the gate itself, which stand whatever the packs say.
MARKING = "gate/marking"
NO_POLICY = "gate/no-policy"


def rule(
    reading: Reading,
    place: PlaceFacts,
    policy: Policy,
    repeats: Sequence[Repeat] = (),
    *,
    on: date,
    content_hash: bytes,
    marking: int,
) -> Ruling:
    """What the gate answers for ``place``.

    ``marking`` is the author's (0 to 3); ``repeats`` come from ``queries.repeats``; ``content_hash`` is 32 bytes and is
    only passed on. Matches are worked out once a reading and policy, so ruling ten places costs little more than one.
    """
    found: list[Finding] = []
    speaking = {pack.id for pack, _version in policy.matching(place)}
    if not speaking:
        found.append(_no_policy(reading))
    least = least_marking(reading, policy, on=on)
    if marking > place.ceiling:
        found.append(_too_high(reading))
    matched = matches(reading, policy)
    for number in [*matched, *policy.repeating] if repeats else matched:
        bound = policy.bounds[number]
        if bound.pack.id not in speaking:
            continue
        outcome = bound.rule.outcomes[place.kind]
        if is_marked_by(bound.rule) and bound.rule.least > place.ceiling:
            outcome = Outcome.REFUSE  # the words themselves stand above the place
        if outcome is Outcome.ALLOW:
            continue
        if bound.rule.kind is Kind.REPEATS:
            spans = _repeated(reading, policy, number, bound, repeats)
        else:
            spans = [(span.start, span.end) for span in matched.get(number, ()) if span.counts(on)]
        found.extend(_finding(bound, outcome, start, end) for start, end in _joined(spans))
    found.sort(key=lambda f: (f.start, f.end, -f.outcome, f.rule))
    gravest = max((f.outcome for f in found), default=Outcome.ALLOW)
    return Ruling(gravest, tuple(found), policy.version_for(place), content_hash, least)


def least_marking(reading: Reading, policy: Policy, *, on: date) -> int:
    """The least marking that the words ask for themselves: 0 where they ask for none."""
    least = 0
    for number, spans in matches(reading, policy).items():
        rule_found = policy.bounds[number].rule
        if is_marked_by(rule_found) and any(span.counts(on) for span in spans):
            least = max(least, rule_found.least)
    return least


def _repeated(
    reading: Reading, policy: Policy, number: int, bound: Bound, repeats: Sequence[Repeat]
) -> list[tuple[int, int]]:
    """Repeats that this rule speaks of, without those that lie wholly inside one of its exceptions."""
    spans = [
        (repeat.start, repeat.end)
        for repeat in repeats
        if repeat.marking >= bound.rule.from_marking and repeat.words >= bound.rule.at_least_words
    ]
    if not spans or not bound.rule.exceptions:
        return spans
    excused = excused_spans(reading, policy, number)
    return [s for s in spans if not any(start <= s[0] and s[1] <= end for start, end in excused)]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, overlapping ones as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _finding(bound: Bound, outcome: Outcome, start: int, end: int) -> Finding:
    return Finding(
        rule=bound.name,
        version=bound.version,
        title=bound.rule.title,
        outcome=outcome,
        start=start,
        end=end,
        explanation=bound.rule.why,
        mend=bound.rule.mend,
        desk=bound.rule.desk if outcome is Outcome.HOLD else "",
    )


def _no_policy(reading: Reading) -> Finding:
    return Finding(
        rule=NO_POLICY,
        version=0,
        title=_("No policy for this place"),
        outcome=Outcome.HOLD,
        start=0,
        end=len(reading.text),
        explanation=_("No published policy speaks of this place, so a person has to look first."),
        mend=_("Ask those who write the policy to publish one for this place."),
    )


def _too_high(reading: Reading) -> Finding:
    return Finding(
        rule=MARKING,
        version=0,
        title=_("Marked too high for this place"),
        outcome=Outcome.REFUSE,
        start=0,
        end=len(reading.text),
        explanation=_("The marking of this message is higher than this place may hold."),
        mend=_("Choose a place that may hold this marking, or leave the marked matter out."),
    )
