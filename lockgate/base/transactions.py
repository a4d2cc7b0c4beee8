"""Change and record in one breath; announce after commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from lockgate.base.turns import turn


@contextmanager
def change() -> Iterator[None]:
    """One transaction for a change and its record; inside another one, a part of it that can fail alone.

    SQLite takes its write lock at once (IMMEDIATE), when it is our turn.
    """
    if connection.in_atomic_block or is_postgresql():
        with transaction.atomic():
            yield
        return
    with turn(str(connection.settings_dict["NAME"])), transaction.atomic():
        yield


def after_commit(announce: Callable[[], None]) -> None:
    """Call ``announce`` once the surrounding transaction is committed, never if it is rolled back."""
    transaction.on_commit(announce)


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"
