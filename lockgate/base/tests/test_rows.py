"""Plain statements: rows go in and come out, and what the database refuses is refused in the same words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection

from lockgate.base.rows import execute, fetched, insert, stored, together
from lockgate.base.transactions import change

AT = datetime(2026, 11, 22, 10, 30, 0, 125, tzinfo=UTC)
SITE = ("id", "name")


@pytest.mark.django_db
def test_rows_go_in_and_come_out() -> None:
    insert("people_site", SITE, [(901, "Hall one"), (902, "Hall two")])
    assert fetched("SELECT id, name FROM people_site WHERE id > %s ORDER BY id", [900]) == [
        (901, "Hall one"),
        (902, "Hall two"),
    ]
    assert execute("DELETE FROM people_site WHERE id > %s", [900]) == 2
    insert("people_site", SITE, [])
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == []


def test_a_time_is_what_the_database_takes() -> None:
    expected = AT if connection.vendor == "postgresql" else "2026-11-22 10:30:00.000125"
    assert stored(AT) == expected


@pytest.mark.django_db(transaction=True)
def test_what_travels_together_is_refused_together() -> None:
    """The second row has the name of the first: nothing of the block stays, and the error is Django's own."""

    def three_at_once() -> None:
        with change(), together():
            insert("people_site", SITE, [(901, "Hall one")])
            insert("people_site", SITE, [(902, "Hall one")])
            insert("people_site", SITE, [(903, "Hall three")])

    with pytest.raises(IntegrityError):
        three_at_once()
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == []
    with change(), together():
        insert("people_site", SITE, [(901, "Hall one")])
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == [(901,)]
