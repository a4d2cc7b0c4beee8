"""On SQLite one request of a page process computes at a time, all on one connection.

Of the threads of a Python process only one computes at any moment, and each statement to SQLite hands that right on:
with four requests at work at once, whoever holds the turn to write (turns.py) waits for the others at every statement,
and the other processes wait for it. Besides, SQLite forgets the pages it has read as soon as another connection writes.
Request by request, on one connection, a sixth more posts get through.

It is a courtesy and no safeguard. Whoever holds the floor may have to wait for something slow, such as a channel's
server or the hash of a password; after ``PATIENCE`` seconds the next in line leaves them to it and opens a new floor.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

# Ten times what a page takes: only somebody who waits for something else holds the floor for so long.
PATIENCE = 0.05

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Floor:
    """The right to compute, and the connection that goes with it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._connection: Any = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """This thread's queries go to the floor's connection; the lock is held already, and released at the end."""
        if self._connection is None:
            self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
            self._connection.inc_thread_sharing()
        own = connections[DEFAULT_DB_ALIAS]  # not opened before it is asked something
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = own
            if _newest is not self:
                self._connection.close()
            self.lock.release()


_newest = Floor()


def one_at_a_time(application: Application) -> Application:
    """The WSGI application, entered by one thread after another. Bodies of answers are sent outside the floor."""

    def entered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if connections.settings[DEFAULT_DB_ALIAS]["ENGINE"] != "django.db.backends.sqlite3":
            return application(
                environ, start_response
            )  # a server's answers are waited for, and others compute
        with floor():
            return application(environ, start_response)

    return entered


def floor() -> AbstractContextManager[None]:
    """Hold the floor; not to be taken twice by one thread."""
    return _taken().held()


def _taken() -> Floor:
    global _newest
    while True:
        wanted = _newest
        if wanted.lock.acquire(timeout=PATIENCE):
            return wanted
        if _newest is wanted:
            # Two may get here at once and open one each: then two compute, and no harm is done.
            _newest = Floor()
