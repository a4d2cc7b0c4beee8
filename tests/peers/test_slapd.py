"""People taken over from a real LDAP server, and signing in by their password there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lockgate.demo.cast import PASSWORD, Cast
from lockgate.directory import ldap
from lockgate.directory.models import Record, Welcome
from lockgate.directory.operations import people_of_ldap, prove_by_ldap, sync_due, synchronise
from lockgate.directory.queries import last_sync
from lockgate.directory.types import Report, Source
from lockgate.people.models import Person
from lockgate.profiles.models import Line
from tests.peers.conftest import _start
from tools.peers import slapd
from tools.peers.peer import Peer

PEOPLE = [
    slapd.entry("ann", "Ann Smith", "ann.smith@haldenvalve.example", "ann-pass", "Planner", "Planning"),
    slapd.entry("zoe", "Zoë Müller", "zoe@haldenvalve.example", "zoe-pass")
    + f"manager: UID=ann, ou=people,{slapd.SUFFIX}\n",
    slapd.entry("theo", "Théo Mercier", "theo.mercier@haldenvalve.example", "theo-pass"),
    slapd.entry("twin", "Twin One", "twin@haldenvalve.example", "twin-pass"),
    slapd.entry("twin2", "Twin Two", "twin@haldenvalve.example", "twin-pass"),
    *(slapd.entry(f"many{n}", f"Many {n}", f"many{n}@haldenvalve.example") for n in range(600)),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    yield from _start(lambda folder: slapd.start(folder, PEOPLE), tmp_path_factory, "slapd")


@pytest.fixture
def on(server: Peer, settings: Any, cast: Cast) -> Any:
    settings.LDAP_URL = server.url
    settings.LDAP_BASE = server.account["base"]
    settings.LDAP_BIND_DN = server.account["bind_dn"]
    settings.LDAP_BIND_PASSWORD = server.account["bind_password"]
    settings.LDAP_SIGN_IN = True
    settings.LDAP_FILTER = "(&(objectClass=inetOrgPerson)(mail=*)(!(uid=many*)))"
    return settings


def step(at: datetime, **more: Any) -> Report:
    return synchronise(source=Source("ldap", "from:ldap"), at=at, rows=people_of_ldap(), **more)


def test_more_than_a_page_of_people_is_read_whole(on: Any) -> None:
    on.LDAP_FILTER = "(&(objectClass=inetOrgPerson)(mail=*))"
    found = people_of_ldap()
    assert len(found) == len(PEOPLE)
    zoe = next(row.wanted for row in found if row.wanted.email == "zoe@haldenvalve.example")
    assert (zoe.name, zoe.given_name, zoe.family_name) == ("Zoë Müller", "Zoë", "Müller")
    assert len({row.wanted.external_id for row in found}) == len(PEOPLE)
    assert ldap.look() == ""


def test_the_people_here_are_brought_in_step(on: Any, cast: Cast, at: datetime) -> None:
    before = Person.objects.count()
    report = step(at, is_dry=True)
    assert Person.objects.count() == before
    assert "ann.smith@haldenvalve.example" in report.joined
    assert report.changed == ("theo.mercier@haldenvalve.example",)
    assert report.left == ()
    report = step(at)
    assert len(report.joined) == 4 or len(report.not_understood) == 1
    ann = Person.objects.select_related("department").get(email="ann.smith@haldenvalve.example")
    assert (ann.title, ann.department and ann.department.name) == ("Planner", "Planning")
    assert Welcome.objects.filter(person=ann).exists()
    assert Record.objects.get(person=cast.colleague).source == "ldap"
    again = step(at)
    assert again.joined == again.changed == again.left == ()
    on.LDAP_FILTER = "(&(objectClass=inetOrgPerson)(mail=*)(!(uid=many*))(!(uid=ann)))"
    gone = step(at)
    assert gone.left == ("ann.smith@haldenvalve.example",)
    assert not Person.objects.get(pk=ann.pk).is_active
    on.LDAP_FILTER = "(&(objectClass=inetOrgPerson)(mail=*)(!(uid=many*)))"
    assert step(at).came_back == ("ann.smith@haldenvalve.example",)


def test_the_work_process_asks_by_itself_and_managers_stand_in_the_chart(
    on: Any, cast: Cast, at: datetime
) -> None:
    on.LDAP_FILTER = "(&(objectClass=inetOrgPerson)(mail=*)(!(uid=many*))(!(uid=twin*)))"
    now = at
    assert sync_due(clock=lambda: now)
    last = last_sync(now)
    assert last is not None
    assert (last.outcome, last.joined, last.left) == ("done", 2, 0)
    zoe = Person.objects.get(email="zoe@haldenvalve.example")
    assert draws(zoe) == "ann.smith@haldenvalve.example"
    assert not sync_due(clock=lambda: now), "it is not time"
    now = at + timedelta(minutes=61)
    on.LDAP_FILTER = "(objectClass=nothing)"
    assert sync_due(clock=lambda: now)
    stopped = last_sync(now)
    assert stopped is not None
    assert (stopped.outcome, stopped.left) == ("stopped", 0)
    on.LDAP_URL = "ldap://127.0.0.1:9"
    now = at + timedelta(minutes=123)
    assert not sync_due(clock=lambda: now)
    failed = last_sync(now)
    assert failed is not None
    assert failed.outcome == "failed"
    assert Person.objects.get(pk=zoe.pk).is_active


def draws(person: Person) -> str:
    return Line.objects.get(person=person).manager.email


def test_people_sign_in_by_their_password_there(on: Any, cast: Cast, at: datetime) -> None:
    def enters(email: str, password: str) -> bool:
        client = Client()
        client.post("/sign-in", {"email": email, "password": password})
        return client.get("/people").status_code == 200

    assert not enters("ann.smith@haldenvalve.example", "ann-pass"), "not taken over yet"
    step(at)
    assert enters("ann.smith@haldenvalve.example", "ann-pass")
    assert enters("Ann.Smith@HALDENVALVE.example", "ann-pass")
    assert enters("theo.mercier@haldenvalve.example", "theo-pass")
    assert enters("theo.mercier@haldenvalve.example", PASSWORD), "one's own password stands"
    for email, password in (
        ("ann.smith@haldenvalve.example", "zoe-pass"),
        ("ann.smith@haldenvalve.example", ""),
        ("*@haldenvalve.example", "ann-pass"),
        ("ann*", "ann-pass"),
        ("twin@haldenvalve.example", "twin-pass"),
        ("ann.smith@haldenvalve.example)(uid=*", "ann-pass"),
        ("nobody@haldenvalve.example", "ann-pass"),
    ):
        assert not enters(email, password), (email, password)
        assert password == "" or prove_by_ldap(email=email, password=password) is None


def test_a_server_that_cannot_be_asked_puts_nobody_out(on: Any, cast: Cast, at: datetime) -> None:
    step(at)
    on.LDAP_BIND_PASSWORD = "wrong"
    with pytest.raises(ldap.ServerFailed):
        people_of_ldap()
    assert "invalidCredentials" in ldap.look()
    client = Client()
    client.post("/sign-in", {"email": cast.author.email, "password": PASSWORD})
    assert client.get("/people").status_code == 200
    on.LDAP_URL = "ldap://127.0.0.1:9"
    assert ldap.look()
    assert Person.objects.get(email="ann.smith@haldenvalve.example").is_active
