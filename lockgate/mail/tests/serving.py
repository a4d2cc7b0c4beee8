"""Servers of mail in a thread of a test: our own listener, and anybody's.

Each listens on a socket that is bound before it is told to anybody: a port that was only found free a moment ago may be
another worker's by the time it is used.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP
from django.db import connections

from lockgate.mail import listener

PATIENCE = 60.0
"""Seconds: a machine that does much else is slow, and no test is wrong for it."""


@contextmanager
def serving(made: Callable[[], SMTP], port: int = 0) -> Iterator[int]:
    """Serve on ``port`` or a free one, answered; ``made`` is called for each line that is opened."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    door.listen(8)
    loop = asyncio.new_event_loop()
    begun = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(loop.create_server(made, sock=door))
        begun.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.wait_closed())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert begun.wait(PATIENCE)
    try:
        yield int(door.getsockname()[1])
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)


@contextmanager
def listening(kind: str, port: int = 0) -> Iterator[int]:
    """Our listener, on ``port`` or a free one."""
    desk = listener.Desk()
    try:
        with serving(lambda: listener.protocol(desk, kind), port) as number:
            yield number
    finally:
        _let_go(desk)


def _let_go(desk: listener.Desk) -> None:
    """Close the connection of each of its threads: one left open could lock tables of the next test's."""
    met = threading.Barrier(listener.THREADS)

    def close() -> None:
        met.wait(PATIENCE)  # so that no thread does it twice and another not at all
        connections.close_all()

    for done in [desk.workers.submit(close) for _thread in range(listener.THREADS)]:
        done.result(PATIENCE)
    desk.workers.shutdown()
