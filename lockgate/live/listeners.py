"""The open streams of one process. Touched by the event loop alone."""

from __future__ import annotations

import asyncio
from collections import deque

TOO_FAR_BEHIND = 256
"""Frames that may wait for one slow reader; past that the stream ends and the page comes back with its last id."""

SEATS_CHANGED = b"event: seats\ndata: {}\n\n"


class Listener:
    """One open stream: whose it is, by which session, and the frames that wait to be sent."""

    __slots__ = ("_is_over", "_waiter", "_waiting", "person", "session")

    def __init__(self, person: int, session: str) -> None:
        self.person = person
        self.session = session
        self._waiting: deque[bytes] | bytes | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False

    def push(self, frame: bytes) -> None:
        """Have ``frame`` sent. Most streams wait for nothing most of the time, so one frame needs no queue."""
        if self._waiting is None:
            self._waiting = frame
        elif isinstance(self._waiting, bytes):
            self._waiting = deque((self._waiting, frame))
        else:
            self._waiting.append(frame)
            if len(self._waiting) > TOO_FAR_BEHIND:
                self._is_over = True
        self._wake()

    def end(self) -> None:
        """End the stream once what waits is sent."""
        self._is_over = True
        self._wake()

    async def next(self) -> bytes | None:
        """What is to be sent now, all of it at once; None when the stream is over."""
        if self._waiting is None and not self._is_over:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        waiting, self._waiting = self._waiting, None
        if isinstance(waiting, bytes):
            return waiting
        return b"".join(waiting) if waiting else None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Listeners:
    """All open streams, found by person and by session."""

    def __init__(self) -> None:
        self._of_person: dict[int, set[Listener]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, listener: Listener) -> None:
        self._of_person.setdefault(listener.person, set()).add(listener)
        self._count += 1

    def remove(self, listener: Listener) -> None:
        theirs = self._of_person.get(listener.person)
        if theirs and listener in theirs:
            theirs.remove(listener)
            self._count -= 1
            if not theirs:
                del self._of_person[listener.person]

    def push(self, persons: frozenset[int], frame: bytes) -> None:
        """Send ``frame`` to every stream of ``persons``."""
        few, many = (
            (persons, self._of_person) if len(persons) < len(self._of_person) else (self._of_person, persons)
        )
        for person in few:
            if person in many:
                for listener in self._of_person[person]:
                    listener.push(frame)

    def end_sessions(self, dead: frozenset[str], gone: frozenset[int]) -> None:
        """End the streams of sessions that are no more; those of persons whose seat somewhere has ended, with one event
        that says no more than that."""
        for listener in [one for theirs in self._of_person.values() for one in theirs]:
            if listener.person in gone:
                listener.push(SEATS_CHANGED)
            if listener.session in dead or listener.person in gone:
                listener.end()

    def everyone(self) -> list[Listener]:
        return [one for theirs in self._of_person.values() for one in theirs]
