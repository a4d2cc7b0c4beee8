"""Reads a pack as it is written, and says in words, with the line, what is wrong with it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, TypedDict

from lockgate.policy import notation, numbers, tokens
from lockgate.policy.notation import Node, PackError, Reader, Scalar, Sequence
from lockgate.policy.pack import AUDIENCES, MARKINGS, Kind, Named, Near, Pack, Rule
from lockgate.policy.types import Outcome

MOST_TERMS: Final = 20_000
MOST_PATTERNS: Final = 1_000
MOST_RULES: Final = 500
MOST_EXAMPLES: Final = 200  # a rule
LONGEST_TERM: Final = 200
LONGEST_PATTERN: Final = 1_000
_PACK_KEYS: Final = frozenset({"pack", "title", "about", "applies", "places", "connectors", "rules"})
# Of every kind of rule: which of them this kind takes is told by ``close``.
_RULE_KEYS: Final = frozenset(
    {
        "id",
        "kind",
        "title",
        "why",
        "mend",
        "outcome",
        "desk",
        "examples",
        "except",
        "terms",
        "phrases",
        "case",
    }
    | {"patterns", "words", "near", "least", "projects", "customers", "of", "regions", "at_least", "from"}
)
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_PLACE: Final = re.compile(r"(?:space|channel):(?:[a-z0-9-]+|\*)")


class _Matter(TypedDict, total=False):
    """The fields of a rule that belong to its kind."""

    terms: tuple[Scalar, ...]
    exact: bool
    patterns: tuple[Scalar, ...]
    inside_words: bool
    near: tuple[Near, ...]
    names: tuple[Named, ...]
    of: tuple[str, ...]
    regions: tuple[str, ...]
    least: int
    at_least_words: int
    from_marking: int


def parse_pack(source: str) -> Pack:
    """The pack that ``source`` writes down. Raises PackError. Patterns and examples are tried by ``compiled``."""
    top = Reader(notation.parse(source), "A pack", _PACK_KEYS)
    pack_id = _identifier(top, "pack")
    title = top.text("title", longest=80)
    about = top.text("about", default="", longest=1000)
    applies = _among(top, "applies", AUDIENCES, default=AUDIENCES)
    places = tuple(
        entry.value.strip() for entry in _each(top, "places", _PLACE, "space:<slug> or channel:<slug>")
    )
    connectors = tuple(entry.value.strip() for entry in _each(top, "connectors", _ID, "a connector's name"))
    written = top.take("rules")
    top.close()
    if not isinstance(written, Sequence) or not written.items:
        raise PackError("A pack has a list of rules, at least one.", written.line if written else top.line)
    if len(written.items) > MOST_RULES:
        raise PackError(f"A pack holds at most {MOST_RULES} rules.", written.line)
    rules: dict[str, Rule] = {}
    terms = patterns = 0
    for node in written.items:
        rule = _rule(node)
        if rule.id in rules:
            first = rules[rule.id].line
            raise PackError(f"Two rules are called {rule.id!r}; the first stands on line {first}.", rule.line)
        rules[rule.id] = rule
        terms += _count_terms(rule)
        patterns += len(rule.patterns)
        if terms > MOST_TERMS:
            raise PackError(f"A pack holds at most {MOST_TERMS:,} terms; this rule goes beyond.", rule.line)
        if patterns > MOST_PATTERNS:
            raise PackError(
                f"A pack holds at most {MOST_PATTERNS:,} patterns; this rule goes beyond.", rule.line
            )
    return Pack(pack_id, title, about, applies, places, connectors, tuple(rules.values()), source)


def _count_terms(rule: Rule) -> int:
    near = sum(len(pair.a) + len(pair.b) for pair in rule.near)
    return len(rule.terms) + len(rule.exceptions) + near + sum(len(named.words) for named in rule.names)


def _identifier(reader: Reader, key: str) -> str:
    value = reader.text(key, longest=60)
    if not _ID.fullmatch(value):
        raise PackError(
            f"{key!r} takes small letters, digits and hyphens, not {value!r}.", reader.line_of(key)
        )
    return value


def _among(
    reader: Reader, key: str, known: tuple[str, ...], *, default: tuple[str, ...] = ()
) -> tuple[str, ...]:
    entries = reader.entries(key, longest=60, most=100)
    for entry in entries:
        if entry.value.strip() not in known:
            raise PackError(f"{key!r} takes {', '.join(known)}; not {entry.value.strip()!r}.", entry.line)
    return tuple(dict.fromkeys(entry.value.strip() for entry in entries)) or default


def _each(reader: Reader, key: str, shape: re.Pattern[str], what: str) -> tuple[Scalar, ...]:
    entries = reader.entries(key, longest=80, most=200)
    for entry in entries:
        if not shape.fullmatch(entry.value.strip()):
            raise PackError(f"{key!r} takes {what}; not {entry.value.strip()!r}.", entry.line)
    return entries


def _rule(node: Node) -> Rule:
    reader = Reader(node, "A rule", _RULE_KEYS)
    rule_id = _identifier(reader, "id")
    reader = Reader(node, f"The rule {rule_id!r}", _RULE_KEYS)
    reader.take("id")
    word = reader.text("kind", longest=20)
    if word not in set(Kind):
        raise PackError(f"Unknown kind {word!r}. Known are: {', '.join(Kind)}.", reader.line_of("kind"))
    kind = Kind(word)
    title = reader.text("title", longest=80)
    why = reader.text("why", longest=400)
    mend = reader.text("mend", longest=400)
    outcomes = _outcomes(reader)
    desk = reader.text("desk", longest=60, default="")
    if desk and not _ID.fullmatch(desk):
        raise PackError(f"'desk' takes a desk's slug, not {desk!r}.", reader.line_of("desk"))
    matches, passes = _examples(kind, reader)
    rule = Rule(
        id=rule_id,
        kind=kind,
        title=title,
        outcomes=outcomes,
        why=why,
        mend=mend,
        desk=desk,
        line=reader.line,
        exceptions=reader.entries("except"),
        matches=matches,
        passes=passes,
        **_matter(kind, reader),
    )
    reader.close()
    _demand_matter(rule)
    return rule


def _matter(kind: Kind, reader: Reader) -> _Matter:
    """What this kind of rule looks for. Keys of other kinds are left, and so refused as unknown."""
    if kind in (Kind.TERM, Kind.PHRASE):
        return {"terms": _terms(reader, "terms") + _terms(reader, "phrases"), "exact": _case(reader)}
    if kind is Kind.PATTERN:
        return {"patterns": _patterns(reader), "inside_words": _inside_words(reader)}
    if kind is Kind.PROXIMITY:
        return {"near": _near(reader)}
    if kind is Kind.MARKING:
        return {
            "terms": _terms(reader, "terms") + _terms(reader, "phrases"),
            "exact": _case(reader),
            "patterns": _patterns(reader),
            "inside_words": _inside_words(reader),
            "least": MARKINGS[_one_of(reader, "least", tuple(MARKINGS), default="public")],
        }
    if kind is Kind.NAMES:
        return {"names": _projects(reader) + _customers(reader)}
    if kind is Kind.NUMBERS:
        regions = tuple(
            e.value for e in _each(reader, "regions", re.compile("[A-Z]{2}"), "countries like FR")
        )
        return {
            "of": _among(reader, "of", numbers.KNOWN),
            "regions": regions,
            "patterns": _patterns(reader),
            "inside_words": _inside_words(reader),
        }
    if kind is Kind.SECRETS:
        return {"of": _among(reader, "of", tokens.KNOWN)}
    return {
        "at_least_words": reader.number("at_least", default=8, least=8, most=1000),
        "from_marking": MARKINGS[
            _one_of(reader, "from", ("confidential", "controlled"), default="confidential")
        ],
    }


def _demand_matter(rule: Rule) -> None:
    """A rule that looks for nothing would pass silently; a rule without examples cannot be trusted."""
    wanted = {
        Kind.TERM: "terms", Kind.PHRASE: "phrases", Kind.PATTERN: "patterns", Kind.PROXIMITY: "near",
        Kind.MARKING: "terms or patterns", Kind.NAMES: "projects or customers", Kind.NUMBERS: "of or patterns",
        Kind.SECRETS: "of",
    }  # fmt: skip
    if rule.kind is Kind.REPEATS:
        return
    if not (rule.terms or rule.patterns or rule.near or rule.names or rule.of):
        raise PackError(f"The rule {rule.id!r} looks for nothing: it lacks {wanted[rule.kind]!r}.", rule.line)
    if not rule.matches or not rule.passes:
        raise PackError(
            f"The rule {rule.id!r} lacks examples: at least one under 'match' and one under 'pass'.",
            rule.line,
        )


def _terms(reader: Reader, key: str) -> tuple[Scalar, ...]:
    return reader.entries(key, longest=LONGEST_TERM, most=MOST_TERMS)


def _patterns(reader: Reader) -> tuple[Scalar, ...]:
    return reader.entries("patterns", longest=LONGEST_PATTERN, most=MOST_PATTERNS)


def _inside_words(reader: Reader) -> bool:
    return _one_of(reader, "words", ("whole", "any"), default="whole") == "any"


def _case(reader: Reader) -> bool:
    return _one_of(reader, "case", ("any", "exact"), default="any") == "exact"


def _one_of(reader: Reader, key: str, known: tuple[str, ...], *, default: str) -> str:
    value = reader.text(key, longest=60, default=default)
    if value not in known:
        raise PackError(f"{key!r} takes {', '.join(known)}; not {value!r}.", reader.line_of(key))
    return value


def _outcomes(reader: Reader) -> dict[str, Outcome]:
    node = reader.take("outcome")
    if node is None:
        raise reader.lacks("outcome")
    if isinstance(node, Scalar):
        return dict.fromkeys(AUDIENCES, _outcome(node))
    each = Reader(node, "'outcome'")
    found = {audience: each.take(audience) for audience in AUDIENCES}
    each.close()
    return {a: _outcome(n) if n is not None else Outcome.ALLOW for a, n in found.items()}


def _outcome(node: Node) -> Outcome:
    words = {outcome.word: outcome for outcome in Outcome}
    value = node.value.strip() if isinstance(node, Scalar) else ""
    if value not in words:
        raise PackError(f"Unknown outcome {value!r}. Known are: {', '.join(words)}.", node.line)
    return words[value]


def _near(reader: Reader) -> tuple[Near, ...]:
    node = reader.take("near")
    if node is None:
        return ()
    pairs = []
    for item in node.items if isinstance(node, Sequence) else (node,):
        pair = Reader(item, "'near'")
        a, b = _terms(pair, "a"), _terms(pair, "b")
        if not a or not b:
            raise PackError("'near' takes terms under 'a' and under 'b'.", item.line)
        words = pair.number("words", default=5, least=0, most=50)
        in_order = pair.yes("in_order", default=False)
        pairs.append(Near(a, b, words, in_order, pair.yes("across_sentences", default=False)))
        pair.close()
    return tuple(pairs)


def _projects(reader: Reader) -> tuple[Named, ...]:
    named = []
    for item in _listed(reader, "projects"):
        project = Reader(item, "A project")
        words = _terms(project, "name") + _terms(project, "also")
        if not words:
            raise PackError("A project lacks 'name'.", item.line)
        named.append(Named(words, project.day("public_from"), None))
        project.close()
    return tuple(named)


def _customers(reader: Reader) -> tuple[Named, ...]:
    named = []
    for item in _listed(reader, "customers"):
        customer = Reader(item, "A customer")
        words = _terms(customer, "name") + _terms(customer, "also")
        if not words:
            raise PackError("A customer lacks 'name'.", item.line)
        consents = customer.yes("consent", default=False)
        until = customer.day("until")
        customer.close()
        named.append(Named(words, date.min if consents else None, until))
    return tuple(named)


def _listed(reader: Reader, key: str) -> tuple[Node, ...]:
    node = reader.take(key)
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        raise PackError(f"{key!r} takes a list.", node.line)
    return node.items


def _examples(kind: Kind, reader: Reader) -> tuple[tuple[Scalar, ...], tuple[Scalar, ...]]:
    """Texts that the rule must find something in, and texts that it must let pass."""
    node = reader.take("examples")
    if node is None:
        return (), ()
    if kind is Kind.REPEATS:
        raise PackError("A rule of kind 'repeats' takes no examples: it depends on what was said.", node.line)
    examples = Reader(node, "'examples'")
    found = examples.entries("match", longest=2000, most=MOST_EXAMPLES)
    passes = examples.entries("pass", longest=2000, most=MOST_EXAMPLES)
    examples.close()
    return found, passes
