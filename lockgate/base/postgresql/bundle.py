"""Statements that travel together leave in one piece.

psycopg's pipeline hands each statement to the system as soon as it is known: the server wakes for each of them, and
each costs two looks at the socket. A post is eight statements in two batches; sent in two pieces, it costs a tenth less
in all. Here a statement waits until somebody asks for an answer or the transaction ends.

This overrides what psycopg does not promise (names with an underscore). Its version is pinned, and
``base/tests/test_bundle.py`` counts the pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.generators import send
from psycopg.pq import PipelineStatus


class Bundle(psycopg.Pipeline):
    """A pipeline of one connection that sends when it is asked for an answer, and not before."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        super().__init__(driver)
        self._is_at_rest = (
            True  # The server has answered all, and has no transaction of its own open around it.
        )

    def _communicate_gen(self) -> PQGen[None]:
        """The driver calls this after each statement. Its library keeps what it is given."""
        while self.command_queue:
            self._is_at_rest = False
            self.command_queue.popleft()()
        return
        yield  # it is a generator all the same

    def _fetch_gen(self, *, flush: bool) -> PQGen[None]:
        yield from self._communicate_gen()
        yield from super()._fetch_gen(flush=flush)

    def _sync_gen(self) -> PQGen[None]:
        self._enqueue_sync()
        yield from self._communicate_gen()
        yield from send(self.pgconn)
        yield from super()._fetch_gen(flush=False)
        self._is_at_rest = True

    def _exit_gen(self) -> PQGen[None]:
        # Who has just waited for the end of a transaction need not ask the server once more, as the driver would.
        if not self._is_at_rest or self.command_queue or self.result_queue:
            yield from self._sync_gen()


@contextmanager
def bundled(driver: psycopg.Connection[Any]) -> Iterator[psycopg.Pipeline]:
    """What is given to ``driver`` inside is sent when somebody asks for an answer, waits (``sync``) or leaves. Within
    another one it is a part of it."""
    if not is_bundled(driver):
        driver._pipeline = Bundle(driver)
    with driver.pipeline() as pipeline:
        yield pipeline


def is_bundled(driver: psycopg.Connection[Any]) -> bool:
    """Whether statements of this connection travel together at the moment."""
    return driver.pgconn.pipeline_status != PipelineStatus.OFF


def commit(driver: psycopg.Connection[Any]) -> None:
    """End the transaction of a connection that is bundled, and wait for it; raises what the server refused of it.

    The driver's own ``commit`` does nothing where the last answer is here already: until the end of a batch it has not
    been told that a transaction is open.
    """
    driver.execute("COMMIT", prepare=False)
    assert driver._pipeline is not None
    driver._pipeline.sync()
