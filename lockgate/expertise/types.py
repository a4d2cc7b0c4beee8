"""Values that cross the door of expertise."""

from __future__ import annotations

from dataclasses import dataclass

from lockgate.people.types import PersonCard
from lockgate.search.types import Hit


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of themselves: ``kind`` is "ask_about", "skill", "works_on" or "title"."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who seems to know, and why: what they tell of themselves, how many messages of theirs with these words
    the asker may hear (of the newest that were looked through), and the first few of these."""

    card: PersonCard
    told: tuple[Told, ...]
    messages: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Experts:
    """``is_asked`` is false where no word was given that could be looked for."""

    is_asked: bool
    found: tuple[Expert, ...]
