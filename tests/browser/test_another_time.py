"""Putting what is scheduled to another time, in a real browser: by the keyboard alone, in the reader's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.house import AXE
from tests.browser.test_pages import violations
from tests.browser.test_writing import BOX

pytestmark = pytest.mark.browser
PARIS = ZoneInfo("Europe/Paris")


def typed(at: datetime) -> str:
    return at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")


def test_another_time_is_chosen_where_the_message_stands(visits: Visits) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    words = "The crane of hall three is free again."
    with visits.visit("nadia-roux", expect_complaints=True) as author:
        author.goto("/spaces/everyone")
        author.fill(BOX, words)
        author.get_by_role("button", name="Schedule", exact=True).first.click()
        author.fill("#deliver-at", typed(tomorrow))
        author.locator("[data-buttons]").get_by_role("button", name="Schedule").click()
        author.goto("/approvals?tab=own")
        author.get_by_role("link", name=words).first.click()
        stands = author.locator("section[aria-labelledby=stands]")
        expect(stands).to_contain_text("scheduled")
        stands.get_by_text("Change the time").focus()
        author.keyboard.press("Enter")
        assert violations(author, AXE.read_text("utf-8")) == []
        field = stands.get_by_label("Send it at")
        field.fill("2021-01-01T09:00")
        stands.get_by_role("button", name="Send it then").click()
        expect(stands.get_by_role("alert")).to_contain_text("past")
        stands.get_by_label("Send it at").fill(typed(tomorrow + timedelta(days=3)))
        author.keyboard.press("Enter")
        expect(author.locator(".trail")).to_contain_text("Scheduled for another time")
        shown = stands.locator("time").first.get_attribute("datetime") or ""
        assert datetime.fromisoformat(shown).strftime("%Y-%m-%dT%H:%M") == (
            tomorrow + timedelta(days=3)
        ).strftime("%Y-%m-%dT%H:%M")
