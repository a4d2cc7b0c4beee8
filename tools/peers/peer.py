"""What all peers share: free ports, processes that end together, waits that end, installs that are kept."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
KEPT = Path(os.environ.get("LOCKGATE_PEERS", CHECKOUT / ".peers"))


class PeerMissing(Exception):
    """The server cannot be installed or started here; the sentence says which command to run."""


@dataclass
class Peer:
    """A running server. ``url`` is its address; ``account`` is what a connector needs to speak to it."""

    name: str
    url: str
    account: Mapping[str, str]
    version: str
    folder: Path
    seconds: float
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)

    def stop(self) -> None:
        """Ends its processes, last started first, each with all that it started."""
        for process in reversed(self.processes):
            end(process)
        self.processes.clear()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_about: object) -> None:
        self.stop()

    def facts(self) -> str:
        """The peer as one JSON object, for other programs."""
        told = {
            "name": self.name,
            "url": self.url,
            "account": dict(self.account),
            "version": self.version,
            "folder": str(self.folder),
            "pids": [process.pid for process in self.processes],
            "seconds_to_start": round(self.seconds, 2),
        }
        return json.dumps(told)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _dies_with_parent() -> None:
    # Should the tests be killed outright, their servers go too (Linux: PR_SET_PDEATHSIG).
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def begin(
    command: list[str], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Starts ``command`` in a process group of its own; what it prints goes to ``log``."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_dies_with_parent,
        )


def end(process: subprocess.Popen[bytes], patience: float = 8.0) -> None:
    """Ends the process group of ``process``: asks first, insists after ``patience`` seconds."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(patience)
            break
        except subprocess.TimeoutExpired:
            continue
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # what the leader left behind


def answers(url: str) -> bool:
    """Whether ``url`` answers with anything at all below 500."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            return bool(response.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def wait_for(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, what: str, log: Path, seconds: float = 60
) -> None:
    """Waits until ``ready``. Raises with the end of the log if the process ends or the time runs out."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        if ready():
            return
        time.sleep(0.05)
    raise RuntimeError(f"{what} was not ready in {seconds:.0f} s:\n{log.read_text(errors='replace')[-2000:]}")


def run(
    command: list[str], *, what: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Runs ``command`` to its end and answers what it printed. Raises PeerMissing with its last words."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=None if env is None else {**os.environ, **env},
        cwd=cwd,
        check=False,
    )
    if done.returncode:
        raise PeerMissing(f"{what} failed: {(done.stderr or done.stdout).strip()[-800:]}")
    return done.stdout


@contextlib.contextmanager
def alone(name: str) -> Iterator[Path]:
    """The kept folder ``name`` under a lock, so that two test workers don't install at once."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield KEPT / name
