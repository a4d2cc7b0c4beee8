"""Values that cross the door of records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A record as another system tells it."""

    system: str
    kind: str
    number: str
    title: str
    values: Mapping[str, str]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed. ``old`` is "" where there was none, ``new`` where it is gone."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record in a list."""

    id: int
    system: str
    kind: str
    number: str
    title: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with what it says now and how it came to that, the latest first."""

    id: int
    system: str
    kind: str
    number: str
    title: str
    address: str
    values: tuple[tuple[str, str], ...]
    history: tuple[tuple[datetime, tuple[Change, ...]], ...]
    root_id: int
    message_id: int
    place_name: str


@dataclass(frozen=True, slots=True)
class Put:
    """What came of what was told: "new", "changed", "same", "held" or "refused", and why."""

    number: str
    outcome: str
    why: str = ""
