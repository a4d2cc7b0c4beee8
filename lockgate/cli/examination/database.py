"""The database: whether it answers, can be trusted, has its tables, and goes by the same clock."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection

from lockgate.base import clock
from lockgate.cli.examination.observation import Observation, Seen, amiss, grave, well
from lockgate.cli.tables import applied, unapplied

CLOCK_SECONDS = 5.0
OLDEST_POSTGRESQL = 140_000


def database() -> Seen:
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SHOW server_version_num")
                number = int(cursor.fetchone()[0])
                if number < OLDEST_POSTGRESQL:
                    yield grave(
                        "database",
                        f"PostgreSQL is {number // 10_000}; 14 is the oldest that is known to work.",
                        "Upgrade it.",
                    )
                else:
                    yield well("database", f"PostgreSQL {number // 10_000} answers.")
                cursor.execute("SHOW fsync")
                if cursor.fetchone()[0] != "on":
                    yield amiss(
                        "database",
                        "fsync is off: a power cut can lose records.",
                        "Turn it on in postgresql.conf.",
                    )
                return
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            if mode != "wal":
                yield amiss(
                    "database",
                    f"SQLite's journal is {mode}, not WAL; readers and writers will wait for each other.",
                    "Put the file on a local disk.",
                )
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            if answer != "ok":
                yield grave(
                    "database",
                    f"SQLite says that the file is damaged: {answer}",
                    "Restore it from your backup.",
                )
            yield well("database", f"SQLite answers: {settings.DATABASES['default']['NAME']}")
            yield Observation(
                "database",
                "This is SQLite: good for a trial and a small company on one machine.",
                mend="For more, set DATABASE_URL=postgresql://…",
                is_advice=True,
            )
    except DatabaseError as error:
        yield grave(
            "database",
            "The database cannot be reached: " + " ".join(str(error).split())[:300],
            "Check that it runs, and DATABASE_URL (host, name, user, password).",
        )


def tables(may_migrate: bool) -> Seen:
    missing, unknown = unapplied(), applied()
    if not missing:
        yield well("tables", f"All {len(unknown)} migrations are applied.")
    elif not may_migrate:
        yield grave(
            "tables",
            f"{len(missing)} changes to the tables are not applied yet.",
            "Make a backup, then run: lockgate migrate (or start with --migrate).",
        )


def clocks() -> Seen:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - clock.now()).total_seconds())
    if apart > CLOCK_SECONDS:
        yield amiss(
            "clock", f"This machine's clock and the database's are {apart:.0f} s apart.", "Set both by NTP."
        )
