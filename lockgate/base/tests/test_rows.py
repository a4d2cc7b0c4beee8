"""Plain statements: rows go in and come out, and what the database refuses is refused in the same words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from lockgate.base.rows import ahead, execute, fetched, gathered, insert, prepared, settle, stored, together
from lockgate.base.transactions import after_commit, change, is_in_transaction

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
        with together(), change():
            insert("people_site", SITE, [(901, "Hall one")])
            insert("people_site", SITE, [(902, "Hall one")])
            insert("people_site", SITE, [(903, "Hall three")])

    with pytest.raises(IntegrityError):
        three_at_once()
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == []
    with together(), change():
        insert("people_site", SITE, [(901, "Hall one")])
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == [(901,)]


@pytest.mark.django_db(transaction=True)
def test_a_question_within_is_answered_and_a_refusal_of_ours_undoes_all() -> None:
    class NotTodayError(Exception):
        pass

    def asked_and_left() -> None:
        with together(), change():
            insert("people_site", SITE, [(901, "Hall one")])
            assert fetched("SELECT name FROM people_site WHERE id = %s", [901]) == [("Hall one",)]
            raise NotTodayError

    with pytest.raises(NotTodayError):
        asked_and_left()
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == []
    with together(), change():
        insert("people_site", SITE, [(902, "Hall two")])
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == [(902,)]


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_at_the_commit_is_told() -> None:
    """Foreign keys are looked at when the transaction ends; nobody is told that it was done."""

    def seat_of_nobody() -> None:
        with together(), change():
            columns = ("person_id", "audience_id", "role", "begins_at", "hears_from")
            insert("spaces_seat", columns, [(999_999, 999_999, "member", stored(AT), 0)])

    with pytest.raises(IntegrityError):
        seat_of_nobody()
    assert fetched("SELECT id FROM spaces_seat WHERE person_id = %s", [999_999]) == []


@pytest.mark.django_db
def test_what_is_gathered_is_one_statement_where_the_database_has_such() -> None:
    with CaptureQueriesContext(connection) as captured, gathered():
        insert("people_site", SITE, [(901, "Hall one")])
        execute("DELETE FROM people_department WHERE id = %s", [999_999])
        insert("people_site", SITE, [(902, "Hall two"), (903, "Hall three")])
    assert len(captured) == (1 if connection.vendor == "postgresql" else 3)
    assert fetched("SELECT count(*) FROM people_site WHERE id > %s", [900]) == [(3,)]


@pytest.mark.django_db
def test_a_question_sees_what_was_gathered_before_it() -> None:
    with gathered():
        insert("people_site", SITE, [(901, "Hall one")])
        assert fetched("SELECT name FROM people_site WHERE id = %s", [901]) == [("Hall one",)]
        insert("people_site", SITE, [(902, "Hall two")])
        settle()
        settle()
        with gathered():
            insert("people_site", SITE, [(903, "Hall three")])
    assert fetched("SELECT count(*) FROM people_site WHERE id > %s", [900]) == [(3,)]


@pytest.mark.django_db
def test_what_was_gathered_and_given_up_is_not_carried_out_later() -> None:
    def given_up() -> None:
        with gathered():
            execute("DELETE FROM people_department WHERE id = %s", [999_999])
            raise LookupError

    with pytest.raises(LookupError):
        given_up()
    with CaptureQueriesContext(connection) as captured:
        assert fetched("SELECT 1", []) == [(1,)]
    assert len(captured) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_prepared_is_written_in_the_transaction_that_begins_later() -> None:
    told: list[str] = []
    with prepared() as kept:
        assert is_in_transaction()
        insert("people_site", SITE, [(901, "Hall one")])
        after_commit(lambda: told.append("one"))
        settle()
        with pytest.raises(RuntimeError):
            fetched("SELECT id FROM people_site", [])
    assert not is_in_transaction()
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == []
    with change():
        kept.carry_out()
        assert told == []
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == [(901,)]
    assert told == ["one"]


@pytest.mark.django_db(transaction=True)
def test_what_was_prepared_and_not_written_leaves_nothing() -> None:
    told: list[str] = []

    def lost() -> None:
        with prepared() as kept:
            insert("people_site", SITE, [(901, "Hall one")])
            insert("people_site", SITE, [(902, "Hall one")])
            after_commit(lambda: told.append("lost"))
        with change():
            kept.carry_out()

    with pytest.raises(IntegrityError):
        lost()
    with pytest.raises(ZeroDivisionError), prepared():
        insert("people_site", SITE, [(903, str(1 / 0))])
    assert fetched("SELECT id FROM people_site WHERE id > %s", [900]) == []
    assert told == []
    assert not is_in_transaction()


@pytest.mark.django_db(transaction=True)
def test_what_was_asked_ahead_in_a_transaction_is_answered_there_and_not_after() -> None:
    question: tuple[str, list[object]] = ("SELECT name FROM people_site WHERE id = %s", [901])
    with together(), change():
        insert("people_site", SITE, [(901, "Hall one")])
        with ahead([question, ("SELECT count(*) FROM people_site WHERE id > %s", [900])]):
            assert fetched(*question) == [("Hall one",)]
        execute("UPDATE people_site SET name = %s WHERE id = %s", ["Hall two", 901])
        assert fetched(*question) == [("Hall two",)]
