"""What travels together leaves in one piece, and a transaction that is left is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError, connection
from pytest_django import DjangoDbBlocker

from lockgate.base.rows import ahead, execute, fetched, insert, together
from lockgate.base.transactions import change
from lockgate.publishing.tests.real_databases import standing_on
from tools.dev.postgres import Postgres

HALL = ("id", "name")
QUESTION = ("SELECT name FROM hall WHERE id = %s", [901])

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def database(postgres: Postgres, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A PostgreSQL of its own, with one table: none of this is the house's."""
    with django_db_blocker.unblock(), standing_on(postgres.url("bundle")):
        execute("DROP TABLE IF EXISTS hall", [])
        execute("CREATE TABLE hall (id bigint PRIMARY KEY, name text)", [])
        yield


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry each time that something is handed to the system."""
    from psycopg import _pipeline_base

    from lockgate.base.postgresql import bundle

    sent: list[str] = []
    for module, real in ((bundle, bundle.send), (_pipeline_base, _pipeline_base.send)):

        def told(driver: object, real: object = real) -> object:
            sent.append("piece")
            return real(driver)  # type: ignore[operator]

        monkeypatch.setattr(module, "send", told)
    return sent


def is_idle() -> bool:
    from psycopg.pq import TransactionStatus

    return connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_a_post_leaves_in_two_pieces(pieces: list[str]) -> None:
    """Begin and what is asked; what is written and the end of the transaction."""
    with together(), change():
        with ahead([QUESTION, ("SELECT 1", [])]):
            assert fetched(*QUESTION) == []
        assert len(pieces) == 1
        insert("hall", HALL, [(901, "Hall one")])
        insert("hall", HALL, [(902, "Hall two")])
    assert len(pieces) == 2
    assert is_idle()
    assert fetched("SELECT count(*) FROM hall WHERE id > %s", [900]) == [(2,)]


def test_questions_outside_of_a_transaction_leave_in_one_piece(pieces: list[str]) -> None:
    with ahead([QUESTION, ("SELECT 1", [])]):
        assert fetched(*QUESTION) == []
    assert len(pieces) == 1
    assert is_idle()


def test_a_transaction_that_ends_with_a_question_is_committed() -> None:
    with together(), change():
        insert("hall", HALL, [(901, "Hall one")])
        assert fetched(*QUESTION) == [("Hall one",)]
    assert is_idle()
    connection.close()
    assert fetched(*QUESTION) == [("Hall one",)]


def test_a_transaction_in_which_nothing_was_asked_is_over() -> None:
    with together(), change():
        pass
    assert is_idle()


def test_the_server_compiles_nothing() -> None:
    assert fetched("SHOW jit", []) == [("off",)]


def test_what_was_refused_leaves_the_connection_usable() -> None:
    def twice(*, asked: bool) -> None:
        with together(), change():
            insert("hall", HALL, [(901, "Hall one"), (901, "Hall one")])
            if asked:
                fetched(*QUESTION)

    for asked in (False, True, False):
        with pytest.raises(IntegrityError):
            twice(asked=asked)
        assert is_idle()
    assert fetched(*QUESTION) == []


def test_more_than_a_socket_holds_goes_both_ways() -> None:
    """Ten megabytes each way at once: whoever sent all before reading would wait for ever."""
    with together(), change():
        for number in range(10):
            execute("SELECT repeat('x', %s), %s::text", [1_000_000, "y" * 1_000_000])
            insert("hall", HALL, [(901 + number, f"Hall {number}")])
    assert fetched("SELECT count(*) FROM hall WHERE id > %s", [900]) == [(10,)]


def test_a_connection_that_was_ended_is_told() -> None:
    def ended() -> None:
        with together(), change():
            insert("hall", HALL, [(901, "Hall one")])
            fetched("SELECT pg_terminate_backend(pg_backend_pid())", [])

    with pytest.raises(OperationalError):
        ended()
    connection.close()
    assert fetched(*QUESTION) == []
