"""Ask one address as one person, and look at every byte of the answer."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client

from lockgate.base.rows import fetched
from lockgate.people.models import Person
from tests.leaks.world import ACTORS, ROOM, World

DOOR = "lockgate.people.door.Door"
_TOKENS = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(rb'<meta name="csrf" content="[^"]*">'),
    re.compile(rb"""hx-headers='[^']*'"""),
    re.compile(rb"<time [^>]*>[^<]*</time>"),
)
# What differs between two answers to one question: the token of the cookie, the moment.
_HEADERS = ("Set-Cookie", "Date", "Expires", "Content-Length", "RateLimit", "RateLimit-Policy")


@dataclass(frozen=True)
class Answered:
    """One answer: ``whole`` is all that went over the wire, ``masked`` without what differs by chance."""

    status: int
    whole: bytes
    masked: bytes
    location: str


def client_of(world: World, actor: str) -> Client:
    """``actor`` signed in by a session; the deactivated one from before they left; "anonymous" by none."""
    client = Client(raise_request_exception=False)
    if actor == "anonymous":
        return client
    person = Person.objects.get(slug=ACTORS[actor])
    was = person.is_active, person.left_at
    Person.objects.filter(pk=person.pk).update(is_active=True, left_at=None)
    client.force_login(Person.objects.get(pk=person.pk), backend=DOOR)
    Person.objects.filter(pk=person.pk).update(is_active=was[0], left_at=was[1])
    return client


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves no trace, so that each question meets the same world."""
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)


def _unpacked(body: bytes) -> bytes:
    """What a zip holds: packed, no word of it could be found."""
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        return b"\n".join(name.encode() + b"\n" + held.read(name) for name in held.namelist())


def ask(
    client: Client,
    method: str,
    address: str,
    fields: dict[str, Any] | None = None,
    *,
    is_json: bool = False,
    mask: str = "",
    **headers: str,
) -> Answered:
    """``mask`` is the id that was asked for: an answer may repeat the question."""
    more: dict[str, Any] = {"headers": headers} if headers else {}
    kept = SimpleCookie(client.cookies.output(header="", sep="; "))
    if method == "POST" and is_json:
        answer = client.post(address, json.dumps(fields or {}), content_type="application/json", **more)
    elif method == "DELETE":
        answer = client.delete(address, json.dumps(fields or {}), content_type="application/json", **more)
    elif method == "POST":
        answer = client.post(address, fields or {}, **more)
    else:
        answer = client.generic(method, address, **more)
    client.cookies = kept  # signing out, too, is undone
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == "application/zip":
        body = _unpacked(body)
    head = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items())).encode()
    cookies = answer.cookies.output().encode()
    masked = "\n".join(
        f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in _HEADERS
    ).encode()
    masked += b"\n\n" + body
    for pattern in _TOKENS:
        masked = pattern.sub(b"", masked)
    if mask:
        masked = masked.replace(mask.encode(), b"ASKED").replace(mask.replace("/", "%2F").encode(), b"ASKED")
    # Who signs for a room knows its address; that they asked for it does not change what stands on their page.
    masked = masked.replace(ROOM.encode(), b"ASKED")
    return Answered(
        answer.status_code,
        head + b"\n" + cookies + b"\n" + body,
        masked,
        str(answer.headers.get("Location", "")),
    )


_TABLES = (
    "gateway_message",
    "gateway_passage",
    "gateway_attachment",
    "gateway_draft",
    "gateway_revision",
    "conversations_reaction",
    "conversations_bookmark",
    "conversations_pin",
    "conversations_acceptance",
    "conversations_receipt",
    "conversations_exemption",
    "conversations_voted",
    "conversations_ballot",
    "approvals_request",
    "approvals_signoff",
    "approvals_escalation",
    "approvals_voiding",
    "notices_notice",
    "archive_entry",
    "spaces_seat",
    "spaces_nda",
    "spaces_request",
    "deals_decision",
    "deals_vote",
    "channels_account",
    "channels_secret",
    "policy_packversion",
    "policy_publication",
    "policy_review",
)


_COUNTS = "SELECT " + ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in _TABLES)


def counted() -> tuple[Any, ...]:
    """What stands in the tables, in numbers that any change would move. Asked two thousand times for each person."""
    passages = "SELECT state, COUNT(*), SUM(version) FROM gateway_passage GROUP BY state ORDER BY state"
    return (*fetched(_COUNTS, []), *fetched(passages, []))
