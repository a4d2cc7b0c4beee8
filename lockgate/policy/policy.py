"""Published packs, compiled: what the gate rules with. Immutable; one is shared by all threads of a process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lockgate.policy import numbers, tokens
from lockgate.policy.lexicon import Lexicon, Term
from lockgate.policy.notation import PackError, Scalar
from lockgate.policy.pack import Kind, Pack, Rule
from lockgate.policy.parsing import parse_pack
from lockgate.policy.patterns import PatternError, Patterns, compiled
from lockgate.policy.types import PlaceFacts


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule with the pack and the version that it stands in."""

    pack: Pack
    version: int
    rule: Rule

    @property
    def name(self) -> str:
        return f"{self.pack.id}/{self.rule.id}"


@dataclass(frozen=True, slots=True)
class Use:
    """What a term's hit means to one rule. ``slot``: "find", "except", "a" or "b"; ``part``: which pair or name."""

    rule: int
    slot: str
    part: int
    written: str


class Policy:
    """``digest`` names the set of versions; equal digests mean equal rulings."""

    def __init__(self, packs: Iterable[tuple[Pack, int]]) -> None:
        self.packs = tuple(packs)
        self.bounds = tuple(Bound(pack, version, rule) for pack, version in self.packs for rule in pack.rules)
        said = "\n".join(f"{pack.id}@{version} {pack.source}" for pack, version in self.packs)
        self.digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        uses: dict[Term, list[Use]] = {}
        patterns: dict[tuple[str, str], list[int]] = {}
        self.repeating: list[int] = []
        for number, bound in enumerate(self.bounds):
            rule = bound.rule
            for slot, part, entry in _terms(rule):
                uses.setdefault(_term(entry), []).append(Use(number, slot, part, entry.value))
            for key, source in _patterns(rule):
                patterns.setdefault((key, source), []).append(number)
            if rule.kind is Kind.REPEATS:
                self.repeating.append(number)
        self.lexicon = Lexicon(uses)
        self.uses = tuple(tuple(uses[term]) for term in self.lexicon.terms)
        self.pattern_keys = tuple(key for key, _ in patterns)
        self.pattern_uses = tuple(tuple(rules) for rules in patterns.values())
        self.patterns = Patterns([source for _, source in patterns])

    def matching(self, place: PlaceFacts) -> tuple[tuple[Pack, int], ...]:
        """The packs that speak of this place."""
        return tuple((pack, version) for pack, version in self.packs if speaks_of(pack, place))

    def version_for(self, place: PlaceFacts) -> str:
        """E.g. "markings@2 standards@12"; "none" where no pack speaks of the place."""
        return " ".join(sorted(f"{pack.id}@{version}" for pack, version in self.matching(place))) or "none"


def speaks_of(pack: Pack, place: PlaceFacts) -> bool:
    if place.kind not in pack.applies:
        return False
    if pack.connectors and place.connector and place.connector not in pack.connectors:
        return False
    if not pack.places:
        return True
    # What holds for a space holds for each of its lanes.
    key = place.key.partition("/")[0]
    return place.key in pack.places or key in pack.places or place.key.split(":", 1)[0] + ":*" in pack.places


def _term(entry: Scalar) -> Term:
    try:
        return Term.of(entry.value)
    except ValueError as error:
        raise PackError(f"The term {entry.value!r} {error}.", entry.line) from None


def _terms(rule: Rule) -> Iterable[tuple[str, int, Scalar]]:
    for entry in rule.terms:
        yield "find", 0, entry
    for entry in rule.exceptions:
        yield "except", 0, entry
    for part, pair in enumerate(rule.near):
        for entry in pair.a:
            yield "a", part, entry
        for entry in pair.b:
            yield "b", part, entry
    for part, named in enumerate(rule.names):
        for entry in named.words:
            yield "find", part, entry


def _patterns(rule: Rule) -> Iterable[tuple[str, str]]:
    """(how to check a hit, RE2 source): "words", "any", "number:<name>" or "token:<name>"."""
    for entry in rule.patterns:
        yield ("any" if rule.inside_words else "words"), entry.value.strip()
    for name in rule.of:
        if rule.kind is Kind.NUMBERS:
            yield f"number:{name}", numbers.SHAPES[name].pattern
        else:
            yield f"token:{name}", tokens.SHAPES[name].pattern


@lru_cache(maxsize=8)
def compiled_pack(source: str, version: int = 0) -> Policy:
    """A policy of this pack alone, every pattern compiled and every example tried. Raises PackError."""
    from lockgate.policy import matching

    pack = parse_pack(source)
    for rule in pack.rules:
        for entry in rule.patterns:
            try:
                compiled(entry.value.strip())
            except PatternError as error:
                written = entry.value.strip()[:80]
                raise PackError(
                    f"The pattern of {rule.id!r} does not compile: {error}. It reads: {written}", entry.line
                ) from None
    policy = Policy([(pack, version)])
    for number, rule in enumerate(pack.rules):
        for entry in rule.matches:
            if not matching.spans(entry.value, number, policy, on=date.min):
                raise PackError(
                    f"The rule {rule.id!r} does not find its example: {entry.value[:120]!r}.", entry.line
                )
        for entry in rule.passes:
            found = matching.spans(entry.value, number, policy, on=date.min)
            if found:
                words = entry.value[found[0][0] : found[0][1]]
                raise PackError(
                    f"The rule {rule.id!r} finds {words[:60]!r} in an example that must pass: {entry.value[:120]!r}.",
                    entry.line,
                )
    return policy
