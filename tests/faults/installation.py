"""One installation that is killed and started again, and people who go on using it meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.world import CHECKOUT, SLUG, environment
from tests.journeys.running import Visitor

HERE = Path(__file__).parent
SPACE = "space:everyone"
# Words that the demo's policy lets into a space at once and holds before they go outside.
HELD_OUTSIDE = "Our Valve 7 is ready."


def prepared(data: Path, channel_url: str, url: str = "") -> dict[str, Any]:
    """Tables, keys, people and the account, made in a process of its own."""
    data.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [sys.executable, str(HERE / "world.py"), channel_url],
        env=environment(data, url),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-4000:]
    told: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return told


@dataclass
class Installation:
    data: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = None
    kills: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = _free_ports()
        self.address = f"http://127.0.0.1:{self.ports[0]}"
        self.log = self.data.parent / "product.log"

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(HERE / "launch.py"), *map(str, self.ports)],
                env=environment(self.data, self.url),
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def pid(self, name: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return int((self.data / "pids" / name).read_text("utf-8"))
        return 0

    def kill(self, *names: str) -> None:
        """SIGKILL, to all of these in the same breath. One that is just being started again is missed."""
        for name in names:
            pid = self.pid(name)
            if pid and _is_ours(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills[name] = self.kills.get(name, 0) + 1

    def kill_all(self) -> None:
        """As when the power goes; then everything is started again."""
        self.kill("supervisor", "web", "live", "work")
        assert self.process is not None
        self.process.wait(10)
        self.start()

    def ready(self, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, http.client.HTTPException):
                if Visitor(self.address).ask("GET", "/healthz")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"it is not ready:\n{self.log.read_text('utf-8', 'replace')[-4000:]}")

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            env=environment(self.data, self.url),
            cwd=CHECKOUT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@dataclass
class Users:
    """An author who posts by the API, an approver who signs on the page, and an author who takes some back.

    They keep what was acknowledged: a 201 for a post, a redirect for a signature or a recall. Whatever else
    happens to a request (refused, reset, timed out) promises nothing, and they go on.
    """

    installation: Installation
    told: dict[str, Any]
    pause: float = 0.15
    messages: dict[str, str] = field(default_factory=dict)
    signed: list[int] = field(default_factory=list)
    recalls: list[int] = field(default_factory=list)
    unsure: int = 0
    answers: dict[int, int] = field(default_factory=dict)

    def __enter__(self) -> Users:
        self.done_posting, self.done = threading.Event(), threading.Event()
        self.passages: list[int] = []
        self.threads = [
            threading.Thread(target=self._go_on, args=(step, over), daemon=True)
            for step, over in (
                (self._post, self.done_posting),
                (self._sign, self.done),
                (self._take_back, self.done_posting),
            )
        ]
        self.author, self.approver = (
            Visitor(self.installation.address),
            Visitor(self.installation.address),
        )
        self.author.sign_in(self.told["author"], self.told["password"])
        self.approver.sign_in(self.told["approver"], self.told["password"])
        self.chance = random.Random(1)
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done_posting.set()
        self.done.set()
        for thread in self.threads:
            thread.join(30)

    def _go_on(self, step: Callable[[], None], over: threading.Event) -> None:
        while not over.is_set():
            try:
                step()
            except (OSError, http.client.HTTPException):
                self.unsure += 1
            over.wait(self.pause)

    def _post(self) -> None:
        body = f"# Test {len(self.messages)}-{self.unsure}\n\nThe seat ring holds after the long run."
        places = [SPACE]
        if self.chance.random() < 0.6:
            places.append(f"channel:{SLUG}")
            if self.chance.random() < 0.6:
                body += f" {HELD_OUTSIDE}"
        status, said = api(
            self.installation.address,
            self.told["token"],
            {"body": body, "marking": "public", "places": places},
        )
        self.answers[status] = self.answers.get(status, 0) + 1
        if status == 201:
            self.messages[said["id"]] = body
            self.passages += [int(one["id"]) for one in said["passages"] if one["place"] != SPACE]

    def _sign(self) -> None:
        status, page = self.approver.ask("GET", "/approvals")
        for number in dict.fromkeys(re.findall(r"/approvals/(\d+)", page)) if status == 200 else ():
            status, _text = self.approver.ask(
                "POST",
                f"/approvals/{number}/sign-off",
                {"word": "Good.", "csrfmiddlewaretoken": self.approver.cookies["lockgate_csrf"]},
            )
            if status == 302:
                self.signed.append(int(number))

    def _take_back(self) -> None:
        if len(self.passages) < 8 or self.chance.random() < 0.7:
            return
        passage = self.passages.pop(self.chance.randrange(len(self.passages) - 5))
        status, _text = self.author.ask(
            "POST",
            f"/passages/{passage}/recall",
            {"why": "A wrong figure.", "csrfmiddlewaretoken": self.author.cookies["lockgate_csrf"]},
        )
        if status == 302:
            self.recalls.append(passage)

    def acknowledged(self) -> dict[str, Any]:
        return {"messages": self.messages, "signed": self.signed, "recalls": self.recalls}


def api(address: str, token: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """POST /api/v1/messages as the token's person; (status, answer)."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    try:
        connection.request(
            "POST",
            "/api/v1/messages",
            json.dumps(said),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
        )
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, {"text": text.decode("utf-8", "replace")}


def comes_to_rest(installation: Installation, seconds: float = 90) -> None:
    """Until nothing is under way: deliveries, signatures asked for, entries without a place."""
    until = time.monotonic() + seconds
    rest = ""
    while time.monotonic() < until:
        asked = installation.run("-c", _REST)
        assert asked.returncode == 0, asked.stderr[-2000:]
        rest = asked.stdout.strip()
        if rest == "{}":
            return
        time.sleep(1)
    raise AssertionError(f"it does not come to rest: {rest}\n{installation.log}")


_REST = """
import json, django
django.setup()
from django.db import connection
from lockgate.publishing.models import Delivery
from lockgate.approvals.models import Request
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM archive_pending")
    pending = cursor.fetchone()[0]
left = {
    "deliveries": Delivery.objects.filter(due_at__isnull=False).count(),
    "read_backs": Delivery.objects.filter(state="live", read_back_due_at__isnull=False).count(),
    "requests": Request.objects.filter(sign_off__isnull=True, voiding__isnull=True).count(),
    "pending": pending,
}
print(json.dumps({name: number for name, number in left.items() if number}))
"""


def archive_verifies(installation: Installation, folder: Path) -> None:
    exported = installation.run("-m", "lockgate.cli", "archive", "export", str(folder))
    assert exported.returncode == 0, exported.stderr
    verified = installation.run("-m", "lockgate.cli", "archive", "verify", str(folder))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _is_ours(pid: int) -> bool:
    """Whether this process is one that we started: an id that was given to somebody else by now is let alone."""
    try:
        return b"launch.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
