"""How much one speaker may ask in a while: a count in this process, so that nothing is written for a question."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

WINDOW_SECONDS = 300
MOST_BY_TOKEN = 1_200
MOST_BY_SESSION = 6_000
MOST_BY_HOOK = 300
_MOST_SPEAKERS = 20_000

_lock = threading.Lock()
_counts: dict[str, tuple[float, int]] = {}


@dataclass(frozen=True, slots=True)
class Meter:
    """What is left of a window, and in how many seconds it is renewed."""

    most: int
    left: int
    seconds: int

    @property
    def is_over(self) -> bool:
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers has it, and Retry-After where it is over."""
        told = {
            "RateLimit-Policy": f'"api";q={self.most};w={WINDOW_SECONDS}',
            "RateLimit": f'"api";r={max(0, self.left)};t={self.seconds}',
        }
        return told | {"Retry-After": str(self.seconds)} if self.is_over else told


def count(speaker: str, most: int) -> Meter:
    """One more request of ``speaker``."""
    moment = time.monotonic()
    with _lock:
        if len(_counts) > _MOST_SPEAKERS:
            for name in [one for one, (begun, _n) in _counts.items() if begun + WINDOW_SECONDS <= moment]:
                del _counts[name]
        begun, asked = _counts.get(speaker, (moment, 0))
        if begun + WINDOW_SECONDS <= moment:
            begun, asked = moment, 0
        _counts[speaker] = (begun, asked + 1)
    return Meter(most, most - asked - 1, max(1, int(begun + WINDOW_SECONDS - moment)))


def forget() -> None:
    """All counts begin anew: for tests, which ask more than people do."""
    with _lock:
        _counts.clear()
