"""The tables of a test database on SQLite, migrated once and then copied.

Migrating takes six seconds a worker. What it made is kept under the hash of every source file of ours, so the first run
after any change migrates in earnest; so does CI, whose clone is fresh.
"""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import django
from django.core.management.commands import migrate
from django.db import connections

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "schema"


@cache
def kept_file() -> Path:
    """Where the tables of the present sources are, or would be."""
    seen = blake2b(f"{django.get_version()} {sqlite3.sqlite_version}".encode(), digest_size=12)
    for file in sorted((ROOT / "lockgate").rglob("*.py")):
        seen.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return KEPT / f"{seen.hexdigest()}.sqlite3"


def copy_instead_of_migrating() -> None:
    """From now on, migrating an empty SQLite database whole copies what is kept, or keeps what it made."""
    plain = migrate.Command.handle

    def handle(self: migrate.Command, *args: Any, **options: Any) -> None:
        at_work = connections[options["database"]]
        is_whole = at_work.vendor == "sqlite" and not options.get("app_label")
        at_work.ensure_connection()
        if not is_whole or at_work.introspection.table_names():
            plain(self, *args, **options)
            return
        if kept_file().exists():
            with sqlite3.connect(kept_file()) as kept:
                kept.backup(at_work.connection)
            kept.close()
            return
        plain(self, *args, **options)
        _keep(at_work.connection)

    migrate.Command.handle = handle


def _keep(made: sqlite3.Connection) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    former = [file for file in KEPT.glob("*.sqlite3") if file != kept_file()]
    fresh = KEPT / f"{os.getpid()}.fresh"
    with sqlite3.connect(fresh) as kept:
        made.backup(kept)
    kept.close()
    fresh.replace(kept_file())
    for file in former:
        file.unlink(missing_ok=True)
