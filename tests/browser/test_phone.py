"""Lockgate on a phone: installed, with one hand, and without a network."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.house import email

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/people",
    "/people/theo-mercier",
    "/people/nadia-roux",
    "/profile",
    "/organisation",
    "/teams",
    "/experts?q=seal",
)
PHONE = {"width": 360, "height": 740}
BOX = "form[data-composer] textarea[name=body]"
KEPT = "caches.open('lockgate-home').then(cache => cache.match('/offline/home')).then(one => one ? one.text() : '')"


SMALL = """[...document.querySelectorAll("main :is(button, select, .button, summary, textarea, input)")]
    .filter(one => one.getClientRects().length && !one.closest(".unseen"))
    .filter(one => !["checkbox", "radio", "file", "hidden"].includes(one.type))
    .map(one => [one.outerHTML.slice(0, 60), one.getBoundingClientRect().height])
    .filter(one => one[1] < 43.5)"""


def kept_home(page: Page) -> str:
    """What this device keeps of Home, once it does."""
    for _try in range(60):
        if text := str(page.evaluate(KEPT)):
            return text
        page.wait_for_timeout(250)
    return ""


def until(page: Page, is_so: str) -> None:
    """Wait until an expression holds. The page allows no code made of text, so Playwright's own way is shut."""
    for _try in range(60):
        if page.evaluate(is_so):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"never: {is_so}")


def is_ready(page: Page) -> None:
    until(page, "navigator.serviceWorker.controller !== null")


def test_it_can_be_installed(visits: Visits) -> None:
    with visits.visit("nadia-roux", **PHONE) as page:
        page.goto("/")
        address = page.locator("link[rel=manifest]").get_attribute("href") or ""
        told = json.loads(page.request.get(address).text())
        assert told["display"] == "standalone"
        assert {one["sizes"] for one in told["icons"]} >= {"192x192", "512x512"}
        assert any(one["purpose"] == "maskable" for one in told["icons"])
        for one in told["icons"]:
            assert page.request.get(one["src"]).headers["content-type"] == one["type"]
        is_ready(page)
        found = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
        assert [
            one["errorId"] for one in found["installabilityErrors"] if one["errorId"] != "in-incognito"
        ] == []


def test_without_a_network_the_last_home_is_there_and_nothing_confidential(visits: Visits) -> None:
    plain, secret = "The lift is mended; it stops at two.", "The lift plan for the new press is ours alone."
    with visits.visit("theo-mercier") as author:
        for words, marking in ((plain, "1"), (secret, "2")):
            author.goto("/spaces/valve-7")
            author.select_option("select[name=marking]", marking)
            author.fill(BOX, words)
            author.get_by_role("button", name="Post", exact=True).click()
            expect(author.locator(".post").first).to_contain_text(words)
    with visits.visit("nadia-roux", **PHONE, expect_complaints=True) as page:
        page.goto("/")
        expect(page.locator(".feed .post", has_text=secret)).to_be_visible()
        is_ready(page)
        said = kept_home(page)
        assert plain in said
        assert secret not in said
        page.context.set_offline(True)
        page.goto("/")
        expect(page.get_by_role("heading", name="Home, without a network")).to_be_visible()
        expect(page.locator("article", has_text=plain)).to_be_visible()
        assert secret not in page.locator("body").inner_text()
        # In another tab: a page that hears of a network while it is left asks again, and that can win.
        other = page.context.new_page()
        other.goto("/spaces/valve-7")
        expect(other.get_by_role("heading", name="No network")).to_be_visible()
        page.context.set_offline(False)  # the page asks again by itself
        expect(other.get_by_role("heading", name="R&D · Valve 7").first).to_be_visible()


def test_words_written_without_a_network_come_back(visits: Visits) -> None:
    with visits.visit("theo-mercier", **PHONE, expect_complaints=True) as page:
        page.goto("/?write=1")
        is_ready(page)
        until(page, "localStorage.getItem('lockgate:me') === 'theo-mercier'")
        page.locator(BOX).fill("")
        page.wait_for_timeout(1500)
        page.context.set_offline(True)
        page.goto("/approvals")
        page.get_by_label("Write something for later").fill("The kettle is on the roof of the train.")
        page.context.set_offline(False)
        expect(page.get_by_label("Write something for later")).to_have_count(0)  # it asked again by itself
        page.wait_for_load_state()
        page.goto("/?write=1")
        expect(page.locator(BOX)).to_have_value("The kettle is on the roof of the train.")
        until(page, "localStorage.getItem('lockgate:draft:new') === null")
        # What is marked Confidential is never kept here, even where the server cannot be reached.
        page.locator("select[name=marking]").select_option("2")
        page.context.set_offline(True)
        page.locator(BOX).fill("This stays between us.")
        page.wait_for_timeout(1600)
        assert page.evaluate("localStorage.getItem('lockgate:draft:new')") is None
        page.context.set_offline(False)
        page.locator(BOX).fill("")
        page.wait_for_timeout(1600)


def test_who_signs_out_leaves_nothing(visits: Visits) -> None:
    with visits.visit(**PHONE, expect_complaints=True) as page:
        page.goto("/sign-in")
        page.fill("#email", email("pavel-novak"))
        page.fill("#password", "valves-and-seals-2026")
        page.click("button.primary")
        page.wait_for_url("**/")
        is_ready(page)
        assert "article" in kept_home(page)
        page.evaluate(
            "localStorage.setItem('lockgate:draft:new', JSON.stringify({me: 'pavel-novak', body: 'mine'}))"
        )
        page.get_by_role("link", name="More", exact=True).click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('lockgate:'))") == []
        assert page.evaluate(KEPT) == ""


def test_one_hand_reaches_the_bar_and_nothing_is_too_small_or_too_wide(visits: Visits) -> None:
    with visits.visit("nadia-roux", **PHONE) as page:
        for address in (
            "/",
            "/people",
            "/people/theo-mercier",
            "/profile",
            "/organisation",
            "/teams",
            "/experts?q=seal",
        ):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
            for link in page.locator(".phonebar a").all():
                box = link.bounding_box()
                assert box is not None
                assert box["height"] >= 44
                assert box["width"] >= 44
                assert box["y"] > PHONE["height"] * 0.7
                assert box["y"] + box["height"] <= PHONE["height"] + 1
            small = page.evaluate(SMALL)
            assert small == [], address
