"""The limit of every post: bare commits of a single row, synchronous FULL, by so many clients at once.

    python -m tools.bench.commits WHERE CLIENTS SECONDS     WHERE: a folder for SQLite, or a DATABASE_URL

Prints JSON: commits a second, p50 and p99 in ms. Each client is a process of its own with its own connection.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools.bench.load import percentile

ROW = "x" * 300


def main(where: str, clients: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="bare-", dir=where if where.startswith("/") else None) as folder:
        place = where if where.startswith("postgres") else str(Path(folder) / "bare.sqlite3")
        connection = _connected(place)
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, words TEXT)" if place[0] == "/" else
                           "CREATE TABLE bare (id bigserial PRIMARY KEY, words TEXT)")  # fmt: skip
        connection.close()
        context = multiprocessing.get_context("fork")
        ready, answers = context.Barrier(clients + 1), context.Queue()
        crowd = [
            context.Process(target=_commit, args=(place, seconds, ready, answers)) for _ in range(clients)
        ]
        for one in crowd:
            one.start()
        ready.wait()
        times = sorted(moment for _ in crowd for moment in answers.get())
        for one in crowd:
            one.join()
    print(
        json.dumps(
            {
                "a_second": len(times) / seconds,
                "p50_ms": percentile(times, 0.5) * 1000,
                "p99_ms": percentile(times, 0.99) * 1000,
            }
        )
    )


def _connected(place: str) -> Any:
    if place.startswith("postgres"):
        import psycopg

        return psycopg.connect(place, autocommit=True)
    connection = sqlite3.connect(place, isolation_level=None, timeout=20)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _commit(place: str, seconds: float, ready: Any, answers: Any) -> None:
    connection = _connected(place)
    insert = f"INSERT INTO bare (words) VALUES ('{ROW}')"
    times = []
    ready.wait()
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        if place.startswith("postgres"):
            connection.execute(insert, prepare=True)
        else:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(insert)
            connection.execute("COMMIT")
        times.append(time.perf_counter() - began)
    answers.put(times)
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
