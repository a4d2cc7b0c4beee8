"""`lockgate demo`: how soon it answers, and what it takes at rest."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tools.bench.databases import ROOT, Database
from tools.bench.figures import Figure, at_most
from tools.bench.processes import family, memory
from tools.bench.sitting import Sitting


def start(sitting: Sitting) -> list[Figure]:  # noqa: ARG001  (one shape for all)
    """`lockgate demo`: from the command to /healthz 200, first and second time; memory of all its processes at rest."""
    folder = Path(tempfile.mkdtemp(prefix="lockgate-bench-demo-"))
    try:
        first, _ = _demo(folder, rest=0)
        times = []
        rest: dict[str, float] = {}
        for _ in range(3):
            took, rest = _demo(folder, rest=3)
            times.append(took)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    second = sorted(times)[1]
    return [
        Figure(
            "lockgate demo: start to /healthz 200, and memory at rest",
            "SQLite",
            {"first_s": first, "then_s": second, "pss_mb": rest["pss"], "rss_mb": rest["rss"]},
            "python -c 'import django'",
            {"took_s": _import_seconds()},
            goals=[at_most("1.5 s", second, 1.5), at_most("180 MB", rest["pss"], 180)],
            notes=[
                "the first start makes the tables and loads the company; memory as PSS, which counts shared pages once"
            ],
        )
    ]


def _demo(folder: Path, *, rest: float) -> tuple[float, dict[str, float]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = Database("SQLite", folder).environment()
    for name in ("LOCKGATE_DATA", "LOCKGATE_SECRET_KEY", "LOCKGATE_DEMO"):
        environment.pop(name)
    began = time.monotonic()
    ran = subprocess.Popen(
        [sys.executable, "-m", "lockgate.cli", "demo", "--port", str(port), "--data", str(folder)],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _is_ready(port):
            if ran.poll() is not None:
                raise RuntimeError("lockgate demo did not start")
            time.sleep(0.01)
        took = time.monotonic() - began
        time.sleep(rest)
        return took, memory(family(ran.pid))
    finally:
        ran.terminate()
        ran.wait(20)


def _is_ready(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as door:
        door.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in door.recv(64)
    return False


def _import_seconds() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import django"], check=True)
    return time.monotonic() - began
