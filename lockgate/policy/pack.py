"""What a pack of content standards is: rules as data. ``parsing.py`` reads one from YAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from lockgate.policy.notation import Scalar
from lockgate.policy.types import Outcome

AUDIENCES: Final = ("inside", "guests", "outside")
MARKINGS: Final = {"public": 0, "internal": 1, "confidential": 2, "controlled": 3}


class Kind(StrEnum):
    TERM = "term"
    PHRASE = "phrase"
    PATTERN = "pattern"
    PROXIMITY = "proximity"
    MARKING = "marking"
    NAMES = "names"
    NUMBERS = "numbers"
    SECRETS = "secrets"
    REPEATS = "repeats"


@dataclass(frozen=True, slots=True)
class Near:
    """One of ``a`` with at most ``words`` words between it and one of ``b``, in either order unless ``in_order``, in
    one sentence unless ``across_sentences``."""

    a: tuple[Scalar, ...]
    b: tuple[Scalar, ...]
    words: int
    in_order: bool
    across_sentences: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A project or a customer. Free to name from ``free_from``; ``free_until`` ends a consent."""

    words: tuple[Scalar, ...]
    free_from: date | None
    free_until: date | None


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    kind: Kind
    title: str
    outcomes: dict[str, Outcome]
    why: str
    mend: str
    desk: str
    line: int
    terms: tuple[Scalar, ...] = ()
    exact: bool = False
    patterns: tuple[Scalar, ...] = ()
    inside_words: bool = False
    near: tuple[Near, ...] = ()
    names: tuple[Named, ...] = ()
    of: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    least: int = 0
    at_least_words: int = 8
    from_marking: int = 2
    exceptions: tuple[Scalar, ...] = ()
    matches: tuple[Scalar, ...] = ()
    passes: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    id: str
    title: str
    about: str
    applies: tuple[str, ...]
    places: tuple[str, ...]
    connectors: tuple[str, ...]
    rules: tuple[Rule, ...]
    source: str = field(repr=False, default="")
