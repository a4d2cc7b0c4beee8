"""From the demo company's days to real instants.

The history is written as if today were a Friday, so that its weekends are where weekends belong. Here the working
days are counted off instead, and the same history holds together on any day it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Paris")
LAST_WORD = time(9, 30)
WORKING_DAYS = 5
WEEK = 7


def is_weekend(days: int) -> bool:
    """Whether N days before a Friday is a Saturday (6) or a Sunday (5). Holds for days to come (negative) too."""
    return days % WEEK in (5, 6)


def working_days(days: int) -> int:
    """How many working days lie between N days before a Friday and that Friday. A weekend counts as its Monday."""
    weeks, rest = divmod(days, WEEK)
    return weeks * WORKING_DAYS + min(rest, WORKING_DAYS - 1)


def anchor(now: datetime) -> date:
    """The working day that the history calls today: the last one whose 09:30 has passed."""
    here = now.astimezone(HOME)
    day = here.date() if here.time() >= LAST_WORD else here.date() - timedelta(days=1)
    return day - timedelta(days=max(0, day.isoweekday() - WORKING_DAYS))


def on_day(days: int, today: date) -> date:
    """The date that lies as many working days before ``today`` (after it where negative) as N days before a Friday."""
    weeks, rest = divmod(working_days(days), WORKING_DAYS)
    day = today - timedelta(days=weeks * WEEK)
    for _ in range(rest):
        day -= timedelta(days=1)
        while day.isoweekday() > WORKING_DAYS:
            day -= timedelta(days=1)
    return day


def moment(at: Mapping[str, object], now: datetime) -> datetime:
    """UTC instant of ``{days: N, time: "HH:MM"}`` for a company that is loaded at ``now``."""
    hour, minute = str(at["time"]).split(":")
    day = on_day(int(str(at["days"])), anchor(now))
    return datetime.combine(day, time(int(hour), int(minute)), HOME).astimezone(UTC)


def day_start(days: int, now: datetime) -> datetime:
    """UTC instant, 06:00 at home, of a bare number of days: when a seat began or ended, or a person joined."""
    return datetime.combine(on_day(days, anchor(now)), time(6), HOME).astimezone(UTC)


def dated(text: str, now: datetime) -> str:
    """``text`` with each ``{{in N days}}`` replaced by the ISO date of N calendar days after ``now``'s day at home."""
    today = now.astimezone(HOME).date()
    return _IN_DAYS.sub(lambda found: (today + timedelta(days=int(found[1]))).isoformat(), text)


_IN_DAYS = re.compile(r"\{\{in (\d+) days\}\}")
