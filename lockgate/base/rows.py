"""Plain rows in and out, for the paths that every post and every page take.

The ORM builds each statement anew (0.2 ms a statement, four times what the database itself needs). Here the text of a
statement is made once. Elsewhere the ORM is the better choice: it is shorter and it knows every field.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from lockgate.base.transactions import after_commit, is_postgresql, preparing


def fetched(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a SELECT. Times among ``values`` must have passed through ``stored``."""
    if (known := _answered(statement, values)) is not None:
        return known
    if preparing.announcements is not None:
        raise RuntimeError("what is being prepared cannot be read")
    settle()
    cursor = _cursor()
    cursor.execute(statement, values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def among(values: Collection[int]) -> tuple[str, list[Any]]:
    """SQL for "is one of these", one statement whatever their number, and its values."""
    if is_postgresql():
        return "= ANY(%s)", [list(values)]
    # A list of whole numbers is written as JSON has it.
    return "IN (SELECT value FROM json_each(%s))", [str(list(map(int, values)))]


def execute(statement: str, values: Sequence[Any]) -> int:
    """Carry out a statement that answers nothing; how many rows it touched (unknown inside ``together``)."""
    if _gathered.at is not None:
        _gathered.at.append((statement, values))
        return 0
    cursor = _cursor()
    cursor.execute(statement, values)
    return int(cursor.rowcount)


def insert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert ``rows`` whole, in one statement; every value as the database takes it (times by ``stored``, JSON as
    text). A column that is not named must be nullable."""
    if not rows:
        return
    values = [value for row in rows for value in row]
    execute(_insert(table, columns, len(rows)), values)


class _Plain:
    """A cursor of the driver's own, its errors told as Django's. What Django's cursors do around a statement takes a
    tenth of its time on PostgreSQL; on SQLite, where they rewrite its place-holders at each use, more than its time.
    Place-holders are written for the driver once a statement: psycopg would split a long one anew each time."""

    def __init__(self, connection: Any) -> None:
        is_sqlite = connection.vendor == "sqlite"
        self._cursor = connection.connection.cursor() if is_sqlite else _raw(connection.connection)
        self._told = connection.wrap_database_errors
        self._written: Callable[[str], str] = _with_question_marks if is_sqlite else _with_numbers

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        with self._told:
            self._cursor.execute(self._written(statement), values)

    def fetchall(self) -> list[tuple[Any, ...]]:
        with self._told:  # where statements travel together, what the server refused is told here
            return list(self._cursor.fetchall())

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount)


def _raw(driver: Any) -> Any:
    from psycopg import RawCursor

    return RawCursor(driver)


@lru_cache(maxsize=1024)
def _with_question_marks(statement: str) -> str:
    return statement.replace("%s", "?").replace("%%", "%")


@lru_cache(maxsize=1024)
def _with_numbers(statement: str) -> str:
    first, *rest = statement.split("%s")
    numbered = "".join(f"${place}{part}" for place, part in enumerate(rest, 1))
    return (first + numbered).replace("%%", "%")


_kept = threading.local()


def _cursor() -> Any:
    """This thread's cursor, made once a connection: making one takes as long as what most statements do in it."""
    at_work = connections[DEFAULT_DB_ALIAS]
    if at_work.queries_logged or at_work.execute_wrappers:
        return at_work.cursor()
    _check_health(at_work)
    held = getattr(_kept, "held", None)
    if held is None or held[0] is not at_work.connection or at_work.connection is None:
        at_work.ensure_connection()
        held = _kept.held = (at_work.connection, _Plain(at_work))
    return held[1]


def _check_health(at_work: Any) -> None:
    """Find out, once a request, whether the server still listens, without asking it: a connection that was ended has
    its end waiting to be read, and a quiet one is well. Django's own check is a round trip."""
    if at_work.health_check_done or at_work.connection is None or at_work.in_atomic_block:
        return
    if at_work.vendor == "postgresql" and not select.select([at_work.connection.fileno()], [], [], 0)[0]:
        at_work.health_check_done = True
        return
    at_work.close_if_health_check_failed()


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 (our own names)


def stored(at: datetime) -> Any:
    """``at`` as a parameter of a plain statement: a datetime on PostgreSQL, text on SQLite."""
    return at if is_postgresql() else _as_text(at)


@lru_cache(maxsize=256)
def _as_text(at: datetime) -> str:
    if at.tzinfo is UTC:
        return str(at.replace(tzinfo=None))  # as below, in a tenth of the time
    return str(connection.ops.adapt_datetimefield_value(at))


class _Gathered(threading.local):
    at: list[tuple[str, Sequence[Any]]] | None = None


_gathered = _Gathered()


@contextmanager
def gathered() -> Iterator[None]:
    """What ``insert`` and ``execute`` are given inside goes to PostgreSQL as one statement: it takes as long over each
    as over the rows. On SQLite, which has no such statement and no way to go, each is carried out at once.

    None of them sees what another one of the same statement wrote, nor do the triggers that they raise: where one must,
    ``settle`` first. ``fetched`` settles by itself; the ORM does not.
    """
    if not is_postgresql() or _gathered.at is not None:
        yield
        return
    _gathered.at = []
    try:
        yield
        settle()
    finally:
        _gathered.at = None


class Prepared:
    """Statements and announcements of a change that is worked out and not yet written."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Sequence[Any]]] = []
        self.announcements: list[Callable[[], None]] = []

    def carry_out(self) -> None:
        """Write it, in the transaction that is open now."""
        for statement, values in self.statements:
            execute(statement, values)
        for announce in self.announcements:
            after_commit(announce)


@contextmanager
def prepared() -> Iterator[Prepared]:
    """Keep what ``insert``, ``execute`` and ``after_commit`` are given inside, for a transaction that begins later.

    SQLite has one writer at a time: what is worked out before its lock is taken keeps nobody waiting. Only for what
    reads nothing meanwhile; ``fetched`` refuses, and the ORM must not be used.
    """
    kept = Prepared()
    if _gathered.at is not None or preparing.announcements is not None:
        raise RuntimeError("a change is prepared once, and outside of others")
    _gathered.at, preparing.announcements = kept.statements, kept.announcements
    try:
        yield kept
    finally:
        _gathered.at = preparing.announcements = None


def settle() -> None:
    """Carry out what was gathered so far."""
    held = _gathered.at
    if not held or preparing.announcements is not None:
        return
    _gathered.at = []
    # The last one answers; those that notify do it in their answer.
    held.sort(key=lambda one: " RETURNING " in one[0])
    statement = _merged(tuple(statement for statement, _values in held))
    _cursor().execute(statement, [value for _statement, values in held for value in values])


@lru_cache(maxsize=256)
def _merged(statements: tuple[str, ...]) -> str:
    *first, last = statements
    named = ", ".join(f"gathered_{place} AS ({one})" for place, one in enumerate(first))
    return f"WITH {named} {last}" if first else last


@contextmanager
def together() -> Iterator[None]:
    """Statements inside are sent without waiting for the answer of each, where the database can (PostgreSQL).

    Put it around a whole ``change()``: begin, the first question, the inserts and the commit then take two round trips
    where they took ten. What the database refuses is raised at the next question or at the commit, and the transaction
    is lost as it would have been; so nothing inside may catch a database error and go on.
    """
    if not is_postgresql():
        yield
        return
    from lockgate.base.postgresql.bundle import bundled

    connection.ensure_connection()
    with connection.wrap_database_errors, bundled(connection.connection):
        yield


class _Ahead(threading.local):
    known: list[tuple[str, Sequence[Any], list[tuple[Any, ...]]]] = []


_ahead = _Ahead()


def _answered(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    return next((rows for asked, given, rows in _ahead.known if asked == statement and given == values), None)


@contextmanager
def ahead(questions: Sequence[tuple[str, Sequence[Any]]]) -> Iterator[None]:
    """Ask these at once, in one round trip (PostgreSQL; elsewhere there is none to save). ``fetched`` of the same words
    with the same values, inside, is answered from it: for reads of one moment that stand in different rooms and do not
    need each other's answers, nor what is written inside."""
    at_work = connections[DEFAULT_DB_ALIAS]
    if not is_postgresql() or at_work.queries_logged or at_work.execute_wrappers:
        yield
        return
    from lockgate.base.postgresql.bundle import bundled, is_bundled

    _check_health(at_work)
    at_work.ensure_connection()
    driver = at_work.connection
    with at_work.wrap_database_errors, nullcontext() if is_bundled(driver) else bundled(driver) as own:
        sent = [
            (statement, values, _raw(driver).execute(_with_numbers(statement), values))
            for statement, values in questions
        ]
        if own is not None:
            own.sync()  # outside of a transaction: what was asked ends with the answers
        _ahead.known = [(statement, values, cursor.fetchall()) for statement, values, cursor in sent]
    try:
        yield
    finally:
        _ahead.known = []
