"""Correcting what stands, in a real browser: who has it open sees the new words, and can read the ones before."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.test_writing import BOX

pytestmark = pytest.mark.browser


def test_new_words_arrive_where_the_old_ones_stood(visits: Visits) -> None:
    words = "The crane of hall two is free on Tuesday."
    with visits.visit("nadia-roux") as reader, visits.visit("theo-mercier") as author:
        author.goto("/spaces/everyone")
        author.fill(BOX, words)
        author.get_by_role("button", name="Post", exact=True).click()
        post = author.locator(".post", has_text=words).first
        expect(post).to_be_visible()
        reader.goto("/")
        expect(reader.locator("html")).to_have_attribute("data-live", "stream")
        shown = reader.locator(".post", has_text=words).first
        number = shown.get_attribute("id")
        post.locator("a.at").click()
        author.get_by_text("Correct what stands here").click()
        author.get_by_label("The words", exact=True).fill("DISTRIBUTION STATEMENT D: not for all.")
        author.get_by_role("button", name="Put the new words here").click()
        # Refused with the reason, and what was typed is still there.
        expect(author.get_by_role("alert")).to_contain_text("Everyone would not take these words at once")
        box = author.get_by_label("The words", exact=True)
        expect(box).to_have_value("DISTRIBUTION STATEMENT D: not for all.")
        box.fill(words.replace("Tuesday", "Thursday"))
        author.get_by_role("button", name="Put the new words here").click()
        expect(author.locator(".post").first).to_contain_text("Thursday")
        # No reload: the same post, in its place, with other words.
        mine = reader.locator(f"#{number}")
        expect(mine).to_contain_text("Thursday")
        expect(mine).not_to_contain_text("Tuesday")
        mine.get_by_role("link", name="changed").click()
        reader.get_by_text("Wording 1").click()
        expect(reader.locator("section", has=reader.locator("#before"))).to_contain_text(words)
