"""Many rows at once, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models


def pour(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``: COPY on PostgreSQL, one prepared statement on SQLite. Triggers and constraints are on.

    Columns that are not named get their model's default, as they would from the product itself.
    """
    others = _defaults(model, columns)
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in (*columns, *others))
    rest = tuple(others.values())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *rest))
            return
        statement = (
            f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * (len(columns) + len(others)))})"
        )
        pending = iter(rows)
        while batch := list(islice(pending, 10_000)):
            cursor.executemany(statement, [(*row, *rest) for row in batch])


def _defaults(model: type[models.Model], columns: Sequence[str]) -> dict[str, Any]:
    """Column to default, of those that ``columns`` leaves out and that may not be empty."""
    return {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key and not field.null
    }


def time_as_stored(at: datetime) -> Any:
    return at if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value(at)
