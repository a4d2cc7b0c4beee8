"""One run of the benchmark, and what all measurements share."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench import visitors
from tools.bench.databases import ROOT, Database
from tools.bench.processes import Served

CLIENTS = 16
LARGE = {"sqlite": 200_000, "postgresql": 2_500_000}
"""Messages of the large company."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One run: how long each thing is watched, and how much of it there is."""

    seconds: float
    messages: int
    protected: int
    entries: int
    held: int
    idle: int
    directory: int

    @classmethod
    def of(cls, *, quick: bool) -> Sitting:
        if quick:
            return cls(
                seconds=3,
                messages=100_000,
                protected=1_000_000,
                entries=100_000,
                held=500,
                idle=1_000,
                directory=1_000,
            )
        return cls(
            seconds=10,
            messages=100_000,
            protected=1_000_000,
            entries=1_000_000,
            held=1_000,
            idle=10_000,
            directory=10_000,
        )


def crowd_of(served: Served, count: int) -> list[visitors.Visitor]:
    return [visitors.sign_in(served.port, 7 * number + 1) for number in range(count)]


def bare_commits(database: Database, folder: Path, clients: int, seconds: float) -> dict[str, float]:
    where = database.variables.get("DATABASE_URL") or str(folder)
    said = subprocess.run(
        [sys.executable, "-m", "tools.bench.commits", where, str(clients), str(seconds)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    result: dict[str, float] = json.loads(said.stdout)
    return result


def values(result: dict[str, Any]) -> dict[str, float]:
    return {name: result[name] for name in ("a_second", "p50_ms", "p99_ms")}


def trouble(result: dict[str, Any]) -> list[str]:
    return [f"answers that were not 200: {result['refused']}"] if "refused" in result else []
