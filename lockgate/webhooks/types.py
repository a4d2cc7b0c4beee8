"""Values that cross the door of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EndpointView:
    """Where we call, as its owner sees it; the secret is never seen again."""

    id: int
    name: str
    url: str
    kinds: tuple[str, ...]
    hears_as: str
    place: str
    created_at: datetime
    ended_at: datetime | None
    why_ended: str
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class CallView:
    """One call: what became of it."""

    id: int
    kind: str
    state: str
    attempts: int
    last_word: str
    due_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceView:
    """Who may call us, as the owner of its bot sees it."""

    id: int
    reference: str
    name: str
    bot: str
    place: str
    marking: int
    created_at: datetime
    ended_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new endpoint or source, with its secret: shown this once."""

    id: int
    secret: str
    reference: str = ""
