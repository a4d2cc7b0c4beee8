"""The one thread that asks the database: who signs in, what happened, who may hear it, whose session still lives.

It waits on three things at once: the wake-up that a commit sends (a datagram on SQLite, NOTIFY on PostgreSQL),
questions from the event loop, and the second hand of the clock. Because joining and telling are done by the
same thread, one after the other, a stream can neither miss a happening while it joins nor get one twice.
"""

from __future__ import annotations

import logging
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection

from lockgate.base import clock, heartbeat
from lockgate.base.ids import floor_id
from lockgate.base.transactions import is_postgresql
from lockgate.live.hearing import (
    SignedIn,
    after,
    hearers,
    missed,
    place_key,
    seats_ended,
    signed_in,
    still_signed_in,
)
from lockgate.live.types import Happened
from lockgate.notices.operations import SEATS

log = logging.getLogger("lockgate.live")

CHANNEL = "lockgate_live"
TAIL_SECONDS = 1.0
OVERLAP_MS = 10_000
TAIL_PAGE = 2_000
RESUME_OVERLAP_MS = 2_000
RESUME_LIMIT = 500
LONGEST_PATH = 100
SEATS_LOOKED_BACK = timedelta(seconds=10)

Tell = Callable[[frozenset[int], Happened, str], None]
End = Callable[[frozenset[str], frozenset[int]], None]


class Source:
    """``tell(persons, happened, place)`` and ``end(sessions, persons)`` are called in this thread; the streams
    hand them over to the event loop."""

    def __init__(
        self, tell: Tell, end: End, others: Callable[[], frozenset[int]] = lambda: frozenset()
    ) -> None:
        self._tell = tell
        self._end = end
        # Who listens without a session: streams that a higher floor brought.
        self._others = others
        self._questions: deque[Callable[[], None]] = deque()
        self._asked, self._ask = os.pipe()
        os.set_blocking(self._asked, False)
        os.set_blocking(self._ask, False)
        self._seals: dict[str, tuple[int, str]] = {}
        self._open_of_session: dict[str, int] = {}
        self._told: dict[int, float] = {}
        self._seats_over: frozenset[int] = frozenset()
        self._places: dict[int, str] = {}
        self._stopping = False
        self._bell: _Bell | None = None
        self._thread = threading.Thread(target=self._run, name="live-database", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._poke()

    def ask(self, question: Callable[[], None]) -> None:
        """Have ``question`` answered in this thread."""
        self._questions.append(question)
        self._poke()

    # From here on: in the thread.

    def join(self, session_key: str, last: int | None) -> tuple[SignedIn, list[tuple[Happened, str]]] | None:
        """Sign a stream in and gather what it missed since ``last``; None where nobody is signed in."""
        who = signed_in(session_key)
        if who is None:
            return None
        told: list[tuple[Happened, str]] = []
        if last is not None:
            # RESUME_LIMIT is more than may wait for one reader (TOO_FAR_BEHIND): whoever missed more is sent this, the
            # stream ends, and the page comes back with the last id of it for what follows.
            found = missed(who.person, last, clock.now(), overlap_ms=RESUME_OVERLAP_MS, limit=RESUME_LIMIT)
            told = [(happened, self._place(happened.audience)) for happened in found]
        self._seals[who.session] = (who.person, who.seal)
        self._open_of_session[who.session] = self._open_of_session.get(who.session, 0) + 1
        return who, told

    def leave(self, session: str) -> None:
        left = self._open_of_session.get(session, 0) - 1
        if left > 0:
            self._open_of_session[session] = left
        else:
            self._open_of_session.pop(session, None)
            self._seals.pop(session, None)

    def _run(self) -> None:
        high = floor_id(clock.now())
        next_tail = 0.0
        while not self._stopping:
            try:
                if self._bell is None:
                    self._bell = _PostgresBell() if is_postgresql() else _DatagramBell()
                for payload in self._bell.wait(self._asked, max(0.0, next_tail - time.monotonic())):
                    if payload == SEATS:
                        self._check_seats()
                    else:
                        self._happened(_parsed(payload))
                self._answer()
                if time.monotonic() >= next_tail:
                    next_tail = time.monotonic() + TAIL_SECONDS
                    high = self._tail(high)
                    self._check_sessions()
                    self._check_seats()
                    heartbeat.beat("live")
            except Exception as error:
                # One line each second while a database is away, not a page of traceback.
                log.error("Trying again in a second: %s", error, exc_info=log.isEnabledFor(logging.DEBUG))
                self._bell = None
                connection.close()
                close_old_connections()
                time.sleep(TAIL_SECONDS)

    def _answer(self) -> None:
        while self._questions:
            self._questions.popleft()()

    def _happened(self, happened: Happened | None) -> None:
        if happened is None or happened.id in self._told:
            return
        self._told[happened.id] = time.monotonic()
        if listening := self._listening():
            self._tell(
                hearers(happened, clock.now(), among=listening),
                happened,
                self._place(happened.audience),
            )

    def _listening(self) -> frozenset[int]:
        return frozenset(person for person, _ in self._seals.values()) | self._others()

    def _tail(self, high: int) -> int:
        """Reads the log from a little before the last one told, to its end: the net under the wake-ups.

        Page by page: after a burst the overlap alone may be longer than one page, and must not be read for ever.
        """
        low, overlap = high, OVERLAP_MS
        while some := after(low, overlap_ms=overlap, limit=TAIL_PAGE):
            for happened in some:
                self._happened(happened)
            high = max(high, some[-1].id)
            if len(some) < TAIL_PAGE:
                break
            low, overlap = some[-1].id, 0
        forget = time.monotonic() - 3 * OVERLAP_MS / 1000
        if len(self._told) > 1_000:
            self._told = {number: at for number, at in self._told.items() if at > forget}
        return high

    def _check_sessions(self) -> None:
        if not self._seals:
            return
        living = still_signed_in(self._seals, clock.now())
        dead = frozenset(self._seals.keys() - living)
        if dead:
            self._end(dead, frozenset())

    def _check_seats(self) -> None:
        """Whose seat has ended, anywhere and for whatever reason, is told so in the same bytes as everybody, and their
        streams end: the page comes back and asks what it may still hear."""
        now = clock.now()
        over = seats_ended(now - SEATS_LOOKED_BACK, now)
        persons = frozenset(person for seat, person in over.items() if seat not in self._seats_over)
        self._seats_over = frozenset(over)
        if persons & self._listening():
            self._end(frozenset(), persons)

    def _place(self, audience: int) -> str:
        if audience not in self._places:
            self._places[audience] = place_key(audience)
        return self._places[audience]

    def _poke(self) -> None:
        try:
            os.write(self._ask, b".")
        except BlockingIOError:
            return


class _Bell:
    """What is waited on. ``wait`` answers the payloads of the wake-ups that came."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._selector = selectors.DefaultSelector()
        self._selector.register(source, selectors.EVENT_READ)
        self._knows_asked = False

    def wait(self, asked: int, seconds: float) -> list[str]:
        if not self._knows_asked:
            self._selector.register(asked, selectors.EVENT_READ)
            self._knows_asked = True
        payloads: list[str] = []
        for key, _ in self._selector.select(seconds):
            if key.fileobj == asked:
                _empty(asked)
            else:
                payloads += self._ring()
        return payloads

    def _ring(self) -> list[str]:
        raise NotImplementedError


class _DatagramBell(_Bell):
    """SQLite: whoever commits sends a datagram to DATA_DIR/live.sock."""

    def __init__(self) -> None:
        path = Path(settings.DATA_DIR) / "live.sock"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        if len(os.fsencode(path)) <= LONGEST_PATH:
            path.unlink(missing_ok=True)
            self._socket.bind(str(path))
            path.chmod(0o600)
        else:
            log.warning("The path of %s is too long for a socket; pages are told up to a second late", path)
        super().__init__(self._socket)

    def _ring(self) -> list[str]:
        payloads = []
        while True:
            try:
                payloads.append(self._socket.recv(256).decode("ascii", "replace"))
            except BlockingIOError:
                return payloads


class _PostgresBell(_Bell):
    """PostgreSQL: LISTEN on a connection of its own."""

    def __init__(self) -> None:
        import psycopg

        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context", "prepare_threshold"):
            parameters.pop(name, None)
        self._connection = psycopg.connect(**parameters, autocommit=True)
        self._connection.execute(f"LISTEN {CHANNEL}")
        super().__init__(self._connection.fileno())

    def _ring(self) -> list[str]:
        return [notify.payload for notify in self._connection.notifies(timeout=0)]


def _parsed(payload: str) -> Happened | None:
    words = payload.split()
    try:
        number, audience, passage, kind = words
        return Happened(int(number), int(audience), int(passage), kind)
    except ValueError:
        return None


def _empty(reader: int) -> None:
    try:
        while os.read(reader, 512):
            continue
    except BlockingIOError:
        return
