"""A throw-away PostgreSQL server: its own folder, its own private socket, no TCP port, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

BINARIES = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
)
USER = "postgres"


def can_run_postgres() -> str:
    """Why no server can be started here; empty where one can."""
    if _binary("initdb") is None:
        return "PostgreSQL's server is not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and not _has_user():
        return "PostgreSQL will not run as root, and there is no user postgres"
    return ""


class Postgres:
    """``with Postgres() as server: server.url("name")`` — the database is made when first asked for."""

    def __init__(self, *, durable: bool = False, settings: str = "-c shared_buffers=256MB") -> None:
        self.durable = durable
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="lockgate-pg-", dir="/tmp"))
        self.made: set[str] = set()

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(self.folder / "data"),
            "-A",
            "trust",
            "-U",
            USER,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        self._start()
        return self

    def _start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=200"
        options += f" {self.settings}"
        if not self.durable:
            options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str = USER) -> str:
        """DATABASE_URL for the database ``name``, which is made if it is not there."""
        if name != USER and name not in self.made:
            self.sql(f'CREATE DATABASE "{name}"')
            self.made.add(name)
        return f"postgresql://{USER}@/{name}?host={quote(str(self.folder))}"

    def sql(self, statement: str, database: str = USER) -> str:
        """Run a statement with psql; answers what it prints, unaligned."""
        ran = self._run("psql", "-h", str(self.folder), "-U", USER, "-d", database, "-qAtc", statement)
        return ran.stdout.strip()

    def _run(self, name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(_binary(name) or name), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        # Files, not pipes: the server inherits them and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as out:
            began = time.monotonic()
            ran = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                timeout=120,
            )
            out.seek(0)
            said = out.read()
        if check and ran.returncode:
            raise RuntimeError(f"{name} failed after {time.monotonic() - began:.1f} s: {said[-2000:]}")
        return subprocess.CompletedProcess(command, ran.returncode, said, "")


def _binary(name: str) -> Path | None:
    for folder in BINARIES:
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def _has_user() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True
