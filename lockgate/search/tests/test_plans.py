"""No search reads a whole table: asked of both databases beside many rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection

from lockgate.base.ids import floor_id
from lockgate.base.transactions import is_postgresql
from lockgate.demo.cast import Cast
from lockgate.search import finding, tables
from lockgate.search.models import Indexed
from lockgate.search.queries import search
from lockgate.search.rules import ask, document
from lockgate.search.tests.conftest import Clock, Say

ROWS = 20_000


@pytest.fixture
def many(cast: Cast, clock: Clock, say: Say) -> None:
    """Rows of another room, and of the company, beside the few that are found."""
    say("The zqseal weeps.", "valve-7")
    say("The zqseal was ordered.", "everyone")
    for table, slug in ((tables.OPEN, "everyone"), (tables.CONFIDENTIAL, "resellers-dach")):
        audience = cast.audiences[slug].pk
        first = 1_000_000 if table == tables.OPEN else 2_000_000
        words = [
            document(f"word{n % 997} other{n % 89} more{n}", author=7, has_file=False, is_answer=False)
            for n in range(ROWS)
        ]
        tables.write(table, [(first + n, audience, one) for n, one in enumerate(words)])
        Indexed.objects.bulk_create(
            Indexed(
                id=first + n,
                passage_id=first + n,
                audience_id=audience,
                revision=1,
                is_open=table == tables.OPEN,
            )
            for n in range(ROWS)
        )
    with connection.cursor() as cursor:
        if is_postgresql():
            # So few rows would all still wait in the index's list, which no table that has stood for a while does.
            for table in (tables.OPEN, tables.CONFIDENTIAL):
                cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [f"{table}_words"])
        cursor.execute("ANALYZE")


QUESTIONS = [
    "zqseal",
    "zqnowhere",
    "word5",
    '"zqseal weeps"',
    "zqse*",
    "from:nadia-roux",
    "in:valve-7 zqseal",
    "has:file",
    "zqseal weeps",
    '"zqseal weeps" in:valve-7',
    "*qsea*",
    "from:nadia-roux zqseal",
    "is:question zqseal",
    "is:answer",
    "before:2027 zqseal",
    "after:2025 zqnowhere",
    "漏れ",
    "more7",
]


@pytest.mark.usefixtures("many")
def test_the_index_is_asked(cast: Cast, clock: Clock) -> None:
    for viewer, question in product((cast.author, cast.stranger, cast.guest), QUESTIONS):
        seen: list[tuple[str, Any]] = []

        def keep(execute: Any, statement: str, values: Any, is_many: bool, context: Any) -> Any:
            seen.append((statement, values))  # noqa: B023  (called within the round)
            return execute(statement, values, is_many, context)

        with connection.execute_wrapper(keep):
            search(viewer, question, at=clock.later())
        asked = [(text, values) for text, values in seen if "search_" in text]
        # Where one does not sit nothing is asked at all.
        assert asked or "in:" in question
        for statement, values in asked:
            for line in plan(statement, values):
                assert not is_scan(line), (line, statement)


def test_many_rooms_are_asked_in_few_parts_and_each_once() -> None:
    """Each room's words stand in one part alone, so that no row answers twice; and parts stay few."""
    asked = ask("zqseal ring from:me")
    for rooms in (0, 1, 8, 9, 50, 500):
        audiences = range(1, rooms + 1)
        parts = tables.question(tables.CONFIDENTIAL, asked, [7], audiences, {})
        assert sorted(one for part in parts for one in part.audiences) == list(audiences)
        assert len(parts) <= (8 if is_postgresql() else 1)
        for part in parts:
            assert all(tables.scope(one) in part.words for one in part.audiences)
    assert tables.question(tables.OPEN, asked, [7], (), {})


def test_after_a_burst_the_pieces_are_not_seconds_and_then_everything() -> None:
    year, week, second = (
        floor_id(datetime(2026, 1, 1, tzinfo=UTC) + span) - floor_id(datetime(2026, 1, 1, tzinfo=UTC))
        for span in (timedelta(365), timedelta(7), timedelta(seconds=1))
    )
    now = 10 * year
    assert finding.edges(now, 3 * second, 0) == [now - week, now - 10 * week, 0]
    assert finding.edges(now, week, 0) == [now - 30 * week, now - 300 * week, 0]
    assert finding.edges(now, week, now - 2 * week) == [now - 2 * week] * 3


def plan(statement: str, values: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN ") + statement, values)
        return [str(row[-1]) for row in cursor.fetchall()]


def is_scan(line: str) -> bool:
    if is_postgresql():
        return "Seq Scan on" in line and any(
            table in line for table in ("search_open", "search_confidential", "search_indexed")
        )
    # A virtual table is "scanned" by its own index: ":M" names the words that it looks up.
    return line.startswith("SCAN") and not any(
        known in line for known in (":M", "json_each", "found", "(subquery")
    )
