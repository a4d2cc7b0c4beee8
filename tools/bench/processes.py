"""Starting what is measured, and reading off /proc what it takes: processor time, PSS, RSS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.databases import ROOT, Database

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Served:
    """A running installation: its ports, and the processes by name ("web-1", "live", "work")."""

    port: int
    live_port: int
    supervisor: int
    lanes: dict[str, int] = field(default_factory=dict)
    database: int | None = None


@contextmanager
def serving(database: Database | None, *, processes: int = 2, threads: int = 4) -> Iterator[Served]:
    """The installation over ``database``; without one, the bare Django view on the same server."""
    command = [sys.executable, "-m", "tools.bench.serving", str(processes), str(threads)]
    command += [] if database else ["bare"]
    environment = database.environment() if database else os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert ran.stdout is not None
        words = ran.stdout.readline().split()
        if words[:1] != ["ready"]:
            raise RuntimeError("the installation did not start")
        lanes = {name: int(pid) for name, pid in (word.split("=") for word in words[3:])}
        if database is None:
            time.sleep(1.0)
        yield Served(
            int(words[1]), int(words[2]), ran.pid, lanes, database.server_pid() if database else None
        )
    finally:
        ran.send_signal(signal.SIGTERM)
        try:
            ran.wait(15)
        except subprocess.TimeoutExpired:
            ran.kill()
            ran.wait()


def family(pid: int) -> list[int]:
    """``pid`` and all that descends from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ = [], [pid]
    while open_:
        one = open_.pop()
        found.append(one)
        open_ += parents.get(one, [])
    return found


def processor_seconds(pid: int, *, with_family: bool = True) -> float:
    """User and system time so far, of those that have ended under it too."""
    total = 0
    for one in family(pid) if with_family else [pid]:
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
    return total / TICKS


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds by whom: pages, live, work, database."""

    by: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.by.values())

    def each(self, requests: int) -> dict[str, float]:
        """Milliseconds a request."""
        return {name: round(seconds * 1000 / max(1, requests), 3) for name, seconds in self.by.items()}


class Meter:
    """``meter = Meter(served)``, then the work, then ``meter.spent()``."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.before = self._now()

    def _now(self) -> dict[str, float]:
        by: dict[str, float] = {}
        for name, pid in self.served.lanes.items():
            kind = "pages" if name.startswith(("web", "bare")) else name
            by[kind] = by.get(kind, 0.0) + processor_seconds(pid)
        if self.served.database is not None:
            by["database"] = processor_seconds(self.served.database)
        return by

    def spent(self) -> Spent:
        return Spent({name: seconds - self.before[name] for name, seconds in self._now().items()})


def memory(pids: list[int]) -> dict[str, float]:
    """PSS and RSS in MB, summed: PSS counts what is shared once, RSS counts it for each."""
    sums = {"pss": 0.0, "rss": 0.0}
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, rest = line.partition(":")
            if name in {"Pss", "Rss"}:
                sums[name.lower()] += int(rest.split()[0]) / 1000
    return {name: round(value, 1) for name, value in sums.items()}
