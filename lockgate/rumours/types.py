"""Values that cross the door of rumours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lockgate.people.types import PersonCard


@dataclass(frozen=True, slots=True)
class RumourView:
    """A rumour as one viewer sees it. ``asker`` is None where it was asked without a name. ``state`` is "waiting",
    "answering" (the answer waits at the gate), "answered" or "set-aside"."""

    id: int
    words: str
    place_key: str
    place_name: str
    place_url: str
    place_kind: str
    desk: str
    desk_name: str
    asker: PersonCard | None
    asked_on: date
    wanted_by: int
    state: str
    is_mine: bool
    wants: bool
    may_answer: bool
    is_shown: bool
    answer_message_id: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class AskingPlace:
    """Where a viewer may ask: its key, its name, and whether enough people hear it to ask without a name."""

    key: str
    name: str
    may_hide: bool
