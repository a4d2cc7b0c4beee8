"""Values that cross the door of notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MOST_COUNTED = 100
"""Of what is not seen yet: nobody reads a larger number."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as its reader sees it."""

    id: int
    kind: str
    message_id: int | None
    words: Mapping[str, str]
    at: datetime
    is_seen: bool
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Each day from ``begins`` to ``ends`` (minutes after midnight, over midnight where it ends earlier), on the whole
    ``days`` of the week (0 is Monday), and until a moment."""

    begins: int | None = None
    ends: int | None = None
    days: frozenset[int] = frozenset()
    until: datetime | None = None
