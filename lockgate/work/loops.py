"""The background process: one thread a loop, each with its own connection, each killable at any point.

Nothing here decides anything. A loop calls one operation again and again; what it leaves half done when it is
killed is found by the next one, because every operation commits its own steps.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lockgate.base import clock, heartbeat

log = logging.getLogger("lockgate.work")

LONGEST_BACK_OFF = 30.0
GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Loop:
    """``step(at)`` does one piece of work and says whether it found any. Then it is called again at once;
    otherwise after ``quick`` seconds, later and later up to ``slow``. A loop that ``rests`` waits ``quick`` seconds
    even then: what it does costs the same for one thing as for a hundred, so it lets them gather."""

    name: str
    step: Callable[[datetime], bool]
    quick: float
    slow: float
    rests: bool = False


def loops() -> Sequence[Loop]:
    from lockgate.work import steps

    return (
        Loop("archive", steps.keep_archive, quick=0.25, slow=1.0, rests=True),
        Loop("pages", steps.carry_over, quick=0.5, slow=2.0, rests=True),
        # Rests between its pieces: each holds SQLite's one write lock for a while, and a walk of all has many.
        Loop("search", steps.index, quick=0.4, slow=1.0, rests=True),
        Loop("deliveries", steps.deliver, quick=0.1, slow=0.5),
        Loop("deliveries-2", steps.deliver, quick=0.2, slow=1.0),
        Loop("schedules", steps.release_due, quick=0.5, slow=1.0),
        Loop("seats", steps.tend_seats, quick=1.0, slow=5.0),
        Loop("mentions", steps.tell_mentioned, quick=1, slow=5),
        Loop("follows", steps.follow_up, quick=1, slow=5, rests=True),
        Loop("links", steps.look_at_links, quick=1, slow=8),
        Loop("papers", steps.draw_papers, quick=0.5, slow=5),
        Loop("rumours", steps.tend_rumours, quick=2, slow=20),
        Loop("reminders", steps.remind, quick=5, slow=30),
        Loop("letters", steps.gather_mail, quick=1, slow=4),
        Loop("letters-out", steps.send_mail, quick=0.5, slow=4),
        Loop("letters-in", steps.fetch_mail, quick=2, slow=10),
        Loop("directory", steps.follow_directory, quick=5, slow=60, rests=True),
        Loop("welcomes", steps.send_welcomes, quick=2, slow=15),
        Loop("texts", steps.gather_texts, quick=1, slow=4),
        Loop("texts-out", steps.send_texts, quick=0.5, slow=4),
        Loop("calls", steps.gather_calls, quick=1, slow=4),
        Loop("calls-out", steps.make_calls, quick=0.5, slow=4),
        Loop("pushes", steps.gather_pushes, quick=1, slow=2),
        Loop("pushes-out", steps.send_pushes, quick=0.5, slow=1),
        Loop("tidying", steps.tidy, quick=60, slow=600),
    )


def run() -> None:
    """Run every loop until SIGTERM; then let what is under way end, for GRACE_SECONDS and no longer."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    threads = [
        threading.Thread(target=keep_on, args=(loop, stopping), name=f"work-{loop.name}", daemon=True)
        for loop in loops()
    ]
    for thread in threads:
        thread.start()
    while True:
        if all(thread.is_alive() for thread in threads):
            heartbeat.beat("work")
        if stopping.wait(1.0):
            break
    for thread in threads:
        thread.join(GRACE_SECONDS / len(threads))
    logging.shutdown()
    os._exit(0)


def keep_on(loop: Loop, stopping: threading.Event) -> None:
    """Call the loop's step until told to stop. A step that fails is logged and tried again, later each time."""
    pause, back_off = loop.quick, 0.5
    while not stopping.is_set():
        try:
            found = loop.step(clock.now())
            back_off = 0.5
        except Exception:
            log.exception("The loop %s failed; trying again in %s s", loop.name, back_off)
            connection.close()
            stopping.wait(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF)
            continue
        pause = loop.quick if found else min(pause * 1.5, loop.slow)
        if not found or loop.rests:
            stopping.wait(pause)
