"""Without a mouse, without a script, without a stream."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.house import PASSWORD, email

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_is_enough(visits: Visits) -> None:
    words = "Written without touching the mouse."
    with visits.visit() as page:
        page.goto("/")
        keys = page.keyboard
        expect(page.locator("#email")).to_be_focused()
        keys.type(email("theo-mercier"))
        keys.press("Tab")
        keys.type(PASSWORD)
        keys.press("Enter")
        page.wait_for_url("**/")
        expect(page.locator("h1")).to_have_text("Home")
        # The first stop is the way past the rail.
        keys.press("Tab")
        expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
        # Down and up the list, and into what is chosen.
        keys.press("j")
        keys.press("j")
        second = page.locator(".post").nth(1)
        expect(second).to_be_focused()
        assert second.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        keys.press("k")
        expect(page.locator(".post").first).to_be_focused()
        keys.press("Enter")
        page.wait_for_url("**/messages/*")
        keys.press("g")
        keys.press("h")
        page.wait_for_url("**/")
        # Help and palette.
        keys.press("?")
        expect(page.locator("#help")).to_be_visible()
        keys.press("Escape")
        keys.press("Control+k")
        palette = page.locator("#palette")
        expect(palette.get_by_role("combobox")).to_be_focused()
        keys.type("valve 7")
        expect(palette.get_by_role("option").first).to_contain_text("Valve 7")
        keys.press("Enter")
        page.wait_for_url("**/spaces/*")
        page.goto("/spaces/valve-7")
        keys.press("n")
        keys.type(words)
        expect(page.get_by_role("button", name="Post", exact=True)).to_be_enabled()
        keys.press("Control+Enter")
        expect(page.locator(".post").first).to_contain_text(words)


def test_the_palette_names_nothing_that_one_may_not_see(visits: Visits) -> None:
    with visits.visit("pavel-novak") as page:
        page.goto("/places.json")
        told = page.content()
        assert "valve-7" not in told
        assert "everyone" in told
    with visits.visit("stefan-bauer") as page:
        page.goto("/places.json")
        told = page.content()
        assert "resellers-dach" in told
        for hidden in ("valve-7", "everyone", "/channels", "/policy", "nadia-roux"):
            assert hidden not in told


def test_everything_needful_works_without_a_script(visits: Visits) -> None:
    words = "Sent from a browser that runs no script."
    with visits.visit("theo-mercier", script=False) as page:
        page.goto("/spaces/valve-7")
        page.fill("textarea[name=body]", words)
        page.get_by_role("button", name="See who hears it").click()
        expect(page.locator("textarea[name=body]")).to_have_value(words)
        expect(page.locator("[data-who]")).to_contain_text("15 colleagues")
        page.get_by_role("button", name="Post", exact=True).click()
        page.wait_for_url("**/messages/*")
        expect(page.locator("main")).to_contain_text(words)
        page.goto("/")
        expect(page.locator(".post").first).to_contain_text(words)
        assert page.locator(".post").count() == 30
        page.get_by_role("link", name="Show older").click()
        expect(page.locator(".post").first).not_to_contain_text(words)


def test_without_a_stream_the_page_asks_by_itself(visits: Visits) -> None:
    words = "This came by asking, not by listening."
    with visits.visit("nadia-roux", expect_complaints=True) as reader, visits.visit("theo-mercier") as author:
        reader.route("**/events*", lambda route: route.abort())
        reader.goto("/")
        expect(reader.locator("html")).to_have_attribute("data-live", "polling")
        author.goto("/spaces/valve-7")
        author.fill("textarea[name=body]", words)
        author.get_by_role("button", name="Post", exact=True).click()
        expect(reader.locator(".post").first).to_contain_text(words, timeout=9000)


def test_on_a_phone_the_rail_opens_and_closes(visits: Visits) -> None:
    with visits.visit("nadia-roux", width=400) as page:
        page.goto("/")
        expect(page.locator("#rail")).to_be_hidden()
        page.get_by_role("link", name="More", exact=True).tap()
        expect(page.locator("#rail")).to_be_visible()
        page.get_by_role("link", name="R&D · Valve 7", exact=True).tap()
        page.wait_for_url("**/spaces/valve-7")
        expect(page.locator("#rail")).to_be_hidden()


def test_wrong_passwords_are_held_back(visits: Visits) -> None:
    with visits.visit() as page:
        for _try in range(5):
            page.goto("/sign-in")
            page.fill("#email", "nobody.atall@haldenvalve.example")
            page.fill("#password", "not this one")
            page.click("button.primary")
            expect(page.locator("[role=alert]")).to_contain_text("do not go together")
        page.fill("#password", "not this one either")
        page.click("button.primary")
        expect(page.locator("[role=alert]")).to_contain_text("too many wrong tries")
        expect(page.locator("#email")).to_have_value("nobody.atall@haldenvalve.example")
