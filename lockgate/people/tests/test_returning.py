"""Whoever comes back with a session: found with it in one statement, and never with another's."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lockgate.demo.loader import PASSWORD
from lockgate.people import sessions
from lockgate.people.door import Door, meet
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from tests.fixtures import Cast

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    assert client.login(username=person.email, password=PASSWORD)
    return client


def test_session_and_person_are_one_statement_from_the_second_time_on(cast: Cast) -> None:
    client = signed_in(cast.colleague)
    client.get("/approvals")
    with CaptureQueriesContext(connection) as captured:
        client.get("/approvals")
    asked = [
        one["sql"] for one in captured if "django_session" in one["sql"] or "person.password" in one["sql"]
    ]
    assert len(asked) == 1


def test_a_wrong_guess_of_the_owner_finds_the_right_person(cast: Cast) -> None:
    client = signed_in(cast.colleague)
    key = str(client.session.session_key)
    sessions._owners[key] = cast.author.pk
    assert f"/people/{cast.colleague.slug}" in client.get("/").content.decode()
    assert sessions._owners[key] == cast.colleague.pk


def test_whoever_left_is_out_at_once_though_they_came_with_the_session(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.stranger)
    assert client.get("/").status_code == 200
    let_go(by=None, at=at, person=cast.stranger)
    assert client.get("/").status_code == 302


def test_the_person_who_came_along_serves_once_and_only_for_themselves(cast: Cast) -> None:
    store = sessions.SessionStore()
    store[SESSION_KEY] = str(cast.colleague.pk)
    store.create()
    store[SESSION_KEY] = str(cast.colleague.pk)
    store.save()
    for _ in range(2):
        assert sessions.SessionStore(store.session_key).load()[SESSION_KEY] == str(cast.colleague.pk)
    other = Door().get_user(cast.author.pk)
    assert other is not None
    assert other.pk == cast.author.pk
    sessions.SessionStore(store.session_key).load()
    sessions.SessionStore("unknown").load()
    with CaptureQueriesContext(connection) as captured:
        again = Door().get_user(cast.colleague.pk)
    assert again is not None
    assert again.pk == cast.colleague.pk
    assert len(captured) == 1, "what came with an earlier session is not used for a later one"
    meet(None)
