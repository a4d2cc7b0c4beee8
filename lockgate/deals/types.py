"""Values that cross the door of deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """One buyer's vote with its reason; ``reason`` is "" while the gate holds its words back."""

    person_id: int
    option: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    number: int
    words: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A question among the buyers, who chose what and why, and what was decided (``chosen`` None: not yet)."""

    id: int
    message_id: int
    passage_id: int
    question: str
    choices: tuple[Choice, ...]
    called_by: int
    called_at: datetime
    chosen: int | None
    decided_by: int | None
    decided_at: datetime | None
    has_voted: bool

    @property
    def chosen_words(self) -> str:
        return next((one.words for one in self.choices if one.number == self.chosen), "")
