"""Promises that a constraint cannot say, said as triggers on both databases.

A trigger is given as a name, a table, the verbs it guards, a condition (SQL over NEW and OLD that is true where the
change must be refused) and the sentence of the refusal. A later migration that remakes a table on SQLite loses
its triggers
and must raise them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses ``verbs`` ("INSERT", "UPDATE", "DELETE") on ``table`` wherever ``condition`` holds for a row."""

    name: str
    table: str
    verbs: tuple[str, ...]
    condition: str
    sentence: str


def raise_guards(guards: Sequence[Guard]) -> RunPython:
    """The migration operation that puts the guards in place, and takes them away when it is undone."""

    def up(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for guard in guards:
            for statement in _statements(guard, editor.connection.vendor):
                editor.execute(statement, params=None)

    def down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for guard in guards:
            if editor.connection.vendor == "postgresql":
                editor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}", params=None)
                editor.execute(f"DROP FUNCTION IF EXISTS {guard.name}()", params=None)
                continue
            for verb in guard.verbs:
                editor.execute(f"DROP TRIGGER IF EXISTS {guard.name}_{verb.lower()}", params=None)

    return RunPython(up, down)


def _statements(guard: Guard, vendor: str) -> list[str]:
    if vendor == "postgresql":
        old = "OLD" if guard.verbs == ("DELETE",) else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {guard.condition} THEN RAISE EXCEPTION '{guard.sentence}'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {old}; END $$",
            f"CREATE TRIGGER {guard.name} BEFORE {' OR '.join(guard.verbs)} ON {guard.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
        ]
    return [
        f"CREATE TRIGGER {guard.name}_{verb.lower()} BEFORE {verb} ON {guard.table} WHEN {guard.condition}"
        f" BEGIN SELECT RAISE(ABORT, '{guard.sentence}'); END"
        for verb in guard.verbs
    ]


@dataclass(frozen=True, slots=True)
class Triggers:
    """Triggers that are written out for each database because a condition cannot say them: by name, on PostgreSQL with
    their table and with the functions that they call."""

    functions: Sequence[str]
    postgresql: Mapping[str, tuple[str, str]]
    sqlite: Mapping[str, str]

    def names(self, vendor: str) -> set[str]:
        """Those that must stand."""
        return set(self.postgresql) if vendor == "postgresql" else set(self.sqlite)

    def raising(self, vendor: str) -> list[str]:
        """The statements that put them up."""
        if vendor == "postgresql":
            return [*self.functions, *(statement for _, statement in self.postgresql.values())]
        return list(self.sqlite.values())

    def lowering(self, vendor: str) -> list[str]:
        """The statements that take them down: for undoing the migration, and for tests that empty their database."""
        if vendor == "postgresql":
            return [
                f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, (table, _) in self.postgresql.items()
            ]
        return [f"DROP TRIGGER IF EXISTS {name}" for name in self.sqlite]

    def missing(self, connection: BaseDatabaseWrapper) -> list[str]:
        """Those that should stand in this database and do not (or, on PostgreSQL, are switched off)."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
                )
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            standing = {str(row[0]) for row in cursor.fetchall()}
        return sorted(self.names(connection.vendor) - standing)
