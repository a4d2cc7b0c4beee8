"""The whole product as its users have it: its own processes, its own data folder, a real browser."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from lockgate.demo.loader import PASSWORD

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Product:
    """A running Lockgate with the demo company in it."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log: Path

    def lockgate(self, *words: str, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a lockgate command on this product's data."""
        done = subprocess.run(
            [sys.executable, "-m", "lockgate.cli", *words],
            cwd=CHECKOUT,
            env=environment(self.data),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(
                f"lockgate {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)


def environment(data: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return {
        **inherited,
        "LOCKGATE_DATA": str(data),
        "LOCKGATE_DEMO": "yes",
        "LOCKGATE_OUTGOING_ALLOW": "127.0.0.1",
        "PYTHONPATH": str(CHECKOUT),
    }


def start(data: Path) -> Product:
    """`lockgate demo` on a free port; answers once /healthz says that all is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = data.parent / "product.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "lockgate.cli", "demo", "--port", str(port), "--data", str(data)],
            cwd=CHECKOUT,
            env=environment(data),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    product = Product(f"http://127.0.0.1:{port}", data, process, log)
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with (
            contextlib.suppress(OSError, urllib.error.URLError),
            urllib.request.urlopen(f"{product.url}/healthz", timeout=2) as answer,
        ):
            if answer.status == 200:
                return product
        time.sleep(0.2)
    product.end()
    raise AssertionError(f"the product did not start:\n{log.read_text('utf-8', 'replace')}")


def signed_in(browser: Browser, product: Product, email: str, **how: Any) -> Page:
    """A page of a new browser context in which this person has signed in."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}, **how).new_page()
    page.goto(f"{product.url}/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url(f"{product.url}/")
    return page


def until(what: str, seconds: float, question: Any) -> Any:
    """Ask ``question`` until it answers something true; fail with ``what`` after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")
