"""Columns that are a table's key."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField


class RowKeyField(BigIntegerField):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """A 63-bit key given by us. A one-to-one key that points to it takes its type.

    SQLite keeps a table in the order of its key only where the key's type is called INTEGER; a BIGINT key is a second
    tree beside the table, to be written with each row and walked before each look-up.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer" if connection.vendor == "sqlite" else "bigint"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)


class TimeIdField(RowKeyField):
    """The key that base.ids gives: it sorts by time."""
