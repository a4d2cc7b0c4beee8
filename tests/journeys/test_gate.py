"""The main job, whole and real: one message from a draft to a private space, to WordPress and to Bluesky.

Written in Chromium by its author, held by the ruling, signed by the approver, read back from the servers' own
APIs, hidden from
the stranger and from the guest who was cleared, and proven with tools that are not ours.
"""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.product import Product, signed_in, start, until
from tools.peers.peer import Peer

pytestmark = [pytest.mark.browser, pytest.mark.peers, pytest.mark.go, pytest.mark.xdist_group("peers")]

AUTHOR = "nadia.roux@haldenvalve.example"
COLLEAGUE = "theo.mercier@haldenvalve.example"
APPROVER = "julie.martin@haldenvalve.example"
STRANGER = "pavel.novak@haldenvalve.example"
CLEARED = "lars.eklund@nordvik-stal.example"
CANARY = "ten thousand cycles and not one bubble"
WORDS = f"Valve 7 sealed last night: {CANARY}. Two years of work by the Toulouse bench. Proud day."


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start(tmp_path_factory.mktemp("gate") / "data")
    yield running
    running.end()


def open_account(page: Page, product: Product, kind: str, name: str, peer: Peer) -> None:
    page.goto(f"{product.url}/channels?open={kind}#open")
    page.fill("#name", name)
    for field, value in peer.account.items():
        box = page.locator(f"[name='field-{field}']")
        if box.count():
            box.fill(value)
    page.select_option("#desk", "communications")
    page.click("#open button.primary")
    expect(page.get_by_role("link", name=name).first).to_be_visible()


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.loads(answer.read())


def test_from_a_draft_to_a_space_and_two_channels(
    product: Product, chromium: Browser, wordpress_server: Peer, bluesky_server: Peer, tmp_path: Path
) -> None:
    approver = signed_in(chromium, product, APPROVER)
    open_account(approver, product, "wordpress", "Halden stories", wordpress_server)
    open_account(approver, product, "bluesky", "Halden on Bluesky", bluesky_server)

    colleague = signed_in(chromium, product, COLLEAGUE)
    colleague.goto(f"{product.url}/spaces/valve-7")

    # The author writes once and sees, while typing, what the gate says and who will hear it.
    author = signed_in(chromium, product, AUTHOR)
    author.get_by_role("button", name="Add place").click()
    for place in ("R&D · Valve 7", "Halden stories", "Halden on Bluesky"):
        author.locator("#places label", has_text=place).locator("input").check()
    author.keyboard.press("Escape")
    author.select_option("#write select[name=marking]", "0")
    author.locator("#write textarea[name=body]").fill(WORDS)
    expect(author.locator("#write [data-findings]")).to_contain_text("Valve 7")
    expect(author.locator("#write [data-who]")).to_contain_text(re.compile(r"\d+ "))
    send = author.get_by_role("button", name="Send for approval")
    expect(send).to_be_enabled()
    send.click()

    # Inside it is heard at once, without a reload; outside it waits.
    expect(colleague.locator("[data-feed]").get_by_text(CANARY)).to_be_visible(timeout=10_000)
    assert fetch(f"{wordpress_server.url}/wp-json/wp/v2/posts?search=cycles") == []

    # Before it is public, the stranger and the cleared guest find nothing of it by any road.
    href = (
        author.locator("[data-feed] article", has_text=CANARY)
        .first.locator("a[href^='/messages/']")
        .first.get_attribute("href")
    )
    assert href is not None
    address = href.split("#")[0]
    for nobody in (STRANGER, CLEARED):
        assert finds(chromium, product, nobody, address, CANARY) == []
        assert looks_missing(chromium, product, nobody, address)

    # The approver signs for both channels.
    for _ in range(2):
        approver.goto(f"{product.url}/approvals")
        approver.locator(".queue li", has_text="Valve 7 sealed last night").first.get_by_role("link").click()
        approver.fill("#word", "Checked with the bench: the number is released.")
        approver.get_by_role("button", name="Approve").click()
        expect(approver.locator("main")).to_be_visible()

    # It stands on the real servers, read through their own APIs.
    post = until(
        "the post on WordPress",
        60,
        lambda: next(iter(fetch(f"{wordpress_server.url}/wp-json/wp/v2/posts?search=cycles")), None),
    )
    assert CANARY in post["content"]["rendered"]
    did = fetch(
        f"{bluesky_server.url}/xrpc/com.atproto.identity.resolveHandle?handle={bluesky_server.account['handle']}"
    )["did"]
    listed = (
        f"{bluesky_server.url}/xrpc/com.atproto.repo.listRecords?repo={did}&collection=app.bsky.feed.post"
    )
    record = until("the post on Bluesky", 60, lambda: next(iter(fetch(listed)["records"]), None))
    assert record["value"]["text"] == WORDS
    assert len(fetch(listed)["records"]) == 1

    # The author's page shows where it stands, that it was read back, and its trail with proofs.
    until(
        "both channels read back",
        60,
        lambda: (
            author.goto(f"{product.url}{address}") and author.get_by_text("it is what was sent").count() == 2
        ),
    )
    with author.expect_download() as downloaded:
        author.locator("ol.trail a").first.click()
    proof = Path(downloaded.value.path()).read_text("utf-8")
    assert proof.startswith("c2sp.org/tlog-proof@v1")

    # Once it is public, an employee reads what is public, and still nothing of the room; the cleared guest
    # finds nothing.
    assert finds(chromium, product, CLEARED, address, CANARY) == []
    assert finds(chromium, product, STRANGER, address, "R&amp;D · Valve 7") == []
    assert address in finds(chromium, product, STRANGER, address, CANARY)

    # The whole archive is checked with Go's sumdb and with ours, from the exported files alone.
    folder = tmp_path / "archive"
    product.lockgate("archive", "export", str(folder))
    product.lockgate("archive", "verify", str(folder))
    verify = Path(__file__).resolve().parents[2] / "tools" / "verify" / "verify"
    key = next((folder / "keys").glob("*vkey*")).read_text("utf-8").strip()
    go = subprocess.run(
        [str(verify), str(folder), key], capture_output=True, text=True, timeout=240, check=False
    )
    assert go.returncode == 0, go.stdout + go.stderr


ROADS = (
    "/",
    "/spaces/valve-7",
    "/approvals",
    "/approvals?tab=told",
    "/people/nadia-roux",
    "/places.json",
    "/live/since?after=0",
    "/archive",
    "/feed.atom",
    "/feed.rss",
)


def finds(browser: Browser, product: Product, who: str, address: str, words: str) -> list[str]:
    """The roads on which ``who`` meets ``words``."""
    page = signed_in(browser, product, who)
    met = []
    for path in (*ROADS, address, f"/api/v1{address}"):
        answer = (
            page.goto(f"{product.url}{path}")
            if "feed." not in path
            else page.request.get(f"{product.url}{path}")
        )
        assert answer is not None
        if words in answer.text():
            met.append(path)
    page.context.close()
    return met


def looks_missing(browser: Browser, product: Product, who: str, address: str) -> bool:
    """Whether a message answers ``who`` to the byte as one that never was."""
    page = signed_in(browser, product, who)
    answers = []
    for path in (address, "/messages/1"):
        answer = page.goto(f"{product.url}{path}")
        assert answer is not None
        answers.append((answer.status, _masked(answer.text())))
    page.context.close()
    return answers[0] == answers[1] and answers[0][0] == 404


def _masked(page: str) -> str:
    return re.sub(r'(csrf[^>]*?(?:content|value)=|X-CSRFToken": )"[^"]+"', "", page)
