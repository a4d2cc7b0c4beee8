"""Our listener as its own process runs it, in a thread of a test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from lockgate.mail import listener


@contextmanager
def listening(kind: str, port: int = 0) -> Iterator[int]:
    """Our listener in a thread of its own, on ``port`` or a free one."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    door.listen(8)
    loop = asyncio.new_event_loop()
    desk = listener.Desk()
    begun = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(loop.create_server(lambda: listener.protocol(desk, kind), sock=door))
        begun.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.wait_closed())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    begun.wait(5)
    yield door.getsockname()[1]
    desk.workers.submit(connections.close_all).result(5)
    desk.workers.submit(connections.close_all).result(5)
    desk.workers.shutdown()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
