"""One real Chromium for all tests of a worker.

One only: Playwright keeps its event loop in the thread that started it, and refuses to start a second time there. Which
files share a worker is chance, so every browser test stands on this one fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# What must be quick is measured where it is said; a page that is looked at beside three other tests may take longer.
expect.set_options(timeout=20_000)
# Chromium's own calls home are refused here one by one, at length; none of them is part of a test.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The worker's browser. Open a context of your own in it, and close that."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing; install Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
