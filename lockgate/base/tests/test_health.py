"""A connection that the server has ended is noticed without asking the server, before the first statement needs it."""

from __future__ import annotations

import pytest
from django.db import connection, connections

from lockgate.base.rows import fetched
from lockgate.base.transactions import is_postgresql


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_ended_is_opened_again() -> None:
    if not is_postgresql():
        assert fetched("SELECT 1", []) == [(1,)]  # a file does not hang up
        return
    ((backend,),) = fetched("SELECT pg_backend_pid()", [])
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    other.close()
    connection.close_if_unusable_or_obsolete()  # what a new request begins with
    ((now,),) = fetched("SELECT pg_backend_pid()", [])
    assert now != backend


@pytest.mark.django_db(transaction=True)
def test_a_quiet_connection_is_asked_nothing() -> None:
    fetched("SELECT 1", [])
    held = connection.connection
    connection.close_if_unusable_or_obsolete()
    assert connection.health_check_done is False
    fetched("SELECT 1", [])
    assert connection.connection is held
    assert connection.health_check_done is is_postgresql()
