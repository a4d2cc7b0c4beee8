"""How the database goes about the pages of a reader. Runs inside.

Each statement of a page is explained with what it really read. SQLite tells its way alone.
"""

from __future__ import annotations

import re
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from lockgate.base.clock import now
from lockgate.gateway.models import Passage
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

LARGE = (
    "gateway_passage", "gateway_message", "gateway_ruling", "search_open", "search_confidential", "search_indexed",
    "search_vocabulary", "spaces_seat", "people_person", "notices_notice", "notices_happening", "archive_",
)  # fmt: skip


def seen(only: str | None) -> dict[str, Any]:
    at = now()
    reader = Person.objects.filter(firm__is_house=True).order_by("pk")[10]
    places = [one for one in spaces.places_of(reader, at) if one.kind == "inside"]
    thread = (
        Passage.objects.filter(audience_id=places[0].audience_id, thread__isnull=True, answers_count__gte=3)
        .order_by("-position")
        .values_list("message_id", flat=True)[0]
    )
    pages = {
        "home": "/",
        "space": f"/spaces/{places[0].slug}",
        "thread": f"/messages/{thread}",
        "search": "/search?q=valve+seal",
        "notices": "/approvals",
    }
    with override_settings(ALLOWED_HOSTS=["*"]):
        client = Client()
        client.force_login(reader)
        return {name: _page(client, path) for name, path in pages.items() if only in (None, name)}


def _page(client: Client, path: str) -> dict[str, Any]:
    client.get(path)  # what is kept between pages is kept
    asked: list[tuple[str, Any, float]] = []

    def keep(execute: Any, statement: str, values: Any, is_many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(statement, values, is_many, context)
        finally:
            asked.append((statement, values, (time.perf_counter() - began) * 1000))

    with connection.execute_wrapper(keep):
        answer = client.get(path)
    notes = [] if answer.status_code == 200 else [f"{path} answered {answer.status_code}"]
    framing = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    asked = [one for one in asked if not one[0].startswith(framing)]
    plans = [
        _explained(statement, values)
        for statement, values, _took in asked
        if statement.startswith(("SELECT", "WITH"))
    ]
    whole = [line for _blocks, lines, _text in plans for line in lines]
    slowest = max(asked, key=lambda one: one[2])
    notes.append(f"slowest: {_short(slowest[0])}")
    found: dict[str, Any] = {
        "statements": len(asked),
        "all_ms": sum(took for _statement, _values, took in asked),
        "slowest_ms": slowest[2],
        "whole": sorted(set(whole)),
        "notes": notes,
    }
    if connection.vendor == "postgresql":
        found["blocks"] = sum(blocks for blocks, _lines, _text in plans)
        most = max(plans, key=lambda one: one[0])
        notes.append(f"reads most ({most[0]:,} blocks): {most[2]}")
    return found


def _explained(statement: str, values: Any) -> tuple[int, list[str], str]:
    """Blocks read, lines that read a large table whole, the statement in short."""
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute(
            ("EXPLAIN (ANALYZE, BUFFERS) " if is_postgresql else "EXPLAIN QUERY PLAN ") + statement, values
        )
        lines = [str(row[-1]) for row in cursor.fetchall()]
    if is_postgresql:
        read = re.search(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?", "\n".join(lines))
        blocks = sum(int(one or 0) for one in read.groups()) if read else 0
        whole = [
            line.strip() for line in lines if "Seq Scan on" in line and any(name in line for name in LARGE)
        ]
        return blocks, whole, _short(statement)
    # The first of all by their key ("ORDER BY key LIMIT 1") is called a scan, too, and ends at its first row.
    is_first_by_key = (
        " WHERE " not in statement
        and statement.rstrip().endswith("LIMIT 1")
        and not any("TEMP B-TREE" in line for line in lines)
    )
    whole = [] if is_first_by_key else [
        line for line in lines
        if line.startswith("SCAN") and any(name in line for name in LARGE) and ":M" not in line and "INDEX" not in line
    ]  # fmt: skip
    return 0, whole, _short(statement)


def _short(statement: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r'"', "", statement))[:160]
