"""Writers of one SQLite file take turns, across threads and processes.

SQLite has one writer at a time. Whoever finds it busy sleeps, looks again, and sleeps longer each time: with sixteen
writers half of the time nobody writes, and some wait a second while others pass them by. A lock that wakes the next one
at once costs a few microseconds and makes the waits even. It is a courtesy, not a safeguard: SQLite's own lock still
decides, and what writes without a turn (a session, a migration) only waits as it did before.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

_inside = threading.Lock()
_files: dict[str, int] = {}


@contextmanager
def turn(database: str) -> Iterator[Callable[[], None]]:
    """Hold the turn to write the SQLite file ``database``. Not to be taken twice by one thread.

    Yields what ends it early; leaving ends it in any case. A process that is killed gives its turn back by ending.
    """
    if not database or "memory" in database:
        yield lambda: None
        return
    with ExitStack() as held:
        held.enter_context(_inside)
        file = _opened(database)
        fcntl.flock(file, fcntl.LOCK_EX)
        held.callback(fcntl.flock, file, fcntl.LOCK_UN)
        yield held.close


def _opened(database: str) -> int:
    held = _files.get(database)
    if held is None:
        held = _files[database] = os.open(f"{database}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return held


def _forget() -> None:
    """In a fork's child: a file that was opened before the fork would be one lock for both."""
    global _inside
    _inside = threading.Lock()
    for held in _files.values():
        os.close(held)
    _files.clear()


os.register_at_fork(after_in_child=_forget)
