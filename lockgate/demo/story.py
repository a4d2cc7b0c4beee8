"""A story: things that happen at moments, unfolded in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from lockgate.channels.models import Account
from lockgate.demo.days import day_start, moment
from lockgate.people.models import Person
from lockgate.spaces.models import Audience

_BEFORE_TALK = 0
_TALK = 1


class Story:
    """Collects what happens and when; ``unfold`` lets it happen, the oldest first.

    ``persons``, ``audiences`` and ``accounts`` are found by slug. ``passages`` keeps what was posted, by the
    key that the
    teller gave it, so that answers and signatures find it.
    """

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.persons: dict[str, Person] = {}
        self.audiences: dict[str, Audience] = {}
        self.accounts: dict[str, Account] = {}
        self.passages: dict[str, int] = {}
        self._happenings: list[tuple[datetime, int, int, Callable[[datetime], None]]] = []

    @property
    def length(self) -> int:
        return len(self._happenings)

    def moment(self, at: Mapping[str, object]) -> datetime:
        return moment(at, self.now)

    def day(self, days: int) -> datetime:
        """The early morning of a bare number of days ago, and never later than now."""
        return min(day_start(days, self.now), self.now - timedelta(minutes=1))

    def happens(self, at: datetime, what: Callable[[datetime], None], *, first: bool = False) -> None:
        """``what`` is called with ``at`` in its turn; ``first`` puts it before talk of the same moment."""
        self._happenings.append((at, _BEFORE_TALK if first else _TALK, len(self._happenings), what))

    def unfold(self, say: Callable[[str], None]) -> None:
        ordered = sorted(self._happenings, key=lambda one: one[:3])
        for done, (at, _rank, _order, what) in enumerate(ordered, start=1):
            what(at)
            if done % 200 == 0:
                say(f"  {done} of {self.length}")
