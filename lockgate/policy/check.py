"""Rulings for other tools and their CI: texts in, plain dictionaries out. Needs no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings

from lockgate.policy.policy import Policy
from lockgate.policy.reading import read
from lockgate.policy.rules import rule
from lockgate.policy.shipped import shipped_policy
from lockgate.policy.types import PlaceFacts, Ruling

CEILINGS = {"inside": 3, "guests": 3, "outside": 0}


def check(
    texts: Iterable[str],
    *,
    kind: str = "outside",
    key: str = "",
    ceiling: int | None = None,
    connector: str = "",
    marking: int = 0,
    on: date,
    policy: Policy | None = None,
) -> Iterator[dict[str, Any]]:
    """One dictionary a text: ``outcome``, ``policy`` and ``findings`` (rule, version, title, outcome, start, end,
    explanation, mend, desk). Offsets are code points of the text.

    ``kind`` is "inside", "guests" or "outside"; ``ceiling`` the place's highest marking (0 to 3; without it the
    most that such a place may have). Without ``policy`` the shipped packs rule; pass ``queries.standing(at)`` for
    those published.
    """
    if not settings.configured:
        settings.configure(USE_I18N=False)  # sentences in English; nothing else of the settings is read
    chosen = shipped_policy() if policy is None else policy
    place = PlaceFacts(key, kind, CEILINGS[kind] if ceiling is None else ceiling, connector)
    for text in texts:
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        yield as_dictionary(rule(read(text), place, chosen, on=on, content_hash=digest, marking=marking))


def as_dictionary(ruling: Ruling) -> dict[str, Any]:
    """A ruling with nothing but text and numbers in it."""
    return {
        "outcome": ruling.outcome.word,
        "policy": ruling.policy_version,
        "least_marking": ruling.least_marking,
        "findings": [
            {
                "rule": finding.rule,
                "version": finding.version,
                "title": finding.title,
                "outcome": finding.outcome.word,
                "start": finding.start,
                "end": finding.end,
                "explanation": finding.explanation,
                "mend": finding.mend,
                "desk": finding.desk,
            }
            for finding in ruling.findings
        ],
    }
