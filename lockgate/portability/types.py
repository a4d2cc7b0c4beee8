"""Values that cross the door of portability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something elsewhere, as the export says it: a name and an address, which prove nobody."""

    key: str
    name: str
    email: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that an export names; ``content`` is None where its bytes are not in the export."""

    name: str
    content: Callable[[], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that was said elsewhere, in our Markdown. ``number`` is its own there and never changes; ``thread`` the
    number of what it answers, or its own."""

    number: str
    thread: str
    author: Author
    at: datetime | None
    body: str
    files: tuple[Enclosed, ...] = ()
    reactions: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """What of an export was not understood, or says nothing by itself, and why."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel or group of an export."""

    key: str
    name: str
    is_private: bool
    # "channel" alone is brought in; messages between few people are told and left.
    kind: str = "channel"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing of an export that was left out, or what is to be noted of one that came in."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportTold:
    """What became of a channel: ``found`` is what was brought in, was there already and was left out, always."""

    found: int
    brought: int
    known: int
    threads: int
    matched: int
    left_out: tuple[LeftOut, ...] = field(default=())
    noted: tuple[LeftOut, ...] = field(default=())
