"""A moderator at work: answers who asks to join, pins what matters, takes back what does not belong, with a reason."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser

BOX = "form[data-composer] textarea[name=body]"
ROOM = "/spaces/bench-hours"
MATTERS = "Bench 3 is down for calibration until Thursday; bench 1 takes its runs."
STRAY = "Who took the red mug from the tea kitchen? It was my grandfather's."
WHY = "This room is for bench hours; the tea kitchen has its own."


def say(page: Page, words: str) -> None:
    page.goto(ROOM)
    page.fill(BOX, words)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".post").first).to_contain_text(words)


def ask(visits: Visits, slug: str, words: str) -> None:
    with visits.visit(slug) as page:
        page.goto(ROOM)
        page.fill("#words", words)
        page.get_by_role("button", name="Ask to join").click()
        expect(page.locator("main")).to_contain_text("You have asked")


def test_a_moderator_answers_pins_and_takes_back(visits: Visits) -> None:
    with visits.visit("hugo-bonnet") as owner:
        owner.goto(f"{ROOM}/seats")
        owner.select_option("#person", "theo-mercier")
        owner.select_option("#role", "moderator")
        owner.locator(f'form[action="{ROOM}/seats"] button').click()  # he reads French
        expect(owner.locator("main")).to_contain_text("Théo Mercier")
    ask(visits, "claire-laurent", "I want to see what stands still")
    ask(visits, "matthias-keller", "Out of interest")

    with visits.visit("theo-mercier") as moderator:
        moderator.goto(ROOM)
        moderator.locator(".said-line", has_text=re.compile("asks? to join")).get_by_role("link").click()
        expect(moderator.locator("main")).to_contain_text("I want to see what stands still")
        moderator.get_by_role("button", name="Let in Claire Laurent").click()
        moderator.get_by_role("button", name="Decline Matthias Keller").click()
        expect(moderator.get_by_role("button", name="Decline Matthias Keller")).to_have_count(0)
    with visits.visit("claire-laurent") as member:
        say(member, MATTERS)
        say(member, STRAY)
        stray = member.locator(".post", has_text=STRAY).locator("a.at").get_attribute("href")
        matters = member.locator(".post", has_text=MATTERS).locator("a.at").get_attribute("href")
        assert stray
        assert matters

    with visits.visit("theo-mercier") as moderator:
        moderator.goto(matters)
        moderator.get_by_role("button", name="Pin at the top of the space").click()
        expect(moderator.get_by_role("button", name="Take down from the top")).to_be_visible()
        moderator.goto(stray)
        moderator.locator("details.recall summary").click()
        moderator.get_by_label("Why?").fill(WHY)
        moderator.get_by_role("button", name="Take back from Bench hours").click()
        moderator.goto(ROOM)
        expect(moderator.locator("main")).to_contain_text(MATTERS)
        expect(moderator.locator("main")).not_to_contain_text(STRAY)
    with visits.visit("claire-laurent") as member:
        member.goto(ROOM)
        expect(member.locator("main")).not_to_contain_text(STRAY)
        member.goto(stray)
        expect(member.locator("main")).to_contain_text(WHY)
        member.goto(matters)
        expect(member.get_by_role("button", name="Take down from the top")).to_have_count(0)
    with visits.visit("matthias-keller") as declined:
        declined.goto(ROOM)
        expect(declined.get_by_role("button", name="Ask to join")).to_be_visible()
        expect(declined.locator("main")).not_to_contain_text("Bench 3")
        answer = declined.goto(matters)
        assert answer is not None
        assert answer.status == 404
