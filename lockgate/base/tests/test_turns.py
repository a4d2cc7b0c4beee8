"""Writers of one SQLite file pass each other the turn; a killed one gives it back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from lockgate.base.turns import turn

FORK = multiprocessing.get_context("fork")


def _count(file: str, times: int, threads: int) -> None:
    def work() -> None:
        connection = sqlite3.connect(file, isolation_level=None, timeout=0)
        for _ in range(times):
            with turn(file):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE counted SET number = number + 1")
                connection.execute("COMMIT")
        connection.close()

    crowd = [threading.Thread(target=work) for _ in range(threads)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()


def test_with_turns_nobody_ever_finds_the_file_locked(tmp_path: Path) -> None:
    """The connections wait for no lock (timeout 0): a single collision would be an error and a lost count."""
    file = str(tmp_path / "one.sqlite3")
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE counted (number INTEGER)")
    connection.execute("INSERT INTO counted VALUES (0)")
    crowd = [FORK.Process(target=_count, args=(file, 25, 2)) for _ in range(3)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
    assert [one.exitcode for one in crowd] == [0, 0, 0]
    assert connection.execute("SELECT number FROM counted").fetchone() == (150,)


def _hold(file: str, holds: Any) -> None:
    with turn(file):
        holds.set()
        time.sleep(60)


def test_whoever_is_killed_gives_the_turn_back(tmp_path: Path) -> None:
    file = str(tmp_path / "one.sqlite3")
    holds = FORK.Event()
    holder = FORK.Process(target=_hold, args=(file, holds))
    holder.start()
    assert holds.wait(10)
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    began = time.monotonic()
    with turn(file):
        assert time.monotonic() - began < 5
    holder.join(10)


def test_a_database_in_memory_needs_no_turn(tmp_path: Path) -> None:
    with turn("file:memorydb_default?mode=memory&cache=shared"):
        assert not list(tmp_path.iterdir())
