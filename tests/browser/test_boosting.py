"""Showing a post again in a real browser: who sees it at once, who sees what of it, and how it goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.test_writing import BOX

pytestmark = pytest.mark.browser


def test_a_boost_and_a_quote_arrive_at_once_and_are_taken_back(visits: Visits) -> None:
    words = "The canteen is closed on Thursday, the ovens are looked after."
    with (
        visits.visit("nadia-roux") as reader,
        visits.visit("pavel-novak") as stranger,
        visits.visit("theo-mercier") as author,
    ):
        author.goto("/spaces/everyone")
        author.fill(BOX, words)
        author.get_by_role("button", name="Post", exact=True).click()
        post = author.locator(".post", has_text=words).first
        expect(post).to_be_visible()
        for page in (reader, stranger):
            page.goto("/")
            expect(page.locator("html")).to_have_attribute("data-live", "stream")
        post.get_by_role("link", name="Boost").click()
        author.select_option("#boost-place", "space:valve-7")
        author.get_by_role("button", name="Boost it").click()
        expect(author.get_by_role("button", name="Take your boost back")).to_be_visible()
        # No reload: the event stream brings it, with the post that it shows.
        first = reader.locator(".post").first
        expect(first).to_contain_text("Boosted")
        expect(first.locator(".shown")).to_contain_text(words)
        author.click("[popovertarget=places]")
        author.check('input[name=places][value="space:valve-7"]')
        author.uncheck('input[name=places][value="space:everyone"]')
        author.keyboard.press("Escape")
        author.fill(BOX, "So we meet at the bench.")
        button = author.get_by_role("button", name="Post", exact=True)
        expect(button).to_be_enabled()
        button.click()
        expect(author.locator("#said")).to_contain_text("delivered")
        expect(first).to_contain_text("So we meet at the bench.")
        expect(first.locator(".shown")).to_contain_text(words)
        stranger.wait_for_timeout(500)
        assert stranger.locator(".post", has_text=words).count() == 1
        assert "So we meet at the bench." not in stranger.content()
        author.get_by_role("button", name="Take your boost back").click()
        expect(author.get_by_role("button", name="Take your boost back")).to_have_count(0)
        expect(reader.locator(".post", has_text="Boosted").filter(has_text=words)).to_have_count(0)


def test_without_a_script_it_goes_too(visits: Visits) -> None:
    with visits.visit("theo-mercier", script=False) as page:
        page.goto("/spaces/everyone")
        page.locator(".post", has_text="Christmas closing times").first.get_by_role(
            "link", name="Boost"
        ).click()
        page.select_option("#boost-place", "space:engineering")
        page.get_by_role("button", name="Boost it").click()
        page.goto("/spaces/engineering")
        expect(page.locator(".post").first.locator(".shown")).to_contain_text("Christmas closing times")
