"""A real Chromium in front of the real demo. A page that complains on its console has failed."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.house import PASSWORD, House, email


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = House.start(tmp_path_factory.mktemp("house"), port)
    yield running
    running.stop()


@dataclass
class Visits:
    """Opens pages as people, and keeps what their consoles said."""

    house: House
    chromium: Browser
    signed_in: dict[str, Any]
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def visit(
        self,
        slug: str = "",
        *,
        width: int = 1400,
        height: int = 900,
        scheme: str = "light",
        script: bool = True,
        expect_complaints: bool = False,
        state: Any = None,
    ) -> Iterator[Page]:
        """A fresh browser window of this person's ("" = nobody), gone afterwards."""
        is_phone = width < 500
        context = self.chromium.new_context(
            base_url=self.house.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
            java_script_enabled=script,
            has_touch=is_phone,
            is_mobile=is_phone,
            locale="en-GB",
            timezone_id="Europe/Paris",
            storage_state=state or (self.state_of(slug) if slug else None),
        )
        page = context.new_page()
        if not expect_complaints:
            page.on("console", self._heard)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
        try:
            yield page
        finally:
            context.close()

    def state_of(self, slug: str) -> Any:
        if slug not in self.signed_in:
            context = self.chromium.new_context(base_url=self.house.address)
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("#email", email(slug))
            page.fill("#password", PASSWORD)
            page.click("button.primary")
            page.wait_for_url(lambda url: not url.endswith("/sign-in"))
            self.signed_in[slug] = context.storage_state()
            context.close()
        return self.signed_in[slug]

    def _heard(self, message: ConsoleMessage) -> None:
        # A refusal is an answer; Chromium notes each on the console.
        if message.type == "error" and not re.search("status of 4[0-9]{2} ", message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture(scope="session")
def _signed_in() -> dict[str, Any]:
    return {}


@pytest.fixture
def visits(house: House, chromium: Browser, _signed_in: dict[str, Any]) -> Iterator[Visits]:
    kept = Visits(house, chromium, _signed_in)
    yield kept
    assert not kept.complaints, "\n".join(kept.complaints)
