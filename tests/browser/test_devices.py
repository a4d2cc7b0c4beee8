"""Being told on a device: the switch with its keyboard, and what the worker shows of a message.

Chromium without a head reaches no push service, so what it would give is put in its place; the worker is given its
message as the browser gives it. That what is sent can be read by such a device, lockgate/push/tests show.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lockgate.push.tests.service import Device
from tests.browser.conftest import Visits
from tests.browser.test_phone import until

pytestmark = pytest.mark.browser

STUB = """
(() => {
  if (!("PushManager" in window)) return;
  const made = GIVEN;
  const held = () => sessionStorage.getItem("held")
    ? { endpoint: made.endpoint, toJSON: () => made, unsubscribe: async () => sessionStorage.removeItem("held") }
    : null;
  PushManager.prototype.getSubscription = async () => held();
  PushManager.prototype.subscribe = async (wanted) => {
    sessionStorage.setItem("held", wanted.applicationServerKey);
    return held();
  };
})();
"""

# Nothing moves: where the switch and the list begin on the page.
STANDS = """["[data-push]", "[data-devices]"].map(one =>
    Math.round(document.querySelector(one).getBoundingClientRect().top + scrollY))"""


def stubbed(page: Page, name: str) -> None:
    keys = Device(f"https://push.invalid/{name}").keys
    given = {"endpoint": keys.endpoint, "keys": {"p256dh": keys.p256dh, "auth": keys.auth}}
    page.context.add_init_script(STUB.replace("GIVEN", json.dumps(given)))
    page.context.grant_permissions(["notifications"])


def test_the_switch_puts_this_device_on_the_list_and_takes_it_off(visits: Visits) -> None:
    with visits.visit("theo-mercier") as page:
        stubbed(page, "switch")
        page.goto("/attention")
        switch = page.get_by_role("switch", name="Tell me on this device")
        expect(switch).to_be_enabled()
        expect(switch).not_to_be_checked()
        before = page.evaluate(STANDS)
        switch.focus()
        page.keyboard.press("Space")
        expect(page.locator("#push-said")).to_have_text("You are told on this device.")
        expect(switch).to_be_checked()
        expect(switch).to_be_focused()
        row = page.locator("[data-devices] li")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("Chrome")
        expect(row.locator("[data-here]")).to_have_text("this device")
        assert page.evaluate(STANDS) == before
        assert len(page.evaluate("sessionStorage.getItem('held')")) == 87
        page.reload()
        expect(switch).to_be_checked()
        page.keyboard.press("Tab")
        switch.focus()
        page.keyboard.press("Space")
        expect(page.locator("#push-said")).to_have_text("You are not told on this device.")
        expect(page.locator("[data-devices]")).to_contain_text("No device of yours is told.")
        assert page.evaluate("sessionStorage.getItem('held')") is None


def test_the_worker_shows_what_comes_and_opens_no_other_house(visits: Visits) -> None:
    with visits.visit("theo-mercier") as page:
        page.context.grant_permissions(["notifications"])
        page.goto("/attention")
        until(page, "navigator.serviceWorker.controller !== null")
        cdp = page.context.new_cdp_session(page)
        found: list[dict[str, Any]] = []
        cdp.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
        cdp.send("ServiceWorker.enable")
        page.wait_for_timeout(500)
        registration = found[-1]["registrationId"]
        told = {
            "title": "Halden Valve",
            "body": "Something waits for you.",
            "link": "/approvals",
            "tag": "n1",
        }
        for data in (json.dumps(told), "not JSON"):
            cdp.send(
                "ServiceWorker.deliverPushMessage",
                {"origin": visits.house.address, "registrationId": registration, "data": data},
            )
        shown = "navigator.serviceWorker.ready.then(one => one.getNotifications())"
        until(page, f"{shown}.then(all => all.length === 2)")
        seen = page.evaluate(f"{shown}.then(all => all.map(one => [one.title, one.body, one.data, one.tag]))")
        assert sorted(seen) == [
            ["Halden Valve", "Something waits for you.", "/approvals", "n1"],
            ["Lockgate", "", "/", "notice"],
        ]
