"""Writing and signing in a real browser: what the gate says while one types, and who sees what afterwards."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser

BOX = "form[data-composer] textarea[name=body]"


def choose(page: Page, *places: str) -> None:
    page.click("[popovertarget=places]")
    for place in places:
        page.check(f'input[name=places][value="{place}"]')
    page.keyboard.press("Escape")


def test_findings_come_while_typing_and_the_caret_stays(visits: Visits) -> None:
    with visits.visit("theo-mercier") as page:
        page.goto("/")
        choose(page, "space:valve-7", "channel:blog")
        page.select_option("select[name=marking]", "0")
        box = page.locator(BOX)
        box.click()
        box.press_sequentially("Our Valve 7 held for 10 000 cycles at 420 bar last night.", delay=8)
        expect(page.locator("[data-findings] .finding").first).to_be_visible()
        expect(page.locator("[data-under] mark").first).to_have_text(re.compile("Valve 7|420 bar"))
        # In the middle of the words, typing goes on where it was while the gate answers.
        box.press("Home")
        for _step in range(4):
            box.press("ArrowRight")
        box.press_sequentially("new ", delay=90)
        expect(page.locator(BOX)).to_have_value(
            "Our new Valve 7 held for 10 000 cycles at 420 bar last night."
        )
        assert page.evaluate("document.activeElement.selectionStart") == 8
        expect(page.locator("[data-who]")).to_contain_text("15 colleagues")
        expect(page.locator("[data-who]")).to_contain_text("Julie Martin")
        expect(page.get_by_role("button", name="Send for approval")).to_be_enabled()
        expect(page.get_by_role("button", name="Post inside only")).to_be_visible()
        assert page.locator("[data-findings]").inner_text().count("420 bar") == 1
        box.fill("")
        page.wait_for_timeout(1500)


def test_a_post_appears_for_those_who_sit_there_and_for_nobody_else(visits: Visits) -> None:
    words = "The bench is free again from four o'clock; whoever was waiting, it is warm."
    with (
        visits.visit("nadia-roux") as reader,
        visits.visit("pavel-novak") as stranger,
        visits.visit("stefan-bauer") as guest,
        visits.visit("theo-mercier") as author,
    ):
        for page in (reader, stranger, guest):
            page.goto("/")
            expect(page.locator("html")).to_have_attribute("data-live", "stream")
        author.goto("/spaces/valve-7")
        author.fill(BOX, words)
        button = author.get_by_role("button", name="Post", exact=True)
        expect(button).to_be_enabled()
        button.click()
        expect(author.locator(".post").first).to_contain_text(words)
        expect(author.locator("#said")).to_contain_text("delivered")
        expect(author.locator(BOX)).to_have_value("")
        # No reload: the event stream brings it.
        expect(reader.locator(".post").first).to_contain_text(words)
        stranger.wait_for_timeout(1000)
        for page in (stranger, guest):
            assert words not in page.content()
            page.reload()
            assert words not in page.content()
        address = author.locator(".post").first.locator("a.at").get_attribute("href")
        assert address
        for page in (stranger, guest):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 404


def test_new_items_wait_for_a_reader_who_reads_further_down(visits: Visits) -> None:
    words = "Coffee machine in hall 4 is back. It counts in litres now."
    with visits.visit("nadia-roux") as reader, visits.visit("theo-mercier") as author:
        reader.goto("/")
        expect(reader.locator("html")).to_have_attribute("data-live", "stream")
        reader.mouse.wheel(0, 2500)
        reader.wait_for_function("scrollY > 800")
        at = reader.evaluate("scrollY")
        author.goto("/spaces/everyone")
        author.fill(BOX, words)
        author.get_by_role("button", name="Post", exact=True).click()
        bar = reader.locator("#fresh button")
        expect(bar).to_have_text("1 new")
        assert reader.evaluate("scrollY") == at
        bar.click()
        expect(reader.locator(".post").first).to_contain_text(words)


def test_held_words_are_signed_at_the_desk(visits: Visits) -> None:
    words = "Our new seal plate passed its first winter. Thank you, Kristiansand, for two cold weeks."
    with visits.visit("nadia-roux") as author:
        author.goto("/")
        choose(author, "space:everyone", "channel:feed")
        author.select_option("select[name=marking]", "0")
        author.fill(BOX, words + " Valve 7 says thank you too.")
        send = author.get_by_role("button", name="Send for approval")
        expect(send).to_be_enabled()
        author.fill("input[name=justification]", "Released by the project lead this morning")
        send.click()
        expect(author.locator("#said")).to_contain_text("waits for approval")
        author.click("#said a")
        expect(author.locator("h1")).to_have_text("Your words")
        expect(author.locator("main")).to_contain_text("waits for Julie Martin")
        message = author.url
    with visits.visit("julie-martin") as approver:
        approver.goto("/approvals")
        approver.locator(".queue ol a", has_text="Our new seal plate").click()
        expect(approver.locator(".sheet mark.hit")).to_contain_text("Valve 7")
        expect(approver.locator(".sheet")).to_contain_text("Released by the project lead this morning")
        approver.fill("#word", "Checked with the project lead.")
        approver.get_by_role("button", name="Approve").click()
        approver.wait_for_url(re.compile(r"/approvals(\?.*)?$"))
        expect(approver.locator(".queue")).not_to_contain_text("Our new seal plate")
    with visits.visit("nadia-roux") as author:
        author.goto(message)
        expect(author.locator("main")).to_contain_text("Julie Martin approved")
        expect(author.locator(".trail")).to_contain_text("Approved")
        # Proofs stand on the next checkpoint of the archive, which may be ten seconds away.
        for _wait in range(60):
            if author.locator(".trail a").count():
                break
            author.wait_for_timeout(500)
            author.reload()
        with author.expect_download() as proof:
            author.locator(".trail a").first.click()
        assert proof.value.path().read_text().startswith("c2sp.org/tlog-proof@v1")
    with visits.visit() as public:
        for _wait in range(40):
            public.goto("/feeds/feed")
            if words[:30] in public.content():
                break
            public.wait_for_timeout(500)
        expect(public.locator("main")).to_contain_text(words[:30])


def test_a_draft_outlives_the_browser(visits: Visits) -> None:
    words = "Half a thought about spring washers that I"
    with visits.visit("claire-laurent") as page:
        page.goto("/")
        choose(page, "space:everyone")
        page.fill(BOX, words)
        expect(page.locator("[data-saved]")).to_have_text("Draft saved")
        page.locator(BOX).press_sequentially(" had")
    with visits.visit("claire-laurent") as page:
        page.goto("/")
        expect(page.locator(BOX)).to_have_value(re.compile(re.escape(words)))
        expect(page.locator("[data-chips]")).to_contain_text("Everyone")
        page.fill(BOX, "")
        page.locator("[data-chips] button").first.click()
        page.wait_for_timeout(1500)


def test_bad_input_gets_a_sentence_and_loses_nothing(visits: Visits) -> None:
    with visits.visit("claire-laurent") as page:
        page.goto("/")
        choose(page, "space:everyone")
        page.fill(BOX, "x" * 50_001)
        trouble = page.locator("[data-problem]")
        expect(trouble).to_contain_text("50001 characters")
        assert len(page.locator(BOX).input_value()) == 50_001
        page.fill(BOX, "A picture of the new hall.")
        page.set_input_files(
            "input[type=file]",
            {"name": "hall.png", "mimeType": "image/png", "buffer": b"\x89PNG not really"},
        )
        expect(trouble).to_contain_text("not an image")
        expect(page.locator(BOX)).to_have_value("A picture of the new hall.")
        page.set_input_files(
            "input[type=file]", {"name": "hall.png", "mimeType": "image/png", "buffer": picture()}
        )
        expect(page.locator("[data-attached] li")).to_have_count(1)
        expect(trouble).to_be_hidden()
        page.fill("[data-attached] input.alt", "A grey square, where hall 5 will stand")
        page.get_by_role("button", name="Post", exact=True).click()
        shown = page.locator(".post").first
        expect(shown).to_contain_text("A picture of the new hall.")
        expect(shown.locator("img")).to_have_attribute("alt", "A grey square, where hall 5 will stand")


def picture() -> bytes:
    """A grey PNG of 8 by 8."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x88" * 8 for _row in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def test_an_answer_joins_its_thread_for_whoever_reads_it(visits: Visits) -> None:
    words = "Two turns and a prayer, as my master used to say."
    with visits.visit("nadia-roux") as reader, visits.visit("theo-mercier") as author:
        reader.goto("/spaces/valve-7")
        address = reader.locator(".post a.at").last.get_attribute("href")
        assert address
        reader.goto(address)
        expect(reader.locator("html")).to_have_attribute("data-live", "stream")
        author.goto(address)
        author.fill(BOX, words)
        author.get_by_role("button", name="Post", exact=True).click()
        expect(author.locator(".post.reply").last).to_contain_text(words)
        expect(reader.locator(".post.reply").last).to_contain_text(words)
