"""What may stand in a profile, and how an organisation is laid out. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

WORKS_ON_MOST = 600
LINE_MOST = 80
NAME_MOST = 60
NAMES_MOST = 12
PHONE_MOST = 40
ABSENCE_DAYS_MOST = 400
ABSENCE_WORDS_MOST = 120
TEAM_MOST = 150

_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{3,38}(?: ?(?:ext|x)\.? ?[0-9]{1,6})?")


def plain(text: str) -> str:
    """``text`` without accents, case and double spaces: what is compared when people are looked for."""
    split = unicodedata.normalize("NFKD", text)
    bare = "".join(one for one in split if not unicodedata.combining(one))
    return " ".join(bare.replace("ı", "i").replace("ø", "o").replace("Ø", "o").casefold().split())


def sought(text: str) -> list[str]:
    """The words by which somebody is looked for, six at most. Dots and hyphens part words as spaces do, since short
    names and addresses are written so; of an address counts what stands before its @."""
    names = (one.lstrip("@").partition("@")[0] for one in text.split())
    return [word for one in names for word in re.split(r"[._-]+", one) if plain(word)][:6]


def line(text: str) -> str:
    """One line, without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def lines(text: str) -> str:
    """Lines as they were typed, without control characters and without empty ones at the ends."""
    kept = [line(one) for one in text.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def names(text: str) -> tuple[str, ...]:
    """Names parted by commas, semicolons or lines, each once whatever its case, in their order."""
    found: dict[str, str] = {}
    for one in re.split(r"[,;\n]", text):
        name = line(one)
        if name:
            found.setdefault(plain(name), name)
    return tuple(found.values())


def is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text))


def comes_round(person: int, manager: int, managers: Mapping[int, int]) -> bool:
    """Whether ``person`` would come to stand above themselves, were ``manager`` put above them."""
    seen: set[int] = set()
    above: int | None = manager
    while above is not None and above not in seen:
        if above == person:
            return True
        seen.add(above)
        above = managers.get(above)
    return False


def below(managers: Mapping[int, int], among: Collection[int]) -> dict[int, list[int]]:
    """{person: those who report to them} among these persons, those under nobody under 0. Who reports to somebody
    that is not among them reports to the next one above who is."""
    reports: dict[int, list[int]] = {}
    for person in among:
        above = managers.get(person)
        seen = {person}
        while above is not None and above not in among and above not in seen:
            seen.add(above)
            above = managers.get(above)
        reports.setdefault(above if above is not None and above in among else 0, []).append(person)
    return reports


def counted(reports: Mapping[int, Iterable[int]], person: int) -> int:
    """How many stand below ``person``, at any depth."""
    return sum(1 + counted(reports, one) for one in reports.get(person, ()))
