"""Values that cross the door of sms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NumberView:
    """One's own number, as one's own page shows it. ``waits_until`` while a code is awaited."""

    number: str
    is_verified: bool
    waits_until: datetime | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text as the gateway brought it; ``number`` says who sent it, by what the network told."""

    message: str
    number: str
    text: str
