"""CSRF, sessions, redirects, hostile words, files that are sniffed: the doors that a browser opens for others."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.demo.cast import PASSWORD
from lockgate.gateway.operations import attach, submit
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.spaces.operations import end_seat, open_space
from tests.leaks.asking import ask, client_of, counted, undone
from tests.leaks.routes import ROUTES
from tests.leaks.test_nasty import known
from tests.leaks.world import MISSING, ROOM, World, picture

NADIA = "nadia.roux@haldenvalve.example"


def test_every_post_needs_its_token(world: World) -> None:
    """A page of somebody else's can make a browser post, with the cookie and without the token."""
    signed_in = client_of(world, "author")
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies = signed_in.cookies
    before = counted()
    for row in ROUTES.values():
        for template, fields in row.posts:
            address = known(world, template)
            filled = {
                known(world, key): known(world, value)
                for key, value in fields.items()
                if isinstance(value, str)
            }
            for headers in ({}, {"Authorization": ""}) if row.is_json else ({},):
                with undone():
                    answer = ask(client, "POST", address, filled, is_json=row.is_json, **headers)
                    expected = range(400, 500) if row.is_signed else (403,)
                    assert answer.status in expected, (address, answer.status)
                    assert counted() == before, address


def test_a_session_begins_anew_at_sign_in_and_ends_at_sign_out(world: World) -> None:
    client = Client()
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["lockgate_session"] = planted
    assert client.post("/sign-in", {"email": NADIA, "password": PASSWORD}).status_code == 302
    key = client.cookies["lockgate_session"].value
    assert key != planted
    assert SESSION_KEY in client.session
    cookie = client.cookies["lockgate_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.post("/sign-out")
    client.cookies["lockgate_session"] = key
    assert client.get("/people").status_code == 302


def test_a_person_who_left_is_out_by_every_road_at_once(world: World) -> None:
    """F28: session, token."""
    client = client_of(world, "colleague")
    token = {"Authorization": f"Bearer {world.tokens['colleague']}"}
    assert client.get("/people").status_code == 200
    assert Client().get("/api/v1/places", headers=token).status_code == 200
    let_go(by=world.cast.administrator, at=now(), person=world.cast.colleague)
    assert client.get("/people").status_code == 302
    assert Client().get("/api/v1/places", headers=token).status_code == 401


def test_a_door_does_not_tell_who_there_is(world: World) -> None:
    """F30: the same answer for a wrong password, an unknown address and one who has left."""
    client = Client()
    answers = [
        ask(client, "POST", "/sign-in", {"email": email, "password": "wrong"}, mask=email)
        for email in (NADIA, "nobody@haldenvalve.example", "karin.steiner@haldenvalve.example")
    ]
    assert len({(answer.status, answer.masked) for answer in answers}) == 1
    right = ask(
        client,
        "POST",
        "/sign-in",
        {"email": "karin.steiner@haldenvalve.example", "password": PASSWORD},
        mask="karin.steiner@haldenvalve.example",
    )
    assert (right.status, right.masked) == (answers[0].status, answers[0].masked)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "///evil.example",
        "/\t/evil.example",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
    ],
)
def test_the_door_leads_nowhere_else(world: World, target: str) -> None:
    client = Client()
    answer = client.post("/sign-in", {"email": NADIA, "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/"
    assert client.get("/sign-in", {"next": target}).headers["Location"] == "/"


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[go](javascript:alert(1))",
    "[go](JaVaScRiPt&colon;alert(1))",
    "[go](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](https://tracker.example/p.png)',
    '[a](https://x.example "\'onmouseover=alert(1)")',
    "<https://x.example/'onclick='alert(1)>",
    "`<svg onload=alert(1)>`",
    "| <b onclick=alert(1)> | b |\n|---|---|\n| <iframe src=//evil.example> | c |",
    "[ref]: javascript:alert(1)\n[ref]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ue000csrf\ue000 {{ csrf_token }} {% csrf_token %} %(name)s {0}",
    "<form action=https://evil.example><button formaction=javascript:alert(1)>x</button></form>",
    "<style>@import url(//evil.example)</style><meta http-equiv=refresh content=0;url=//evil.example>",
)
_OWN_SCRIPT = re.compile(r"/assets/lockgate\.[0-9a-f]{12}\.js")


class Seen(HTMLParser):
    """What a browser would run or fetch of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and not _OWN_SCRIPT.fullmatch(named.get("src") or ""):
            self.faults.append(f"a script: {attrs}")
        if tag in {"iframe", "object", "embed", "style", "base"} or (tag == "meta" and "http-equiv" in named):
            self.faults.append(f"{tag}: {attrs}")
        for name, value in attrs:
            if name.startswith("on") or name in {"formaction", "style", "srcdoc"}:
                self.faults.append(f"{tag} {name}: {value}")
            if name in {"src", "srcset", "action", "href"}:
                address = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
                if address.startswith(("javascript:", "data:", "vbscript:")):
                    self.faults.append(f"{tag} {name}: {value}")
                if name in {"src", "srcset", "action"} and (address[:1] != "/" or address[:2] == "//"):
                    self.faults.append(f"{tag} {name} elsewhere: {value}")


def test_hostile_words_are_words(world: World) -> None:
    """G38: in bodies, names, file names, alternative texts, the names and purposes of spaces."""
    nadia = world.cast.author
    firm = nadia.firm
    nadia.name = "N \"><script>alert(2)</script>'"
    nadia.title = "<img src=x onerror=alert(2)>"
    nadia.save()
    room = open_space(
        by=nadia,
        at=now(),
        slug="hostile",
        name='"><script>alert(3)</script>',
        kind="topic",
        ceiling=Marking.INTERNAL,
        about="<svg/onload=alert(3)>",
    )
    client = client_of(world, "author")
    pages = [
        "/",
        "/spaces/hostile",
        "/spaces/hostile/seats",
        "/spaces",
        "/people",
        "/people/nadia-roux",
        "/approvals",
    ]
    for number, words in enumerate(HOSTILE):
        kept = attach(
            by=nadia,
            at=now(),
            name=f'"><script>{number}.png',
            content=picture(),
            alt=f'" onerror="alert({number})',
        )
        sent = submit(
            by=nadia,
            at=now(),
            body=f"Words: {words}\n\n{words}",
            marking=1,
            places=["space:hostile"],
            attachments=[kept.id],
            justification=words,
        )
        pages.append(f"/messages/{sent.message_id}")
    assert firm.is_house
    assert room.slug == "hostile"
    for page in [
        *pages,
        "/?q=<script>",
        '/people?q="><script>alert(1)</script>',
        '/sign-in?next=/"><script>',
    ]:
        answer = client.get(page, follow=True)
        assert answer.status_code in {200, 404}, page
        seen = Seen()
        seen.feed(answer.content.decode())
        assert not seen.faults, (page, seen.faults)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"  # E25: no address of ours is told elsewhere
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_checker_of_pages_sees_what_is_hostile() -> None:
    for words in (
        "<script>x</script>",
        "<img src=x onerror=y>",
        "<a href=' javascript:x'>",
        "<form action=//x>",
    ):
        seen = Seen()
        seen.feed(words)
        assert seen.faults, words


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("page.html", b"<script>alert(1)</script>", False),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", False),
        ("picture.png", b"<html><script>alert(1)</script></html>", False),
        ("notes.txt", b"<html><script>alert(1)</script></html>", True),
        ("report.pdf", b"<html><script>alert(1)</script></html>", True),
        ("x\r\nX-Evil: 1.txt", b"words", False),
        ('x"; filename="evil.html.txt', b"words", True),
        ("../../../etc/passwd.txt", b"words", True),
        ("\u202etxt.exe", b"words", False),
        ("", b"words", False),
        ("empty.txt", b"", False),
        ("big.txt", b"a" * (10 * 1024 * 1024 + 1), False),
    ],
)
def test_a_file_is_never_run(world: World, name: str, content: bytes, taken: bool) -> None:
    client = client_of(world, "author")
    answer = client.post("/attachments", {"file": SimpleUploadedFile(name or "x", content)})
    if not taken:
        assert answer.status_code == 422
        return
    assert answer.status_code == 200
    got = client.get(f"/attachments/{answer.json()['id']}")
    assert b"".join(got) == content
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "X-Evil" not in got.headers
    assert got.headers["Content-Disposition"].count('"') == 2
    assert "/" not in got.headers["Content-Disposition"]


def test_a_file_is_asked_for_each_time(world: World) -> None:
    """E25 and C16: what the browser kept of a file is not shown once the seat has ended."""
    number = next(iter(world.objects["attachment"]))
    client = client_of(world, "colleague")
    first = client.get(f"/attachments/{number}")
    assert first.headers["Cache-Control"] == "private, no-cache"
    mark = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/attachments/{number}", headers=mark).status_code == 304
    end_seat(by=world.cast.author, at=now(), person=world.cast.colleague, audience_id=world.room.pk)
    assert client.get(f"/attachments/{number}", headers=mark).status_code == 404
    stranger = client_of(world, "stranger")
    forbidden = ask(stranger, "GET", f"/attachments/{number}", mask=str(number), **mark)
    missing = ask(stranger, "GET", f"/attachments/{MISSING}", mask=str(MISSING), **mark)
    assert (forbidden.status, forbidden.masked) == (missing.status, missing.masked)


def test_a_new_space_does_not_tell_of_hidden_ones(world: World) -> None:
    """B6: the name of a room that one may not know of can be given again, and nothing shows that it was taken."""
    client = client_of(world, "stranger")
    fields = {"name": ROOM.replace("-", " "), "ceiling": "1", "kind": "topic"}
    answer = client.post("/spaces", fields)
    assert answer.status_code == 302
    assert re.fullmatch(rf"/spaces/{ROOM}-[0-9a-f]{{8}}/seats", answer.headers["Location"])
    free = client.post("/spaces", {**fields, "name": "no such room"})
    assert re.fullmatch(r"/spaces/no-such-room-[0-9a-f]{8}/seats", free.headers["Location"])


def test_the_feed_is_read_without_a_cookie(world: World) -> None:
    """D24: public words alone, nothing about who asks, the same for all."""
    for address in ("/feed.atom", "/feed.rss"):
        askers = (Client(), client_of(world, "author"), client_of(world, "guest elsewhere"))
        assert len({client.get(address).content for client in askers}) == 1
    page = Client().get("/feeds/feed")
    assert (
        "Accept-Language" in page.headers["Vary"]
    )  # it is drawn in the reader's language, and kept on the way
    assert not Client().get("/feed.atom").cookies
    assert Person.objects.filter(is_active=True).exists()
