"""The company that `./dev bench` measures can be made: a new column or trigger would break it unseen otherwise."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from lockgate.gateway.models import Passage
from lockgate.search import operations as search
from lockgate.search.models import Indexed
from lockgate.spaces.models import Seat
from tools.bench import company

pytestmark = pytest.mark.django_db(transaction=True)

# A large company in small: guests, rooms of guests, company-wide rooms, rare words.
_LARGE_IN_SMALL = company.Size(
    people=150, guests=30, spaces=10, company_wide=2, open_share=0.4, is_large=True
)


@pytest.fixture(autouse=True)
def _no_words() -> None:
    """What empties the tables between tests knows those of models alone."""
    with connection.cursor() as cursor:
        for table in ("search_open", "search_confidential", "search_vocabulary"):
            cursor.execute(f"DELETE FROM {table}")


def test_the_company_that_is_measured_can_be_made(at: datetime) -> None:
    company.fill(messages=300, at=at)
    assert Passage.objects.count() == 300
    assert Indexed.objects.count() == 300
    assert Seat.objects.count() > company.SMALL.people


@pytest.mark.parametrize("size", [company.SMALL, _LARGE_IN_SMALL], ids=["small", "large"])
def test_the_index_that_is_poured_in_is_the_one_that_search_makes(at: datetime, size: company.Size) -> None:
    company.fill(messages=300, at=at, size=size)
    poured = _index()
    search.rebuild(at=at)
    assert _index() == poured


def _index() -> list[object]:
    key = "id" if connection.vendor == "postgresql" else "rowid"
    found: list[object] = []
    with connection.cursor() as cursor:
        for statement in (
            f"SELECT {key}, words FROM search_open ORDER BY 1",
            f"SELECT {key}, words FROM search_confidential ORDER BY 1",
            "SELECT audience_id, word FROM search_vocabulary ORDER BY 1, 2",
            "SELECT id, passage_id, audience_id, revision, is_open FROM search_indexed ORDER BY 1",
        ):
            cursor.execute(statement)
            found.append(cursor.fetchall())
    return [
        # Of a SQLite row the order of words counts, that of the marks behind them does not.
        [
            (row[0], _split(row[1]) if isinstance(row[1], str) else row[1]) if len(row) == 2 else row
            for row in rows
        ]
        for rows in found  # type: ignore[attr-defined]  # rows of a cursor
    ]


def _split(words: str) -> tuple[list[str], set[str]]:
    parts = words.split(" ")
    marks = {one for one in parts if "_" in one.split("_", 1)[-1] or one.startswith("_")}
    return [one for one in parts if one not in marks], marks
