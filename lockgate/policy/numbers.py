"""Numbers that mean something, found by their shape and kept only if their check holds.

Shapes are RE2 patterns over the plain form. Checks come from python-stdnum (check digits, registered prefixes)
and phonenumberslite; both are loaded when a shape first matches, because most texts have no such number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

# Given a candidate and the pack's countries: how many of its characters are the number, 0 if it is none.
Check = Callable[[str, tuple[str, ...]], int]


@dataclass(frozen=True, slots=True)
class Shape:
    """``pattern`` finds candidates; ``not_after`` and ``not_before`` are neighbours that rule one out,
    beside letters and digits, which always do. ``beside``: words of which one must stand within 40 characters, for
    numbers whose check is so weak that part numbers and dates would pass it."""

    pattern: str
    holds: Check
    not_after: str = ""
    not_before: str = ""
    beside: re.Pattern[str] | None = None

    def is_beside(self, text: str, start: int, end: int) -> bool:
        if self.beside is None:
            return True
        return self.beside.search(text[max(0, start - 40) : end + 40]) is not None


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _stdnum(module: str) -> Check:
    def holds(number: str, _regions: tuple[str, ...]) -> int:
        is_valid: Any = import_module(f"stdnum.{module}").is_valid
        return len(number) if is_valid(number) else 0

    return holds


def _iban(number: str, _regions: tuple[str, ...]) -> int:
    """A candidate may have swallowed the word after it: the longest part, cut at spaces, that holds."""
    is_valid: Any = import_module("stdnum.iban").is_valid
    end = len(number)
    while end > 14:
        if is_valid(number[:end]):
            return end
        end = number.rfind(" ", 0, end)
    return 0


# How cards are printed: in one, by fours, or 4-6-5 and 4-6-4.
_CARD_GROUPS: Final = {
    (13,), (14,), (15,), (16,), (19,), (4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 3, 3, 3),
}  # fmt: skip


def _card(number: str, _regions: tuple[str, ...]) -> int:
    """Luhn, a length and a first digit that issuers use, and not one digit again and again."""
    digits = _digits(number)
    if tuple(map(len, re.split(r"[ -]", number))) not in _CARD_GROUPS:
        return 0
    first = {13: "4", 14: "3", 15: "3", 16: "23456", 19: "46"}.get(len(digits), "")
    if digits[:1] not in tuple(first) or len(set(digits)) < 2:
        return 0
    is_valid: Any = import_module("stdnum.luhn").is_valid
    return len(number) if is_valid(digits) else 0


def _nino(number: str, _regions: tuple[str, ...]) -> int:
    """No check digit exists; only the prefixes that are never given are known."""
    given = re.sub(r"\s", "", number)[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}
    return len(number) if given else 0


def _phone(number: str, regions: tuple[str, ...]) -> int:
    """Valid in the numbering plan of its country; a number without + is tried in the pack's countries."""
    phonenumbers: Any = import_module("phonenumbers")
    for region in (None,) if number.startswith("+") else regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return len(number)
        except phonenumbers.NumberParseException:
            continue
    return 0


_DATE: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}(?!\d)")


def _local_phone(number: str, regions: tuple[str, ...]) -> int:
    """Not a date, and eight digits at least: shorter ones are post codes and rooms more often than telephones."""
    if _DATE.match(number) or len(_digits(number)) < 8:
        return 0
    return _phone(number, regions)


SHAPES: Final[dict[str, Shape]] = {
    "iban": Shape(r"(?i)[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?", _iban),
    "card": Shape(r"[2-6][0-9](?:[ -]?[0-9]){11,17}", _card, not_after="+/.,-", not_before="-/"),
    "fr-nir": Shape(
        r"[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        _stdnum("fr.nir"),
        not_after="+.,-",
    ),
    "de-steuer-id": Shape(
        r"[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        _stdnum("de.idnr"),
        "+.,-/=#",
        "-/",
        re.compile(r"(?i)steuer|idnr|id-nr|tin\b|tax"),
    ),
    "us-ssn": Shape(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", _stdnum("us.ssn"), "-./+", "-/"),
    "uk-nino": Shape(
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
        _nino,
        beside=re.compile(r"(?i)\bni\b|nino|national insurance|insurance n"),
    ),
    "es-dni": Shape(
        r"[0-9]{8}[ -]?[A-HJ-NP-TV-Z]",
        _stdnum("es.dni"),
        "-./+",
        beside=re.compile(r"(?i)\bd\.?n\.?i\b|\bn\.?i\.?f\b|identidad|documento"),
    ),
    "it-codice-fiscale": Shape(
        r"(?i)[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]", _stdnum("it.codicefiscale")
    ),
    # With the country's code a number says what it is; without it, it looks like a date, a price or an ISBN, and only a
    # word beside it can tell.
    "phone": Shape(
        r"\+[1-9][0-9]{0,2}[ .\-]?(?:\(0?[0-9]{0,4}\)[ .\-]?)?[0-9](?:[ .\-]?[0-9]){5,12}",
        _phone,
        ".,:#_-=",
        "%",
    ),
    "local-phone": Shape(
        r"\(?0[0-9]{1,5}\)?[ /.\-]{0,2}[0-9]{2,8}(?:[ .\-]?[0-9]{2,4}){0,5}",
        _local_phone,
        not_after=".,/#_-=+",
        not_before="%/",
        beside=re.compile(
            r"(?i)\b(?:t[eé]l(?!l)|phone|fon\b|fax|call(?:ed|ing)?\b|mobile?\b|handy|ring\b|reach\b|hotline|appel|anruf|rufen|"
            r"dial|switchboard|standard t|answering)"
        ),
    ),
}
KNOWN: Final = tuple(SHAPES)
