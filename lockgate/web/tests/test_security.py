"""What every answer tells the browser, and what no template may hold."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from lockgate.demo.cast import Cast
from lockgate.web.security import content_security_policy, live_address

TEMPLATES = sorted(Path(str(files("lockgate.web") / "templates")).rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_a_style_or_a_handler(path: Path) -> None:
    html = path.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", html)
    for tag in re.findall(r"<script[^>]*>", html):
        assert "src=" in tag
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_the_policy_names_what_is_ours_and_nothing_else() -> None:
    policy = content_security_policy("https://live.example:8443/events")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "connect-src 'self' https://live.example:8443;" in policy
    assert "connect-src 'self';" in content_security_policy("")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("halden.example", "http://halden.example:8500/events"),
        ("halden.example:8000", "http://halden.example:8500/events"),
        ("[::1]:8000", "http://[::1]:8500/events"),
        ("[::1]", "http://[::1]:8500/events"),
    ],
)
def test_the_stream_stands_beside_the_page(settings, host: str, address: str) -> None:  # type: ignore[no-untyped-def]
    settings.ALLOWED_HOSTS = ["*"]
    settings.LIVE_URL, settings.LIVE_PORT = "", 8500
    assert live_address(RequestFactory().get("/", headers={"host": host})) == address
    settings.LIVE_URL = "https://live.example/events"
    assert live_address(RequestFactory().get("/")) == "https://live.example/events"
    settings.LIVE_URL, settings.LIVE_PORT = "", 0
    assert live_address(RequestFactory().get("/")) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/healthz", "/", "/feed.atom"])
def test_every_answer_carries_the_headers(path: str) -> None:
    answer = Client().get(path)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_pages_are_kept_by_nobody_on_the_way(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.author)
    for path in ("/", "/people", "/approvals", "/spaces/valve-7", "/live/since", "/places.json"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_form_without_our_mark_does_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.author)
    answer = client.post("/messages", {"body": "x", "places": "space:valve-7"})
    assert answer.status_code == 403
    assert b"open too long" in answer.content
