"""Rulings with a large policy: 10,000 terms and 500 patterns beside the shipped packs."""

from __future__ import annotations

import multiprocessing
import random
import time
from datetime import date
from typing import Any

from lockgate.policy.parsing import parse_pack
from lockgate.policy.policy import Policy
from lockgate.policy.queries import read, rule
from lockgate.policy.shipped import SHIPPED, shipped_source
from lockgate.policy.types import PlaceFacts
from tools.bench.inside import timed
from tools.bench.load import percentile
from tools.bench.words import sentences

TERMS, PATTERNS = 10_000, 500
ON = date(2026, 11, 22)
PLACE = PlaceFacts(key="channel:news", kind="outside", ceiling=0, connector="wordpress")
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeo"]


def _pack(chance: random.Random) -> str:
    """A pack of terms that mostly are not there and patterns of the shapes that part numbers and codes have."""
    terms = {"seal ring", "spare pump", "night shift"}
    while len(terms) < TERMS:
        word = "".join(chance.choices(_SYLLABLES, k=chance.randint(3, 5)))
        terms.add(word if chance.random() < 0.7 else f"{word} {''.join(chance.choices(_SYLLABLES, k=3))}")
    patterns = [
        rf"{chance.choice('ABCDEFGHKMNPRSTVWXYZ')}{chance.choice('ABCDEFGHKMNPRSTVWXYZ')}-?{number:03d}[0-9]{{3,5}}"
        if number % 2
        else rf"{''.join(chance.choices(_SYLLABLES, k=2))}[ -]?[0-9]{{2,4}}/[A-Z]{{1,3}}{number}"
        for number in range(PATTERNS)
    ]
    head = (
        "title: Measured\n    outcome: {inside: tip, guests: hold, outside: hold}\n"
        "    why: It is measured.\n    mend: Leave it out.\n"
    )
    lines = ["pack: measured", "title: Measured", "applies: [inside, guests, outside]", "rules:"]
    lines += ["  - id: terms", "    kind: term", "    " + head + "    terms:"]
    lines += [f"      - {term}" for term in sorted(terms)]
    lines += ["    examples:", "      match: [A seal ring.]", "      pass: [A bolt.]"]
    lines += ["  - id: patterns", "    kind: pattern", "    " + head + "    patterns:"]
    lines += [f"      - '{pattern}'" for pattern in patterns]
    lines += ["    examples:", f"      match: ['{_like(patterns[1])}']", "      pass: [A bolt.]"]
    return "\n".join(lines) + "\n"


def _like(pattern: str) -> str:
    """A text that a pattern of the first shape matches."""
    return pattern.replace("-?", "-").replace("[0-9]{3,5}", "4711")


def measured(seconds: float) -> dict[str, Any]:
    chance = random.Random(5)
    source = _pack(chance)
    began = time.perf_counter()
    policy = Policy([(parse_pack(source), 1), *((parse_pack(shipped_source(name)), 1) for name in SHIPPED)])
    compile_s = time.perf_counter() - began
    long = [sentences(chance, 3_000)[:3_000] for _ in range(200)]
    short = [sentences(chance, 600)[:600] for _ in range(1_000)]
    ours = timed(lambda number: _ruled(policy, long[number % len(long)]), seconds / 2)
    bare = timed(lambda number: _matched(policy, long[number % len(long)]), seconds / 4)
    rates = {work.__name__: _on_two(policy, short, work, seconds / 2) for work in (_ruled, _matched)}
    return {
        "compile_s": compile_s,
        "long": _percentiles(ours),
        "long_limit": _percentiles(bare),
        "short": {"a_second": rates["_ruled"]},
        "short_limit": {"a_second": rates["_matched"]},
    }


def _ruled(policy: Policy, text: str) -> None:
    rule(read(text), PLACE, policy, on=ON, content_hash=bytes(32), marking=0)


def _matched(policy: Policy, text: str) -> None:
    """The engines and nothing around them: no reading, no boundaries, no spans, no reasons."""
    lexicon, patterns = policy.lexicon, policy.patterns
    lowered = text.lower()
    if lexicon._automaton is not None:
        lexicon._automaton.find_matches_as_indexes(lowered, overlapping=True)
    for _numbers, together in patterns._sets:
        if together is not None:
            together.Match(text)


def _on_two(policy: Policy, texts: list[str], work: Any, seconds: float) -> float:
    """How many a second two processes do."""
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()

    def one() -> None:
        answers.put(len(timed(lambda number: work(policy, texts[number % len(texts)]), seconds)))

    crowd = [context.Process(target=one) for _ in range(2)]
    began = time.perf_counter()
    for process in crowd:
        process.start()
    done = sum(answers.get() for _ in crowd)
    for process in crowd:
        process.join()
    return float(done / (time.perf_counter() - began))


def _percentiles(times: list[float]) -> dict[str, float]:
    return {"p50_ms": percentile(times, 0.5) * 1000, "p99_ms": percentile(times, 0.99) * 1000}
