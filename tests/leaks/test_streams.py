"""Leak classes C13, D19 and F28 on the event stream: asked at each delivery, ended within a second, never a word."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from lockgate.base.clock import now
from lockgate.gateway.operations import recall, submit
from lockgate.live import source as live
from lockgate.live.hearing import Happened
from lockgate.live.streams import Streams, _cookie, _last, frame
from lockgate.people.operations import let_go
from lockgate.spaces.operations import end_seat
from tests.leaks.asking import client_of
from tests.leaks.world import ROOM, World


class Heard:
    """A source of streams without its thread: what it told to whom, and which streams it ended."""

    def __init__(self) -> None:
        self.told: list[tuple[frozenset[int], Happened, str]] = []
        self.ended: set[str] = set()
        self.source = live.Source(
            lambda persons, happened, place: self.told.append((persons, happened, place)),
            lambda sessions, _persons: self.ended.update(sessions),
        )

    def look(self) -> None:
        """What the thread does each second, and at each wake-up."""
        self.source._tail(0)
        self.source._check_sessions()

    def persons(self, passage: int) -> set[int]:
        return {
            one for persons, happened, _place in self.told if happened.passage == passage for one in persons
        }


@pytest.fixture
def joined(world: World) -> tuple[Heard, dict[str, str]]:
    heard = Heard()
    keys = {}
    for actor in ("author", "colleague", "guest here", "stranger", "guest elsewhere"):
        client = client_of(world, actor)
        keys[actor] = client.cookies["lockgate_session"].value
        assert heard.source.join(keys[actor], None) is not None
    heard.look()
    heard.told.clear()
    return heard, keys


def say(world: World, words: str = "Said to the room.") -> int:
    sent = submit(by=world.cast.author, at=now(), body=words, marking=1, places=[f"space:{ROOM}"])
    return sent.passages[0].passage_id


def test_it_looks_each_second() -> None:
    assert live.TAIL_SECONDS <= 1.0


def test_only_who_sits_there_is_woken(world: World, joined: tuple[Heard, dict[str, str]]) -> None:
    heard, keys = joined
    passage = say(world)
    heard.look()
    sitting = {
        world.person(one).pk for one in keys if one in {"author", "colleague", "guest here", "late member"}
    }
    assert len(sitting) == 3
    assert heard.persons(passage) == sitting


def test_who_was_cleared_is_told_nothing_more(world: World, joined: tuple[Heard, dict[str, str]]) -> None:
    heard, keys = joined
    before = say(world)
    # Said before, told after: the seat is asked at the moment of telling.
    end_seat(by=world.cast.author, at=now(), person=world.person("guest here"), audience_id=world.room.pk)
    after = say(world)
    heard.look()
    guest = world.person("guest here").pk
    assert guest not in heard.persons(before) | heard.persons(after)
    again = heard.source.join(keys["guest here"], 0)
    assert again is not None
    assert [happened for happened, place in again[1] if place == f"space:{ROOM}"] == []


def test_what_was_never_heard_is_not_told_as_taken_back(
    world: World, joined: tuple[Heard, dict[str, str]]
) -> None:
    """C15: somebody who may not hear the past is not told that something of it has gone."""
    heard, _keys = joined
    early = next(iter(world.objects["passage"]))
    recall(by=world.cast.author, at=now(), passage_id=early, why="Wrong.")
    heard.look()
    assert world.person("colleague").pk in heard.persons(early)
    assert world.person("late member").pk not in heard.persons(early)


def test_a_stream_ends_with_its_session(world: World, joined: tuple[Heard, dict[str, str]]) -> None:
    heard, keys = joined
    Session.objects.filter(session_key=keys["colleague"]).delete()
    let_go(by=world.cast.administrator, at=now(), person=world.person("stranger"))
    guest = world.person("guest here")
    guest.set_password("another password, a long one")
    guest.save()
    heard.look()
    assert heard.ended == {keys["colleague"], keys["stranger"], keys["guest here"]}
    assert heard.source.join(keys["stranger"], None) is None


def test_nothing_but_ids_is_ever_sent(world: World, joined: tuple[Heard, dict[str, str]]) -> None:
    heard, _keys = joined
    say(world, "zqspokenkx")
    heard.look()
    for _persons, happened, place in heard.told:
        sent = frame(happened, place)
        assert b"zq" not in sent
        assert len(sent) < 250


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 19, "9" * 400, "-1", "٣", "x", "1\nid: 2"])
def test_a_last_id_that_no_database_keeps_is_none(number: str) -> None:
    assert _last({"query_string": b""}, {b"last-event-id": number.encode()}) is None
    assert _last({"query_string": f"after={number}".encode()}, {}) is None


@pytest.mark.parametrize("cookie", [rb'"\000aaaaaaaaaaaa"', b"'; --", b"\xff" * 9, b'"\\377\\377"'])
def test_a_cookie_that_is_no_key_never_reaches_the_database(cookie: bytes) -> None:
    """One thread asks for all: a NUL would have stopped everybody's stream for a second on PostgreSQL."""
    assert _cookie({b"cookie": b"lockgate_session=" + cookie}) == ""


def test_a_page_of_somebody_else_may_not_listen() -> None:
    async def asked(origin: bytes) -> int:
        answers: list[Any] = []

        async def send(message: Any) -> None:
            answers.append(message)

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        scope = {
            "type": "http",
            "path": "/events",
            "method": "GET",
            "query_string": b"",
            "headers": [(b"host", b"localhost:8001"), (b"origin", origin)],
        }
        await Streams()(scope, receive, send)
        return int(answers[0]["status"])

    for origin in (
        b"https://evil.example",
        b"null",
        b"http://localhost.evil.example",
        b"http://localhost@evil.example",
    ):
        assert asyncio.run(asked(origin)) == 403
    assert asyncio.run(asked(b"http://localhost:8000")) == 503  # no source runs here; the door itself is open


def test_a_happening_is_forgotten(world: World) -> None:
    from lockgate.notices.models import Happening
    from lockgate.notices.operations import forget_happenings

    assert Happening.objects.exists()
    forget_happenings(before=now() + timedelta(days=1))
    assert not Happening.objects.exists()
