"""Change and record in one breath; announce after commit."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, connection, transaction

from lockgate.base.disk import disk_full
from lockgate.base.turns import turn

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def change(*, durable: bool = False) -> Iterator[None]:
    """One transaction for a change and its record; inside another one, a part of it that can fail alone.

    SQLite takes its write lock at once (IMMEDIATE), when it is our turn. With ``durable`` it refuses to be part of
    another: once it is left, it stands in the database. Raises DiskFull where there is no room for the change.
    """
    try:
        if connection.in_atomic_block or is_postgresql():
            with transaction.atomic(durable=durable):
                yield
        else:
            with turn(str(connection.settings_dict["NAME"])) as end_turn, transaction.atomic(durable=durable):
                # The first of what is done after the commit: nobody waits while this thread announces.
                transaction.on_commit(end_turn)
                yield
    except (DatabaseError, OSError) as error:
        if (full := disk_full(error)) is not None:
            raise full from error
        raise


class _Preparing(threading.local):
    announcements: list[Callable[[], None]] | None = None


preparing = _Preparing()
"""What is to be announced of a change that is only being prepared (rows.prepared)."""


def after_commit(announce: Callable[[], None]) -> None:
    """Call ``announce`` once the surrounding transaction is committed, never if it is rolled back."""
    if preparing.announcements is not None:
        preparing.announcements.append(announce)
    else:
        transaction.on_commit(announce)


def is_in_transaction() -> bool:
    """Whether what is written now stands or falls with a transaction: one that is open, or the one for which it is
    being prepared."""
    return connection.in_atomic_block or preparing.announcements is not None


# PostgreSQL names the key, SQLite its column; there a trigger keeps entries of the archive from being replaced.
_ID_GIVEN_TWICE = re.compile(r"_pkey\b|UNIQUE constraint failed: (?:\w+\.(?:id|entry_id)\b|archive_entry )")


def once_more(operation: Callable[P, R]) -> Callable[P, R]:
    """Carry ``operation`` out again where an id was given twice: two processes chose the same within one millisecond
    (base.ids), which at 500 posts a second happens once in an hour or two. Not inside another transaction, which is
    lost by then.
    """

    @wraps(operation)
    def tried(*given: P.args, **named: P.kwargs) -> R:
        if is_in_transaction():
            return operation(*given, **named)
        try:
            return operation(*given, **named)
        except IntegrityError as error:
            if not _ID_GIVEN_TWICE.search(str(error)):
                raise
        return operation(*given, **named)

    return tried


@cache  # asked twenty times a post
def is_postgresql() -> bool:
    return connection.vendor == "postgresql"
