"""The demo company in a process of its own, and the pages that people see in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PHOTOGRAPHS = CHECKOUT / "photographs"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PASSWORD = "valves-and-seals-2026"
WIDTHS = (1400, 400)
SCHEMES = ("light", "dark")

GUESTS = {"stefan-bauer": "bauer-armaturen.example"}

# Who looks at what. "{thread}" and the like are found by looking at Home first.
PAGES: dict[str, dict[str, str]] = {
    "": {
        "sign-in": "/sign-in",
        "not-found": "/nowhere",
        "parts": "/_parts",
        "public-feed": "/feeds/feed",
        "offline": "/offline",
    },
    "philippe-arnaud": {"invitations": "/spaces/aerovia-valve-7/invitations"},
    "nadia-roux": {
        "home": "/",
        "space": "/spaces/valve-7",
        "partner-space": "/spaces/aerovia-valve-7",
        "message": "{thread}",
        "own-message": "{own}",
        "spaces": "/spaces",
        "spaces-door": "/spaces/bench-hours",
        "seats": "/spaces/valve-7/seats",
        "talks": "/talks",
        "texts": "/texts",
        "saved": "/saved",
        "rumours": "/rumours",
        "attention": "/attention",
        "followed": "/followed",
        "topic": "/topics/valve-7",
        "calendar": "/calendar",
        "faq": "/spaces/ask-engineering/faq",
        "records": "/spaces/valve-7/records",
        "poll": "{poll}",
        "announcement": "{announcement}",
        "reactions": "{reactions}",
        "boosts": "{boosts}",
        "questions": "/spaces/ask-engineering?show=answered",
        "waiting-none": "/approvals",
        "waiting-own": "/approvals?tab=own",
        "search": "/search",
        "search-found": "/search?q=seal",
        "search-nothing": "/search?q=zqnowhere",
        "people": "/people",
        "person": "/people/theo-mercier",
        "self": "/people/nadia-roux",
        "person-away": "/people/hanne-bakke",
        "person-guest": "/people/david-okafor",
        "profile": "/profile",
        "organisation": "/organisation",
        "teams": "/teams",
        "team": "/teams/norda-cut-over",
        "experts": "/experts?q=PTFE",
        "experts-nobody": "/experts?q=zqnowhere",
        "offline-home": "/offline/home",
        "apps": "/apps",
        "security": "/security",
        "tokens": "/tokens",
        "webhooks": "/webhooks",
        "channels": "/channels",
        "channel": "/channels/blog",
        "policy": "/policy",
        "pack": "/policy/standards",
        "version": "/policy/standards/1",
    },
    "julie-martin": {
        "desk": "/approvals",
        "desk-sheet": "{request}",
        "desk-answered": "/approvals?tab=answered",
        "told": "/approvals?tab=told",
        "channel-open": "/channels?open=wordpress",
        "channel-tended": "/channels/blog",
    },
    "anneke-kok": {
        "person-administered": "/people/nadia-roux",
        "access": "/access",
        "ndas": "/ndas",
        "replaced": "/e-mail-replaced?days=90",
    },
    "matthias-keller": {"policy-proposal": "/policy/standards/proposal"},
    "ingrid-solberg": {"archive": "/archive", "archive-entry": "{entry}", "supervisor-home": "/"},
    "stefan-bauer": {"guest-home": "/", "guest-people": "/people", "guest-person": "/people/ralf-dietrich"},
    "pavel-novak": {"stranger-home": "/"},
    "karin-steiner": {"deal": "/spaces/castings-2027/deal", "decisions": "/spaces/castings-2027/decisions"},
    "emma-lindqvist": {"newcomer": "/people/emma-lindqvist"},
}


def email(slug: str) -> str:
    return f"{slug.replace('-', '.')}@{GUESTS.get(slug, 'haldenvalve.example')}"


@dataclass
class House:
    """`lockgate demo`, running on ports of its own."""

    address: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, port: int) -> House:
        bare = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LOCKGATE", "DATABASE_URL", "DJANGO"))
        }
        words = ["demo", "--port", str(port), "--data", str(folder / "data")]
        log = (folder / "demo.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "lockgate.cli", *words],
            cwd=CHECKOUT,
            env=bare,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        house = cls(f"http://localhost:{port}", process)
        try:
            house._wait()
        except AssertionError as error:
            house.stop()
            raise AssertionError(f"{error}\n{(folder / 'demo.log').read_text('utf-8', 'replace')}") from None
        return house

    def _wait(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError("the demo ended before it was ready")
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.2)
        raise AssertionError("the demo was not ready within two minutes")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
