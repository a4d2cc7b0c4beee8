"""Values that cross the door of attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody sees something: a kind, and the words that its sentence takes."""

    kind: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing that a viewer follows, as they may know it now. ``key`` is what unfollowing takes; ``name`` of a thread
    is all that it begins with."""

    kind: str
    key: str
    name: str
    address: str
