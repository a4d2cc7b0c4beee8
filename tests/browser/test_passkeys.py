"""Passkeys with Chromium's virtual authenticator: made, used as the only proof and as the second, renamed, removed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PASSWORD, House, email

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def authenticator(page: Page, *, verifies: bool = True) -> tuple[Any, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def by_password(page: Page, slug: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", email(slug))
    page.fill("#password", PASSWORD)
    page.click("form .primary")


def test_a_passkey_is_made_and_signs_in_alone_and_as_the_second(house: House, chromium: Browser) -> None:
    # A passkey holds for a name, and an address in numbers is none.
    context = chromium.new_context(base_url=house.address.replace("127.0.0.1", "localhost"), locale="en-GB")
    page = context.new_page()
    session, device = authenticator(page)
    by_password(page, "pavel-novak")
    page.goto("/security")
    page.fill("#passkey-name", "Bench laptop")
    page.click("[data-passkey=add]")
    expect(page.locator("input[name=name]").first).to_have_value("Bench laptop")
    held = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert len(held) == 1
    assert held[0]["isResidentCredential"]

    # Alone: no name is typed, and the person comes with the passkey.
    context.clear_cookies()
    page.goto("/sign-in")
    page.click("[data-passkey=prove]")
    page.wait_for_url("**/")
    assert page.locator("main").is_visible()

    # As the second: the password alone does not let in any more.
    context.clear_cookies()
    by_password(page, "pavel-novak")
    page.wait_for_url("**/sign-in/second")
    page.click("[data-passkey=prove]")
    page.wait_for_url("**/")

    # Somebody else's password and this passkey let nobody in.
    context.clear_cookies()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/sign-in")
    page.click("[data-passkey=prove]")
    page.wait_for_timeout(800)
    assert page.url.endswith("/sign-in"), "a passkey whose holder was not verified lets nobody in"
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})

    page.click("[data-passkey=prove]")
    page.wait_for_url("**/")
    page.goto("/security")
    page.fill("input[name=name]", "Old laptop")
    page.click("text=Rename")
    expect(page.locator("input[name=name]").first).to_have_value("Old laptop")
    page.click("text=Remove")
    expect(page.locator("input[name=name]")).to_have_count(0)

    # Removed here, and still on the device: it opens nothing.
    context.clear_cookies()
    page.goto("/sign-in")
    page.click("[data-passkey=prove]")
    expect(page.locator("#problem")).to_contain_text("does not fit")
    context.close()
