"""Whether the tables are those that this version needs, asked without loading the migrations."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def named_by_this_version() -> set[tuple[str, str]]:
    """(app, migration) for every migration file of the installed applications."""
    from django.apps import apps

    found = set()
    for config in apps.get_app_configs():
        folder = Path(config.path) / "migrations"
        found |= {(config.label, file.stem) for file in folder.glob("[0-9]*.py")}
    return found


def applied() -> set[tuple[str, str]]:
    """(app, migration) for what the database has. Empty where there is no table of them yet."""
    from django.db import connection

    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return {(str(app), str(name)) for app, name in cursor.fetchall()}


def unapplied() -> set[tuple[str, str]]:
    return named_by_this_version() - applied()


def sqlite_is_current(file: Path) -> bool:
    """As ``not unapplied()``, for a SQLite file, without opening Django's connection (which no fork survives)."""
    if not file.is_file():
        return False
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as database:
        try:
            has = {(app, name) for app, name in database.execute("SELECT app, name FROM django_migrations")}
        except sqlite3.OperationalError:
            return False
        finally:
            database.rollback()
    database.close()
    return not (named_by_this_version() - has)


def migrate() -> None:
    """Bring the tables to this version."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
