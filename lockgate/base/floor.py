"""On SQLite the requests of a page process are computed by one thread, one after another, on its one connection.

Of the threads of a Python process only one computes at any moment, and each statement to SQLite hands that right on:
with four requests at work at once, whoever holds the turn to write (turns.py) waits for the others at every statement,
and the other processes wait for it. Besides, SQLite forgets the pages it has read as soon as another connection writes,
and a thread that waits for its turn takes a while to wake. So the server's threads only bring requests and take answers
away, and one thread computes them; a fifth more posts get through.

A request may have to wait for something slow, such as a channel's server or the hash of a password. The next in line
leaves it alone after ``PATIENCE`` seconds: another thread takes over, and the slow one ends with its request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

# Ten times what a page takes: only somebody who waits for something else computes for so long.
PATIENCE = 0.05

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Request:
    """A call to be made, and its answer or the error that it ended with."""

    __slots__ = ("answer", "begun", "call", "done", "error")

    def __init__(self, call: Callable[[], Iterable[bytes]]) -> None:
        self.call = call
        self.begun = False
        self.done = threading.Lock()
        self.done.acquire()
        self.answer: Iterable[bytes] = ()
        self.error: BaseException | None = None


class Floor:
    """Computes what is brought to it. ``waiting`` outlives the thread that happens to serve it."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[_Request] = SimpleQueue()
        self._serving: threading.Thread | None = None
        self._busy_since = 0.0
        self._changing = threading.Lock()

    def ask(self, call: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        """What ``call`` answers, computed in the floor's thread; raises what it raises."""
        request = _Request(call)
        serving = self._serving
        if serving is None:
            serving = self._take_over(None)
        self.waiting.put(request)
        while not request.done.acquire(timeout=PATIENCE):
            if request.begun:
                request.done.acquire()
                break
            # In line behind many is no reason: a thread more would open a connection of its own, and lose time for all.
            if time.monotonic() - self._busy_since >= PATIENCE:
                serving = self._take_over(serving)
        if request.error is not None:
            raise request.error
        return request.answer

    def _take_over(self, former: threading.Thread | None) -> threading.Thread:
        with self._changing:
            if self._serving is not None and self._serving is not former:
                return self._serving
            thread = threading.Thread(target=self._serve, name="floor", daemon=True)
            self._serving, self._busy_since = thread, time.monotonic()
            thread.start()
            return thread

    def _serve(self) -> None:
        this = threading.current_thread()
        while True:
            request = self.waiting.get()
            if self._serving is this:
                self._busy_since = time.monotonic()
            request.begun = True
            try:
                request.answer = request.call()
            except BaseException as error:
                request.error = error
            request.done.release()
            del request
            if self._serving is not this:
                connections.close_all()
                return


def one_at_a_time(application: Application) -> Application:
    """The WSGI application, computed one request after another. What is streamed is sent by the server's threads."""
    floor = Floor()

    def computed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Any = application(environ, start_response)
        if getattr(answer, "streaming", True):
            return answer  # type: ignore[no-any-return]  # Django's own iterable
        # A list is sent in one piece; anything else is asked for its parts, each with the right to compute.
        whole = [answer.content]
        answer.close()
        return whole

    def entered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if connections.settings[DEFAULT_DB_ALIAS]["ENGINE"] != "django.db.backends.sqlite3":
            return computed(environ, start_response)  # a server's answers are waited for, and others compute
        return floor.ask(lambda: computed(environ, start_response))

    return entered
