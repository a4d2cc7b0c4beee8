"""Starting the product's own processes, and speaking HTTP to them with nothing but the standard library."""

from __future__ import annotations

import http.client
import http.cookies
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

CHECKOUT = Path(__file__).resolve().parents[2]
PASSWORD = "valves-and-seals-2026"
DRAGGING = 3 if os.environ.get("CI") else 2
"""How much slower than a quiet machine this one may be before a time limit is a failure."""


def command(
    *words: str, env: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``lockgate WORDS`` in an environment with nothing of this shell's settings in it."""
    return subprocess.run(
        [sys.executable, "-m", "lockgate.cli", *words],
        cwd=CHECKOUT,
        env={**bare(), **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def bare() -> dict[str, str]:
    ours = ("LOCKGATE", "DATABASE_URL", "DJANGO")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@dataclass
class Running:
    """A started `lockgate demo` or `serve`, with all that it has said."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @classmethod
    def start(
        cls,
        *words: str,
        env: dict[str, str] | None = None,
        program: str = "",
        folder: Path = CHECKOUT,
        inherits: bool = True,
    ) -> Running:
        process = subprocess.Popen(
            [*([program] if program else [sys.executable, "-m", "lockgate.cli"]), *words],
            cwd=folder,
            env={**(bare() if inherits else {}), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running = cls(process)
        threading.Thread(target=running._listen, daemon=True).start()
        return running

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(iter(self.process.stdout.readline, ""))

    @property
    def text(self) -> str:
        return "".join(self.said)

    def ready(self) -> str:
        """Waits for the line that says so; answers the address of the pages."""
        wait_for("ready", lambda: "Ready" in self.text or self.process.poll() is not None, 120)
        found = re.search(r"http://[\w.\[\]:]+", self.text[self.text.find("Ready") :])
        assert "Ready" in self.text, self.text
        assert found, self.text
        return found[0]

    def children(self) -> dict[int, str]:
        """{pid: how it was started} of the processes under the supervisor."""
        found = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return {int(line.split()[0]): line.strip() for line in found.stdout.splitlines()}

    def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Ends it, and answers how many seconds that took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(15)
        return time.monotonic() - began


def wait_for(what: str, holds: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


class Visitor:
    """Somebody with cookies."""

    def __init__(self, address: str) -> None:
        self.host, _, port = address.removeprefix("http://").partition(":")
        self.port = int(port)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        headers = {"Cookie": self._cookie()}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, text

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.ask("GET", "/sign-in")
        form = {"email": email, "password": password, "csrfmiddlewaretoken": self.cookies["lockgate_csrf"]}
        status, text = self.ask("POST", "/sign-in", form)
        assert status in (302, 303), text[:2000]

    def sign_out(self) -> None:
        status, _ = self.ask("POST", "/sign-out", {"csrfmiddlewaretoken": self.cookies["lockgate_csrf"]})
        assert status in (302, 303)

    def listen(self, live: str, **headers: str) -> Stream:
        return Stream(live, {"Cookie": self._cookie(), **headers})

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)


class Stream:
    """An open event stream, read in a thread."""

    def __init__(self, live: str, headers: dict[str, str]) -> None:
        host, _, rest = live.removeprefix("http://").partition(":")
        port, _, path = rest.partition("/")
        self.connection = http.client.HTTPConnection(host, int(port), timeout=60)
        self.connection.request("GET", f"/{path}", headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.lines: list[str] = []
        self.is_over = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self.answer:
                self.lines.append(line.decode("utf-8").rstrip("\n"))
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            # Closed under the reader: http.client says so in several ways.
            pass
        self.is_over = True

    @property
    def said(self) -> list[str]:
        """What was told, line by line. Comments keep the line open and come to each stream at its own second."""
        return [line for line in self.lines if line and not line.startswith(":")]

    @property
    def events(self) -> list[str]:
        return [line.removeprefix("data: ") for line in self.lines if line.startswith("data: ")]

    @property
    def last_id(self) -> str:
        return [line.removeprefix("id: ") for line in self.lines if line.startswith("id: ")][-1]

    def close(self) -> None:
        self.connection.close()
