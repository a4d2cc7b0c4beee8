"""Every page, at both widths, in both schemes: photographed, accessible, and no wider than its window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visits
from tests.browser.house import AXE, PAGES, PHOTOGRAPHS, SCHEMES, WIDTHS

pytestmark = pytest.mark.browser

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TALLEST_PHOTOGRAPH = 2400


@pytest.fixture(scope="session")
def axe() -> str:
    return AXE.read_text("utf-8")


def found_address(page: Page, address: str) -> str:
    """What a name in braces stands for, found as a person would find it."""
    start, link = {
        "{thread}": ("/spaces/valve-7", ".post:has(.last) a.at"),
        "{poll}": ("/spaces/toulouse", ".post:has(.asks) a.at"),
        "{announcement}": ("/", ".announced .text a"),
        "{reactions}": ("/spaces/everyone", "[data-react]"),
        "{boosts}": ("/spaces/valve-7", ".post:has(.shown) [href$='/boosts']"),
        "{own}": ("/approvals?tab=own", ".queue ol a"),
        "{request}": ("/approvals", ".queue ol a"),
        "{entry}": ("/archive", ".trail-list a.name"),
    }[address]
    page.goto(start)
    found = page.locator(link).first.get_attribute("href")
    assert found
    return found


def photograph(page: Page, name: str, width: int, scheme: str) -> None:
    PHOTOGRAPHS.mkdir(exist_ok=True)
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(700, min(TALLEST_PHOTOGRAPH, tall))})
    page.screenshot(path=PHOTOGRAPHS / f"{name}-{width}-{scheme}.png")


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    told = page.evaluate("rules => axe.run(document, {runOnly: rules})", AXE_RULES)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})" for one in told["violations"]
    ]


@pytest.mark.parametrize("slug", PAGES, ids=lambda slug: slug or "nobody")
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_photographed_accessible_and_fit(visits: Visits, axe: str, slug: str, width: int) -> None:
    problems: list[str] = []
    for scheme in SCHEMES:
        with visits.visit(slug, width=width, scheme=scheme) as page:
            for name, address in PAGES[slug].items():
                page.goto(found_address(page, address) if address.startswith("{") else address)
                page.wait_for_load_state("networkidle") if not slug else page.wait_for_timeout(150)
                problems += [f"{name} {width} {scheme}: {one}" for one in violations(page, axe)]
                over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over > 0:
                    problems.append(f"{name} {width} {scheme}: {over} pixels too wide")
                if page.locator("h1").count() != 1:
                    problems.append(f"{name}: a page has one heading of the first rank")
                photograph(page, name, width, scheme)
                page.set_viewport_size({"width": width, "height": 900})
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("width", [320, 700, 1000], ids=["narrow", "zoomed to 200 %", "tablet"])
def test_nothing_scrolls_sideways(visits: Visits, width: int) -> None:
    """700 is what 1400 comes to at 200 % zoom."""
    wide: list[str] = []
    for slug in ("nadia-roux", "julie-martin", "ingrid-solberg"):
        with visits.visit(slug, width=width) as page:
            for name, address in PAGES[slug].items():
                page.goto(found_address(page, address) if address.startswith("{") else address)
                if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                    wide.append(f"{name} at {width}")
    assert not wide


def test_targets_are_large_enough_for_a_finger(visits: Visits) -> None:
    """What is pressed in the bar, the composer and the desk's answers measures 44 pixels on a touch screen."""
    small: list[str] = []
    for slug, address in (("nadia-roux", "/"), ("julie-martin", "{request}")):
        with visits.visit(slug, width=400) as page:
            page.goto(found_address(page, address) if address.startswith("{") else address)
            small += page.eval_on_selector_all(
                ".phonebar a, .composer button, .actions button, .tabs a",
                """all => all.filter(one => one.getClientRects().length)
                    .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
                    .filter(([, high]) => high < 44).map(([words, high]) => `${words}: ${high}`)""",
            )
    assert not small


def test_the_first_view_of_home_is_light_and_still(visits: Visits) -> None:
    """One document, one stylesheet, one script; under 150 kB as sent; nothing shifts."""
    with visits.visit("nadia-roux") as page:
        page.add_init_script(
            """globalThis.shifted = 0;
            new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput)
              globalThis.shifted += one.value }).observe({type: "layout-shift", buffered: true});"""
        )
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        sent: dict[str, int] = {}
        kinds: dict[str, str] = {}
        client.on("Network.responseReceived", lambda told: kinds.__setitem__(told["requestId"], told["type"]))
        client.on(
            "Network.loadingFinished",
            lambda told: sent.__setitem__(told["requestId"], int(told["encodedDataLength"])),
        )
        page.goto("/")
        page.wait_for_timeout(1200)
        counted = [kinds[number] for number in sent if number in kinds]
        assert counted.count("Document") == 1
        assert counted.count("Stylesheet") == 1
        assert counted.count("Script") == 1
        assert sum(sent.values()) < 150_000, sent
        assert page.evaluate("shifted") < 0.01
