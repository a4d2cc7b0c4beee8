"""A space as the history of a measured company needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

HISTORY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Room:
    audience: int
    slug: str
    ceiling: int
    is_open: bool
    sitters: list[int]
