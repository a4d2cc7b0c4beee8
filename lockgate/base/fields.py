"""The column that holds an id of base.ids."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField


class TimeIdField(BigIntegerField):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """A 63-bit id that sorts by time.

    SQLite keeps a table in the order of its key only where the key's type is called INTEGER; a BIGINT key is a second
    tree beside the table, to be written with each row and walked before each look-up.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer" if connection.vendor == "sqlite" else "bigint"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)
