"""Values that cross the archive's door. The archive takes values and knows no one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, to be recorded in the transaction in which it happened.

    ``action`` is a name in the past tense ("gateway.message.submitted"); ``record`` and ``parent`` are ids
    with a letter before them ("m:77", "s:12"); ``actor`` is a pseudonym ("p:9f…") or "system"; ``rule``
    names rule and policy version ("standards@12"); ``body`` is what was said, sealed beside the log and
    never in it.
    """

    action: str
    record: str
    actor: str
    at: datetime
    parent: str = ""
    rule: str = ""
    marking: int | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One line of a record's trail as a page shows it. ``index`` is None until the sequencer placed it."""

    entry_id: int
    index: int | None
    action: str
    record: str
    parent: str
    actor: str
    at: datetime
    rule: str
    marking: int | None
    is_proven: bool


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stands. ``note`` is the last signed checkpoint, ``vkey`` the key that it verifies with."""

    origin: str
    size: int
    waiting: int
    signed_size: int
    signed_at: datetime | None
    note: str
    vkey: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds: entries, entries with files of their own (``shown``), and how many of those
    with words."""

    size: int
    root: bytes
    vkey: str
    shown: int
    disclosed: int
