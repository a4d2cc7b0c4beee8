"""Change and record in one breath; announce after commit."""

from collections.abc import Callable

from django.db import connection, transaction


def change() -> transaction.Atomic:
    """One transaction for a change and its record. SQLite takes its write lock at once (IMMEDIATE)."""
    return transaction.atomic()


def after_commit(announce: Callable[[], None]) -> None:
    """Call ``announce`` once the surrounding transaction is committed, never if it is rolled back."""
    transaction.on_commit(announce)


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"
