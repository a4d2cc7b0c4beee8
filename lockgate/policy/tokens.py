"""Keys and tokens that open something: found by the prefix that their maker gave them, or by their disorder."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Token:
    """An RE2 pattern over the plain form; its first group, if any, is what ``holds`` looks at."""

    pattern: str
    holds: Callable[[str], bool] = bool


def bits_a_character(value: str) -> float:
    """Shannon entropy of the characters: 4 for random hexadecimal digits, near 6 for random base 64."""
    if not value:
        return 0.0
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())


def _is_disordered(value: str) -> bool:
    """Long, mixed, and not words: a value that a person would not type by heart."""
    has_digit = any(c.isdigit() for c in value)
    has_letter = any(c.isalpha() for c in value)
    return len(value) >= 16 and has_digit and has_letter and bits_a_character(value) >= 3.3


def _is_password(value: str) -> bool:
    """Not a placeholder and not an address: at least eight characters of at least three sorts."""
    if "://" in value:
        return False
    sorts = [any(map(test, value)) for test in (str.islower, str.isupper, str.isdigit)]
    sorts.append(any(not c.isalnum() for c in value))
    return len(value) >= 8 and sum(sorts) >= 3


_NAMES = (
    r"(?:api[_-]?key|secret[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret"
    r"|private[_-]?key|secret|token)"
)
SHAPES: Final[dict[str, Token]] = {
    "aws": Token(r"((?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})"),
    "private-key": Token(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "github": Token(r"((?:gh[pousr]_[0-9A-Za-z]{36,255})|(?:github_pat_[0-9A-Za-z_]{60,255}))"),
    "gitlab": Token(r"(glpat-[0-9A-Za-z_\-]{20,64})"),
    "slack": Token(r"(xox[abeoprs]-[0-9A-Za-z\-]{10,250})|(https://hooks\.slack\.com/(?:services|workflows)/[0-9A-Za-z+/]{40,80})"),
    "stripe": Token(r"((?:sk|rk)_live_[0-9A-Za-z]{16,128})"),
    "google": Token(r"(AIza[0-9A-Za-z_\-]{35})"),
    "jwt": Token(r"(eyJ[0-9A-Za-z_\-]{8,}\.eyJ[0-9A-Za-z_\-]{8,}\.[0-9A-Za-z_\-]{10,})"),
    "url-password": Token(r"[a-z][a-z0-9+.\-]{1,20}://[^\s:/@]{1,64}:([^\s:/@]{3,128})@[0-9A-Za-z]"),
    "assignment": Token(
        rf"(?i){_NAMES}[\"']?\s{{0,3}}(?:=|:|:=|=>)\s{{0,3}}[\"']?([0-9A-Za-z+/=_.~\-]{{16,255}})",
        _is_disordered,
    ),
    "password": Token(
        r"(?i)(?:password|passwort|kennwort|mot de passe|passwd|pwd)[\"']?\s{0,3}(?:=|:|:=|is|est|ist|lautet)"
        r"\s{0,3}[\"']?([^\s\"'<>&]{8,64})",
        _is_password,
    ),
}  # fmt: skip
KNOWN: Final = tuple(SHAPES)
