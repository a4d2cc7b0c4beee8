"""Databases that several threads and connections can share, for tests of what happens at once.

Django's test database lives in one connection's transaction; two approvers, or two workers, need two. Each test gets a
copy of a migrated database: a SQLite file, or a PostgreSQL database made from a template.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.core.management import call_command
from django.db import connections

from lockgate.base.environment import Environment
from lockgate.base.transactions import is_postgresql

T = TypeVar("T")


@contextmanager
def standing_on(url: str) -> Iterator[None]:
    """Every connection opened within, in any thread, is to ``url``."""
    before, held = connections.settings["default"], connections["default"]
    entry = Environment({"DATABASE_URL": url}, {}).database(Path("unused"))
    entry = connections.configure_settings({"default": entry})["default"]
    connections.settings["default"] = entry
    del connections["default"]
    is_postgresql.cache_clear()
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = held
        is_postgresql.cache_clear()


def migrated(url: str) -> None:
    with standing_on(url):
        call_command("migrate", verbosity=0)
        if connections["default"].vendor == "sqlite":
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copied_file(template: Path, folder: Path) -> str:
    file = folder / "copy.sqlite3"
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """Run the calls in as many threads, let go together; answers what each returned or raised, in order."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], T]) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait(timeout=10)
            results[place] = call()
        except BaseException as error:
            results[place] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
