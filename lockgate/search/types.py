"""Values that cross the door of search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from lockgate.people.types import PersonCard

WINDOW = 60
"""The newest messages that answer, of which the best come first. What is older is found by the newest first."""
ENOUGH = 20
"""So many of them do where the others lie years back: the database is not asked to read all that was ever said."""


class Order(StrEnum):
    """In which order what was found is shown."""

    RECENT = "recent"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be in the words. A single word that is not ``is_exact`` is found in all its endings; several
    words stand one after the other; with ``is_prefix`` the last one is only a beginning. With ``is_piece`` it is one
    word, and may stand anywhere within a word."""

    words: tuple[str, ...]
    is_exact: bool = False
    is_prefix: bool = False
    is_piece: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, read. Terms are joined by "and"; people among themselves by "or", and places too."""

    terms: tuple[Term, ...] = ()
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    has_file: bool = False
    is_answer: bool = False
    is_question: bool = False
    before: date | None = None
    after: date | None = None

    @property
    def is_one_word(self) -> bool:
        """Whether it is one word, or a piece of one, and nothing beside."""
        is_more = self.people or self.has_file or self.is_answer or self.is_question
        return len(self.terms) == 1 and len(self.terms[0].words) == 1 and not is_more

    @property
    def is_searchable(self) -> bool:
        """Whether the index can be asked: places and days alone only narrow."""
        return bool(self.terms or self.people or self.has_file or self.is_answer or self.is_question)


class Part(NamedTuple):
    """A piece of a snippet; ``is_found`` where it is what was searched for. Plain text: whoever shows it escapes it."""

    text: str
    is_found: bool


class Hit(NamedTuple):
    """One message that was found in one place. Nothing in it was looked at before the viewer's seats were."""

    cursor: int
    passage_id: int
    message_id: int
    author: PersonCard
    place: str
    place_name: str
    kind: str
    marking: int
    delivered_at: datetime
    is_answer: bool
    snippet: tuple[Part, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found; ``older`` is the cursor of the next page in the same order, or None at the end.
    ``is_given_up`` where the question was too much for the database: nothing was found then, which says nothing."""

    asked: Asked
    hits: tuple[Hit, ...]
    older: int | None
    is_given_up: bool = False
    # How many were weighed against each other, where the best come first.
    weighed: int = 0


@dataclass(frozen=True, slots=True)
class IndexState:
    """How the index stands: messages in it, lines of the log not yet followed, and whether it is being walked anew."""

    passages: int
    behind: int
    is_walking: bool
