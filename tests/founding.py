"""The company of the tests, founded once a worker and then laid down again row by row.

Founding it takes a fifth of a second, which a thousand tests would each pay. Its rows, kept as the database gave them
back, go in again in some milliseconds: the same ids, the same triggers, in the test's own transaction.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers import sort_dependencies
from django.db import connection, transaction
from django.db.models import Model

from lockgate.demo.cast import Cast, assemble

# A trigger fills it while the archive's entries go in.
_FILLED_BY_TRIGGERS = {"archive_pending"}
_PARAMETERS_AT_ONCE = 900


@dataclass
class Founded:
    """A company as rows, and its cast as the test gets it."""

    tables: list[tuple[type[Model], str, list[tuple[Any, ...]]]]
    cast: Cast


_founded: dict[tuple[str, datetime], Founded] = {}


def found(at: datetime) -> Cast:
    """The cast, founded at ``at``; the test's own copy."""
    key = (connection.vendor, at)
    kept = _founded.get(key)
    if kept is None:
        before = {table: rows for _, table, rows in _rows()}
        with transaction.atomic():
            cast = assemble(at=at)
        tables = [
            (model, begin, [row for row in rows if row not in before.get(begin, ())])
            for model, begin, rows in _rows()
        ]
        _founded[key] = Founded([one for one in tables if one[2]], _copied(cast))
        return cast
    with transaction.atomic(), connection.cursor() as cursor:
        for _model, columns, rows in kept.tables:
            _insert(cursor, columns, rows)
        if connection.vendor == "postgresql":
            for statement in connection.ops.sequence_reset_sql(
                no_style(), [model for model, *_ in kept.tables]
            ):
                cursor.execute(statement)
    return _copied(kept.cast)


def _copied(cast: Cast) -> Cast:
    """What a test changes on its people is not there for the next."""
    return Cast(*copy.deepcopy((cast.persons, cast.audiences, cast.accounts)))


def _rows() -> list[tuple[type[Model], str, list[tuple[Any, ...]]]]:
    """Every table that holds something, those that others point to first."""
    tables = []
    ordered = sort_dependencies([(config, None) for config in apps.get_app_configs()], allow_cycles=True)
    with connection.cursor() as cursor:
        for model in ordered:
            table = model._meta.db_table
            if table in _FILLED_BY_TRIGGERS or not model._meta.managed:
                continue
            fields = [field.column for field in model._meta.concrete_fields if field.column]
            names = ", ".join(f'"{name}"' for name in fields)
            cursor.execute(f'SELECT {names} FROM "{table}"')
            rows = cursor.fetchall()
            if rows:
                tables.append((model, f'INSERT INTO "{table}" ({names}) VALUES', rows))
    return tables


def _insert(cursor: Any, begin: str, rows: list[tuple[Any, ...]]) -> None:
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    step = max(1, _PARAMETERS_AT_ONCE // len(rows[0]))
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        cursor.execute(f"{begin} {', '.join([row] * len(some))}", [value for one in some for value in one])
