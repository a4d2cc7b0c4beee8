"""Promises that a constraint cannot say, said as triggers on both databases.

A trigger is given as a name, a table, the verbs it guards, a condition (SQL over NEW and OLD that is true where the
change must be refused) and the sentence of the refusal. A later migration that remakes a table on SQLite loses
its triggers
and must raise them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps.registry import Apps
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
