"""What is committed leaves SQLite's log for its file, and the log begins anew even where somebody always writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from lockgate.base import wal
from lockgate.base.environment import Environment


@pytest.fixture
def on_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any) -> Iterator[Any]:
    """A connection as the product opens one, to a file of its own."""
    entry = Environment({}, {}).database(tmp_path / "one.sqlite3")
    entry = connections.configure_settings({"default": entry})["default"]
    monkeypatch.setitem(connections.settings, "default", entry)
    made = connections.create_connection("default")
    monkeypatch.setattr(wal, "connection", made)
    with django_db_blocker.unblock():
        made.ensure_connection()
        yield made
        made.close()


def fill(connection: Any, rows: int) -> None:
    connection.connection.execute("CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, word BLOB)")
    connection.connection.execute("BEGIN IMMEDIATE")
    connection.connection.executemany("INSERT INTO words (word) VALUES (?)", [(b"w" * 3900,)] * rows)
    connection.connection.execute("COMMIT")


def test_a_commit_leaves_the_log_alone_and_the_step_carries_it_over(on_file: Any, tmp_path: Path) -> None:
    fill(on_file, 3_000)
    size = (tmp_path / "one.sqlite3").stat().st_size
    assert size < 1_000_000, "SQLite carried over by itself"
    assert wal.carry_over()
    assert (tmp_path / "one.sqlite3").stat().st_size > 3_000 * 3_900


def test_a_log_that_never_ends_begins_anew(
    on_file: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "FRAMES_UNATTENDED", 100)
    fill(on_file, 500)
    log = tmp_path / "one.sqlite3-wal"
    wal.carry_over()
    before = log.stat().st_size
    fill(on_file, 100)
    assert log.stat().st_size == before, "the log went on instead of beginning anew"


def test_a_reader_of_old_pages_holds_up_nobody_for_long(
    on_file: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "FRAMES_UNATTENDED", 100)
    fill(on_file, 50)
    reader = sqlite3.connect(tmp_path / "one.sqlite3", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM words").fetchone() == (50,)
    fill(on_file, 500)
    assert wal.carry_over()
    assert reader.execute("SELECT count(*) FROM words").fetchone() == (50,)
    reader.close()
    assert on_file.connection.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
