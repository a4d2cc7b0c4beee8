"""Nasty values at every address and in every field: an answer always, and never one of 500 or more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import orjson
import pytest
from django.test import Client

from tests.leaks.asking import client_of, undone
from tests.leaks.routes import ARCHIVE, ROUTES, Row
from tests.leaks.world import World

NUMBERS = (
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "9999999999999999999",
    "18446744073709551616",
    "9" * 5000,
    "-1",
    "٣",
)
TEXTS = (
    "",
    "\x00",
    "space:\x00",
    "channel:feed\x00",
    "a" * 70_000,
    "' OR 1=1; --",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "<script>alert(1)</script>",
    "x\r\nX-Evil: 1",
    "\u202e\u200b🤷" * 200,
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2027-02-30T25:61",
    "../../../../etc/passwd",
    "//evil.example",
    "https://evil.example",
)
RAW = ("%ff%fe", "%ed%a0%80", "%00", "%", "%zz", "+" * 50)
# What an address reads of its query; each is also asked with a word that it does not read.
QUERIES = {
    "/": ("before", "write"),
    "/spaces/{space}": ("before",),
    "/live/since": ("after", "look", "scope"),
    "/people": ("q",),
    "/approvals": ("tab",),
    "/channels": ("open",),
    "/sign-in": ("next",),
    "/archive": ("before",),
}
FIELDS = (
    "body",
    "marking",
    "places",
    "attachments",
    "justification",
    "deliver_at",
    "time_zone",
    "answers",
    "slot",
    "act",
    "alt-1",
    "word",
    "to",
    "why",
    "back",
    "language",
    "connector",
    "name",
    "slug",
    "desk",
    "field-base_url",
    "field-handle",
    "secret",
    "source",
    "text",
    "email",
    "password",
)
_SLOT = re.compile(r"\{(\w+)\}")
_INTEGERS = {"message", "passage", "request", "attachment", "entry"}


def fails(answer: Any, asked: str) -> list[str]:
    faults = []
    if answer.status_code >= 500:
        faults.append(f"{asked[:300]}: {answer.status_code}")
    if "X-Evil" in answer.headers:
        faults.append(f"{asked[:300]}: a header of the asker's own")
    location = urljoin("http://testserver/here", answer.headers.get("Location", ""))
    if urlsplit(location).netloc != "testserver":
        faults.append(f"{asked[:300]}: leads to {location[:80]}")
    return faults


def known(world: World, template: str, slot_value: str | None = None) -> str:
    """The address with real objects, or with ``slot_value`` in their place."""
    return _SLOT.sub(
        lambda slot: slot_value if slot_value is not None else str(next(iter(world.objects[slot[1]]))),
        template,
    )


def addresses(row: Row) -> list[str]:
    return list(dict.fromkeys([one.split("?")[0] for one in row.gets] + [one for one, _ in row.posts]))


@pytest.mark.slow
@pytest.mark.parametrize("actor", ["author", "guest here"])
def test_nasty_ids(world: World, actor: str) -> None:
    client = client_of(world, actor)
    faults: list[str] = []
    for row in ROUTES.values():
        for template in addresses(row):
            if not _SLOT.search(template):
                continue
            for value in (*NUMBERS, *(quote(one, safe="") for one in TEXTS[1:8]), *RAW):
                address = known(world, template, value)
                for method in ("GET", "POST"):
                    with undone():
                        faults += fails(client.generic(method, address), f"{method} {address}")
    assert not faults, "\n".join(faults)


def test_nasty_queries(world: World) -> None:
    faults: list[str] = []
    for row in ROUTES.values():
        actor = "supervisor" if row.comes_in == ARCHIVE else "author"
        client = client_of(world, actor)
        for template in sorted({one.split("?")[0] for one in row.gets}):
            for name in ("nonsense", *QUERIES.get(template, ())):
                values = (*NUMBERS[1:4], *(quote(one, safe="") for one in TEXTS[1:11]), *RAW)
                for value in RAW[:3] if name == "nonsense" else values:
                    address = f"{known(world, template)}?{name}={value}"
                    with undone():
                        faults += fails(client.get(address), address)
    client = client_of(world, "author")
    for scope in ("space:", "thread:", "thread:x", "thread:" + NUMBERS[3], "thread:9" * 30, "space:" + "%00"):
        faults += fails(client.get(f"/live/since?scope={scope}"), scope)
    assert not faults, "\n".join(faults)


def posts(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    seen = set()
    for row in ROUTES.values():
        for template, fields in row.posts:
            address = known(world, template)
            if not row.is_json and address not in seen:
                seen.add(address)
                yield (
                    address,
                    {
                        known(world, key): known(world, value)
                        for key, value in fields.items()
                        if isinstance(value, str)
                    },
                )


@pytest.mark.slow
@pytest.mark.parametrize("actor", ["author", "approver", "late member"])
def test_nasty_fields(world: World, actor: str) -> None:
    client = client_of(world, actor)
    faults: list[str] = []
    for address, fields in posts(world):
        if address in {"/sign-in", "/sign-out"} or actor != who_acts(address):
            continue
        for name in FIELDS:
            if name not in fields and not relevant(address, name):
                continue
            for value in (*TEXTS, *NUMBERS[:5]):
                with undone():
                    answer = client.post(address, {**fields, name: value})
                    faults += fails(answer, f"POST {address} {name}={value[:60]!r}")
    assert not faults, "\n".join(faults)


def who_acts(address: str) -> str:
    """Somebody whose post goes as far as it can."""
    if address.startswith("/policy"):
        return "late member"
    return "approver" if address.startswith(("/approvals", "/channels")) else "author"


def relevant(address: str, name: str) -> bool:
    """Fields that a page of this address reads, so that not every field is sent everywhere."""
    composed = {
        "body",
        "marking",
        "places",
        "attachments",
        "justification",
        "deliver_at",
        "time_zone",
        "answers",
    }
    if address in {"/messages", "/compose/check", "/compose/draft"} or address.endswith("/revision"):
        return name in composed | {"slot", "act", "alt-1"}
    if address.endswith("/recall"):
        return name in {"why", "back"}
    if address.endswith("/time"):
        return name in {"deliver_at", "time_zone", "back"}
    if address.startswith("/approvals"):
        return name in {"word", "to"}
    if address.startswith("/channels"):
        return name in {
            "connector",
            "name",
            "slug",
            "desk",
            "language",
            "field-base_url",
            "field-handle",
            "secret",
        }
    if address.startswith("/policy"):
        return name in {"source", "text", "act", "word"}
    return name == "language"


def test_a_password_of_any_bytes_is_answered(world: World) -> None:
    client = Client(raise_request_exception=False)
    for value in ("\x00", "a" * 5000, "x\r\nX-Evil: 1", "\u202e", ""):
        for fields in ({"email": value, "password": "x"}, {"email": "a@b.example", "password": value}):
            answer = client.post("/sign-in", {**fields, "next": value})
            assert answer.status_code in {422, 429}


def test_a_form_where_json_belongs_is_refused(world: World) -> None:
    client = client_of(world, "author")
    for address in ("/api/v1/check", "/api/v1/messages"):
        answer = client.post(address, {"body": "a form"})
        assert answer.status_code == 422


HOSTILE_JSON: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"body": "\xff"}',
    b'{"body": "\\ud800", "places": ["space:everyone"]}',
    b'{"body": "a\\u0000b", "places": ["space:everyone"]}',
    b'{"body": "a", "places": ["space:\\u0000"]}',
    b'{"body": "a", "places": ["channel:\\u0000"]}',
    b'{"body": "a", "places": ["space:everyone"], "justification": "\\u0000"}',
    b'{"body": "a", "places": ["space:everyone"], "justification": ["x"]}',
    b'{"body": "a", "places": "space:everyone"}',
    b'{"body": "a", "places": [["space:everyone"]]}',
    b'{"body": "a", "places": ["space:everyone"], "marking": 99999999999999999999}',
    b'{"body": "a", "places": ["space:everyone"], "marking": "\\u0000"}',
    b'{"body": "a", "places": ["space:everyone"], "marking": {}}',
    b'{"body": "a", "answers": "9999999999999999999"}',
    b'{"body": "a", "answers": 1}',
    b'{"body": "a", "answers": true}',
    b'{"body": "a", "places": ["space:everyone"], "attachments": ["9999999999999999999"]}',
    b'{"body": "a", "places": ["space:everyone"], "attachments": ["9223372036854775808", "0"]}',
    b'{"body": "a", "places": ["space:everyone"], "deliver_at": "9999-12-31T23:59:59-14:00"}',
    b'{"body": "a", "places": ["space:everyone"], "deliver_at": "9999-12-31T23:59:59Z"}',
    b'{"body": "a", "places": ["space:everyone"], "deliver_at": "0001-01-01T00:00:00+14:00"}',
    b'{"body": "a", "places": ["space:everyone"], "deliver_at": 12}',
    b'{"body": "a", "places": ["space:everyone"], "deliver_at": {"a": 1}}',
    b'{"body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"a": ' * 50_000 + b"1" + b"}" * 50_000,
    b'{"body": "' + b"a" * 600_000 + b'"}',
    b'{"body": "' + b"a" * 51_000 + b'", "places": ["space:everyone"]}',
    orjson.dumps({"body": "a", "places": [f"space:s{one}" for one in range(5000)]}),
    b'{"body": "a", "body": "b", "places": ["space:everyone"], "places": []}',
    b'{"__proto__": {}, "body": "a"}',
)


@pytest.mark.parametrize("address", ["/api/v1/check", "/api/v1/messages"])
def test_hostile_json_is_refused_in_json(world: World, address: str) -> None:
    client = Client(raise_request_exception=False)
    token = world.tokens["author"]
    for body in HOSTILE_JSON:
        with undone():
            answer = client.post(
                address, body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
            )
        assert answer.status_code < 500, body[:120]
        said = orjson.loads(answer.content)
        assert answer.status_code < 300 or {"title", "detail", "code"} <= said.keys(), body[:120]


@pytest.mark.django_db
def test_a_cookie_of_any_bytes_is_nobody() -> None:
    client = Client(raise_request_exception=False)
    for cookie in ('"\\000aaaaaaaaaaaa"', "a" * 5000, "'; --", "é" * 20, '"\\377\\377\\377\\377\\377\\377"'):
        answer = client.get(
            "/people", headers={"Cookie": f"lockgate_session={cookie}; lockgate_csrf={cookie}"}
        )
        assert answer.status_code == 302


@pytest.mark.django_db
def test_a_token_of_any_bytes_is_nobody() -> None:
    client = Client(raise_request_exception=False)
    for token in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer lgt_",
        "Basic x",
        "Bearer lgt_\x00",
        "Bearer " + "lgt_" * 5000,
        "é",
    ):
        answer = client.get("/api/v1/places", headers={"Authorization": token})
        assert answer.status_code == 401
