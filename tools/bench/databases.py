"""Where the measured company lives: a SQLite file, and a PostgreSQL 15 server of our own that really flushes.

Both are filled once and kept in the machine's folder for temporary files, under a name made from the migrations
and the generator, so that a second run starts at once. Each run works on a copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.dev.postgres import Postgres, can_run_postgres

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "-c shared_buffers=256MB"
# What somebody would set who keeps 2.5 million posts: still little of a machine with 8 GB.
LARGE_SETTINGS = (
    "-c shared_buffers=1GB -c effective_cache_size=4GB -c max_wal_size=2GB -c random_page_cost=1.1 -c jit=off"
)


@dataclass
class Database:
    """One filled database and how to reach it. ``folder`` is the data folder of the run (keys, sockets)."""

    name: str
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    server: Postgres | None = None

    @property
    def is_postgresql(self) -> bool:
        return self.server is not None

    def environment(self) -> dict[str, str]:
        """What a process of this installation is started with."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "lockgate.settings",
            "LOCKGATE_DATA": str(self.folder),
            "LOCKGATE_SECRET_KEY": "only-for-measuring-" + "x" * 40,
            "LOCKGATE_DEMO": "yes",
            "PYTHONPATH": str(ROOT),
            **self.variables,
        }

    def server_pid(self) -> int | None:
        """The PostgreSQL server's first process; None for SQLite, whose work is done in ours."""
        if self.server is None:
            return None
        return int((self.server.folder / "data" / "postmaster.pid").read_text().split()[0])


class KeptPostgres(Postgres):
    """A server whose folder outlives it."""

    def __init__(self, folder: Path, settings: str) -> None:
        super().__init__(durable=True, settings=settings)
        shutil.rmtree(self.folder)
        self.folder = folder

    def __enter__(self) -> KeptPostgres:
        if not (self.folder / "data" / "PG_VERSION").exists():
            self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            return super().__enter__()
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop", check=False)


def digest(*more: str) -> str:
    """Changes with the tables, with the generator, and with ``more``."""
    hashed = hashlib.sha256()
    for file in sorted([*ROOT.glob("lockgate/*/migrations/*.py"), *ROOT.glob("lockgate/archive/guards.py")]):
        hashed.update(file.read_bytes())
    for name in (
        "company.py", "history.py", "indexed.py", "rooms.py", "words.py", "protected.py", "pouring.py"
    ):  # fmt: skip
        hashed.update((ROOT / "tools" / "bench" / name).read_bytes())
    hashed.update(" ".join(more).encode())
    return hashed.hexdigest()[:12]


def kept_folder() -> Path:
    """Made for everybody to pass through, because the PostgreSQL server runs as a user of its own."""
    folder = Path(tempfile.gettempdir()) / f"lockgate-bench-{os.geteuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    return folder


@contextmanager
def filled(kind: str, *what: str) -> Iterator[Database]:
    """A database of ``kind`` ("sqlite", "postgresql"), fresh for this run, filled with ``what``: a job of
    tools.bench.inside and its arguments, such as "company", "100000".

    A "large" one on PostgreSQL is not copied but used as it lies, since a copy takes as much disk again: what a run
    posts stays in it.
    """
    kept = kept_folder() / f"{kind}-{what[0]}-{digest(*what)}"
    _drop_outdated(kept)
    if kept.exists():
        os.utime(kept)
    with tempfile.TemporaryDirectory(prefix="lockgate-bench-run-") as made:
        folder = Path(made)
        if kind == "sqlite":
            yield _sqlite(kept, folder, what)
            return
        if why := can_run_postgres():
            raise RuntimeError(why)
        with KeptPostgres(kept, LARGE_SETTINGS if what[0] == "large" else SETTINGS) as server:
            yield _postgresql(kept, server, folder, what)


def _drop_outdated(kept: Path) -> None:
    """Databases of earlier tables or generators, unless they were used within a day."""
    for other in kept.parent.glob(f"{kept.name.rsplit('-', 1)[0]}-*"):
        if other != kept and other.stat().st_mtime < time.time() - 24 * 3600:
            shutil.rmtree(other, ignore_errors=True)


def _sqlite(kept: Path, folder: Path, what: tuple[str, ...]) -> Database:
    database = Database("SQLite", folder)
    if not (kept / "whole").exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        _fill(Database("SQLite", kept), what)
        (kept / "whole").touch()
    for name in ("lockgate.sqlite3", "keys"):
        source = kept / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.exists():
            shutil.copyfile(source, folder / name)
    return database


def _postgresql(kept: Path, server: KeptPostgres, folder: Path, what: tuple[str, ...]) -> Database:
    names = server.sql("SELECT datname FROM pg_database").split()
    keys = kept / "bench-keys"
    if not (kept / "whole").exists():
        if "measured" in names:
            server.sql("DROP DATABASE measured")
        keys.mkdir(exist_ok=True)
        master = Database("PostgreSQL", keys, {"DATABASE_URL": server.url("measured")}, server)
        _fill(master, what)
        (kept / "whole").touch()
    if what[0] == "large":
        server.made.add("measured")
        if (keys / "keys").exists():
            shutil.copytree(keys / "keys", folder / "keys")
        return Database("PostgreSQL", folder, {"DATABASE_URL": server.url("measured")}, server)
    for stale in (name for name in names if name.startswith("run_")):
        server.sql(f"DROP DATABASE {stale} WITH (FORCE)")
    run = f"run_{os.getpid()}_{time.time_ns() % 10**6}"
    server.sql(f"CREATE DATABASE {run} TEMPLATE measured")
    server.made.add(run)
    if (keys / "keys").exists():
        shutil.copytree(keys / "keys", folder / "keys")
    return Database("PostgreSQL", folder, {"DATABASE_URL": server.url(run)}, server)


def _fill(database: Database, what: tuple[str, ...]) -> None:
    print(f"Filling {database.name} with {' '.join(what)} (once).", flush=True)
    began = time.monotonic()
    inside(database, "fill", *what, timeout=2 * 3600)
    print(f"  took {time.monotonic() - began:.0f} s", flush=True)


def kept_log(entries: int) -> Path:
    """An exported log of ``entries`` entries, written once and kept."""
    name = "log-" + hashlib.sha256((ROOT / "tools" / "bench" / "log.py").read_bytes()).hexdigest()[:12]
    kept = kept_folder() / f"{name}-{entries}"
    if not (kept / "checkpoint").exists():
        print(f"Writing an exported log of {entries:,} entries (once).", flush=True)
        shutil.rmtree(kept, ignore_errors=True)
        part = kept.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            inside(Database("no database", Path(folder)), "log", str(part), str(entries))
        part.replace(kept)
    return kept


def inside(database: Database, *arguments: str, timeout: float = 600) -> str:
    """Run one job of tools.bench.inside in a process of this installation; answers what it printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "tools.bench.inside", *arguments],
        env=database.environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed on {database.name}: {ran.stdout[-2000:]}")
    return ran.stdout
