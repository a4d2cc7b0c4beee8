"""Many rows at once, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models


def pour(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``: COPY on PostgreSQL, one prepared statement on SQLite. Triggers and constraints are on.

    Columns that are not named get their model's default, as they would from the product itself.
    """
    others = _defaults(model, columns)
    rest = tuple(others.values())
    pour_into(model._meta.db_table, (*columns, *others), ((*row, *rest) for row in rows) if rest else rows)


def pour_into(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The same for a table that is no model's."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"
        pending = iter(rows)
        while batch := list(islice(pending, 10_000)):
            cursor.executemany(statement, batch)


@contextmanager
def past_the_triggers(is_wanted: bool) -> Iterator[None]:
    """On PostgreSQL, where ``is_wanted``: triggers and foreign keys are not asked, as when a backup is played in."""
    if not is_wanted or connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET session_replication_role")


def _defaults(model: type[models.Model], columns: Sequence[str]) -> dict[str, Any]:
    """Column to default, of those that ``columns`` leaves out and that may not be empty."""
    return {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key and not field.null
    }


def time_as_stored(at: datetime) -> Any:
    return at if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value(at)
