"""Ids that sort by time and count nothing.

A row's number must not tell how many rows there are (a guest who sees 14 and then 19 has learned that
four messages were hidden), so ids are not sequences: 41 bits of milliseconds and 22 bits of chance.
"""

import secrets
import threading
from datetime import UTC, datetime

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_CHANCE_BITS = 22
MOST = (1 << 63) - 1

_lock = threading.Lock()
_given: set[int] = set()
_given_in_ms = -1


def new_id(at: datetime) -> int:
    """A positive 63-bit integer that sorts by ``at`` (to the millisecond) and is otherwise random.

    Unique within a process; between processes the primary key refuses the one in four million chance
    (``base.transactions.once_more``).
    """
    global _given_in_ms
    ms = int((at - _EPOCH).total_seconds() * 1000)
    if not 0 <= ms < 1 << 41:
        raise ValueError("ids reach from 2020 to 2089")
    with _lock:
        if ms != _given_in_ms:
            _given.clear()
            _given_in_ms = ms
        while True:
            chance = secrets.randbits(_CHANCE_BITS)
            if chance not in _given:
                _given.add(chance)
                return ms << _CHANCE_BITS | chance


def read_id(text: str) -> int | None:
    """The id that ``text`` writes in digits; None where it writes none, or one that no database keeps (64 bits)."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    number = int(text)
    return number if number <= MOST else None


def floor_id(at: datetime) -> int:
    """The smallest id that could have been given at ``at``: a lower bound for "nothing before then"."""
    return int((at - _EPOCH).total_seconds() * 1000) << _CHANCE_BITS


def id_time(number: int) -> datetime:
    """The moment that an id was given, to the millisecond."""
    return datetime.fromtimestamp((number >> _CHANCE_BITS) / 1000 + _EPOCH.timestamp(), UTC)
