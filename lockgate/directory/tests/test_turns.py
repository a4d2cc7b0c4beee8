"""The LDAP server is asked at an interval, by one process at a time, and a broken answer changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lockgate.cli.examination.edges import ways_in
from lockgate.demo.cast import Cast
from lockgate.directory import ldap
from lockgate.directory.models import Sync
from lockgate.directory.operations import AtWork, sync_due, sync_now
from lockgate.directory.queries import last_sync
from lockgate.directory.types import Row, Wanted
from lockgate.people.models import Person

ROWS = [Row(f"uid=p{n}", Wanted(external_id=f"x{n}", email=f"p{n}@haldenvalve.example")) for n in range(8)]


class Server:
    """What stands for the server: it answers ``rows``, or fails with ``why``; ``during`` happens while it is asked."""

    def __init__(self) -> None:
        self.rows, self.why, self.asked = ROWS, "", 0
        self.during: Any = lambda: None

    def everybody(self) -> list[Row]:
        self.asked += 1
        self.during()
        if self.why:
            raise ldap.ServerFailed(self.why)
        return self.rows


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Server:
    settings.LDAP_URL, settings.LDAP_BASE = "ldaps://ldap.example", "dc=example"
    made = Server()
    monkeypatch.setattr(ldap, "everybody", made.everybody)
    return made


def outcome(at: datetime) -> tuple[str, int, int]:
    last = last_sync(at)
    assert last is not None
    return last.outcome, last.joined, last.left


def test_it_asks_when_it_is_time_and_not_before(
    server: Server, cast: Cast, at: datetime, settings: Any
) -> None:
    assert last_sync(at) is None
    assert sync_due(clock=lambda: at)
    assert outcome(at) == ("done", 8, 0)
    assert not sync_due(clock=lambda: at + timedelta(minutes=59))
    server.rows = ROWS[:7]
    assert sync_due(clock=lambda: at + timedelta(minutes=60))
    assert outcome(at) == ("done", 0, 1)
    settings.LDAP_SYNC_MINUTES = 0
    assert not sync_due(clock=lambda: at + timedelta(days=1)), "left to the command"
    settings.LDAP_SYNC_MINUTES, settings.LDAP_URL = 60, ""
    assert not sync_due(clock=lambda: at + timedelta(days=1)), "no server is named"
    assert server.asked == 2


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS[7:]])
def test_a_broken_answer_puts_nobody_out_until_somebody_says_so(
    rows: list[Row], server: Server, cast: Cast, at: datetime
) -> None:
    sync_due(clock=lambda: at)
    server.rows = rows
    later = at + timedelta(hours=2)
    assert sync_due(clock=lambda: later)
    assert outcome(later) == ("stopped", 0, 0)
    assert Person.objects.filter(directory_record__source="ldap", is_active=True).count() == 8
    assert any("would leave" in one.sentence for one in ways_in())
    report = sync_now(clock=lambda: later, may_empty=True)
    assert len(report.left) == 8 - len(rows)
    assert outcome(later)[0] == "done"


def test_a_server_that_fails_is_asked_again_soon_and_said(
    server: Server, cast_now: Cast, client: Client
) -> None:
    at = cast_now.author.joined_at + timedelta(days=1)
    sync_due(clock=lambda: at)
    server.why = "invalidCredentials"
    assert not sync_due(clock=lambda: at + timedelta(hours=2))
    assert outcome(at)[0] == "failed"
    assert any("invalidCredentials" in one.sentence for one in ways_in())
    assert Person.objects.filter(directory_record__source="ldap", is_active=True).count() == 8
    client.force_login(cast_now.administrator, backend="lockgate.people.door.Door")
    shown = client.get("/access").content.decode()
    assert "invalidCredentials" in shown
    assert "@haldenvalve" not in shown, "it tells numbers, and no names"
    server.why = ""
    assert not sync_due(clock=lambda: at + timedelta(hours=2, minutes=9))
    assert sync_due(clock=lambda: at + timedelta(hours=2, minutes=11))


def test_one_process_asks_at_a_time_and_one_that_lost_its_turn_stops(
    server: Server, cast: Cast, at: datetime
) -> None:
    def another_comes() -> None:
        server.during = lambda: None
        assert not sync_due(clock=lambda: at)
        with pytest.raises(AtWork):
            sync_now(clock=lambda: at)

    server.during = another_comes
    assert sync_due(clock=lambda: at)
    assert (server.asked, outcome(at)) == (1, ("done", 8, 0))

    def it_slept() -> None:
        server.during, server.rows = lambda: None, ROWS
        assert sync_due(clock=lambda: at + timedelta(hours=3))

    server.rows, server.during = ROWS[:7], it_slept
    assert not sync_due(clock=lambda: at + timedelta(hours=2))
    assert outcome(at) == ("done", 0, 0), "the one that came after it, which holds"
    assert Person.objects.filter(directory_record__source="ldap", is_active=True).count() == 8
    assert Sync.objects.get().held_until is None


def test_what_breaks_in_the_midst_gives_the_turn_back(
    server: Server, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise RuntimeError

    server.during = breaks
    with pytest.raises(RuntimeError):
        sync_due(clock=lambda: at)
    assert outcome(at)[0] == "failed"
    server.during = lambda: None
    assert sync_due(clock=lambda: at + timedelta(minutes=10))
