"""Streams of apps: what each stream bears, to whom, and when it ends. The real servers are driven in tests/peers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from asgiref.sync import async_to_sync, sync_to_async

from lockgate.base.clock import now
from lockgate.conversations.operations import react
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall, submit
from lockgate.live.types import Happened
from lockgate.mastodon import queries
from lockgate.mastodon.ids import space_id
from lockgate.mastodon.models import Token
from lockgate.mastodon.streaming import AppStreams
from lockgate.mastodon.streaming.drawing import Drawing, TokenEnded, Told, living
from lockgate.mastodon.streaming.names import may_open, of_path, shows, stream_named
from lockgate.mastodon.tests.client import token_for
from lockgate.notices.models import Notice
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.spaces.operations import end_seat

BASE = "http://testserver"
HOST = [(b"host", b"testserver")]


@pytest.mark.parametrize(
    ("name", "more", "stream"),
    [
        ("user", {}, ("user",)),
        ("user:notification", {}, ("user:notification",)),
        ("public:local", {"tag": "x"}, ("public:local",)),
        ("hashtag", {"tag": "#Bench"}, ("hashtag", "bench")),
        ("hashtag", {}, None),
        ("list", {"number": "47"}, ("list", "47")),
        ("list", {}, None),
        ("", {}, None),
        ("everything", {}, None),
    ],
)
def test_streams_by_name(name: str, more: dict[str, str], stream: tuple[str, ...] | None) -> None:
    assert stream_named(name, **more) == stream


def test_a_path_names_a_stream() -> None:
    assert of_path("/public/local/media") == "public:local:media"


@pytest.mark.parametrize(
    ("scopes", "stream", "may"),
    [
        (("read",), ("user",), True),
        (("read:statuses",), ("user",), True),
        (("read:statuses",), ("user:notification",), False),
        (("read:notifications",), ("user:notification",), True),
        (("read:statuses",), ("list", "1"), False),
        (("write",), ("public",), False),
    ],
)
def test_a_stream_needs_its_scope(scopes: tuple[str, ...], stream: tuple[str, ...], may: bool) -> None:
    assert may_open(scopes, stream) is may


def test_what_is_taken_away_goes_out_wherever_posts_are_shown() -> None:
    assert shows(("list", "1"), None)
    assert not shows(("user:notification",), None)
    assert not shows(("public",), {("user",)})


def said(by: Person, place: str = "space:valve-7", body: str = "The ring holds. #bench") -> Passage:
    sent = submit(by=by, at=now(), body=body, marking=1, places=[place])
    passage = Passage.objects.get(pk=sent.passages[0].passage_id)
    assert passage.state == "delivered"
    return passage


def happened(passage: Passage, kind: str = "delivered", number: int = 1) -> Happened:
    return Happened(number, passage.audience_id, passage.pk, kind)


def token_number(words: str) -> int:
    return Token.objects.get(digest=queries.digest(words)).pk


@pytest.mark.django_db
class TestDrawing:
    def test_a_post_goes_out_on_the_streams_that_it_belongs_to(self, cast: Cast) -> None:
        theirs = token_number(token_for(cast.colleague))
        inside, company = said(cast.author), said(cast.author, "space:everyone")
        drawn = Drawing().draw(theirs, BASE, happened(inside))
        assert drawn is not None
        assert drawn.event == "update"
        assert orjson.loads(drawn.payload)["id"] == str(inside.pk)
        assert drawn.streams is not None
        assert set(drawn.streams) == {
            ("user",),
            ("list", space_id(inside.audience_id)),
            ("hashtag", "bench"),
            ("hashtag:local", "bench"),
        }
        to_all = Drawing().draw(theirs, BASE, happened(company))
        assert to_all is not None
        assert to_all.streams is not None
        assert {("public",), ("public:local",)} <= set(to_all.streams)

    def test_it_is_asked_at_each_delivery_even_of_what_is_drawn_already(self, cast: Cast) -> None:
        drawing, passage = Drawing(), said(cast.author)
        tokens = {one: token_number(token_for(one)) for one in (cast.colleague, cast.author, cast.stranger)}
        first = drawing.draw(tokens[cast.author], BASE, happened(passage))
        assert first is not None
        assert drawing.draw(tokens[cast.colleague], BASE, happened(passage)) == first
        assert drawing.draw(tokens[cast.stranger], BASE, happened(passage)) is None
        end_seat(by=cast.author, at=now(), person=cast.colleague, audience_id=passage.audience_id)
        assert drawing.draw(tokens[cast.colleague], BASE, happened(passage)) is None

    def test_what_was_taken_back_meanwhile_is_not_sent(self, cast: Cast) -> None:
        drawing, passage = Drawing(), said(cast.author)
        theirs = token_number(token_for(cast.colleague))
        assert drawing.draw(theirs, BASE, happened(passage)) is not None
        recall(by=cast.author, at=now(), passage_id=passage.pk, why="Wrong.")
        assert drawing.draw(theirs, BASE, happened(passage)) is None
        gone = drawing.draw(theirs, BASE, happened(passage, "recalled", 2))
        assert gone is not None
        assert (gone.event, gone.payload, gone.streams) == ("delete", str(passage.pk), None)

    def test_a_change_comes_with_ones_own_marks(self, cast: Cast) -> None:
        passage = said(cast.author)
        react(by=cast.colleague, at=now(), passage_id=passage.pk, kind="agree")
        drawn = Drawing().draw(token_number(token_for(cast.colleague)), BASE, happened(passage, "redrawn"))
        assert drawn is not None
        assert drawn.event == "status.update"
        told = orjson.loads(drawn.payload)
        assert (told["favourites_count"], told["favourited"]) == (1, True)

    def test_a_notice_is_its_readers_alone(self, cast: Cast) -> None:
        Notice.objects.create(id=4711, person=cast.author, kind="reminder", at=now())
        drawn = Drawing().draw(token_number(token_for(cast.author)), BASE, Told(4711))
        assert drawn is not None
        assert drawn.event == "notification"
        assert Drawing().draw(token_number(token_for(cast.colleague)), BASE, Told(4711)) is None

    def test_a_token_that_ended_draws_nothing(self, cast: Cast) -> None:
        passage = said(cast.author)
        mine, theirs = token_number(token_for(cast.author)), token_number(token_for(cast.colleague))
        assert living({mine, theirs}) == {mine, theirs}
        let_go(by=cast.administrator, at=now(), person=cast.colleague)
        Token.objects.filter(pk=mine).update(ends_at=now())
        assert living({mine, theirs}) == frozenset()
        for one in (mine, theirs):
            with pytest.raises(TokenEnded):
                Drawing().draw(one, BASE, happened(passage))


class Here(AppStreams):
    """Asks the database in the test's own thread."""

    async def ask(self, question: Callable[[], Any]) -> Any:
        return await sync_to_async(question)()


class Wire:
    """One connection of an app."""

    def __init__(self, streams: AppStreams, path: str, query: str = "", **more: Any) -> None:
        self.sent: list[Any] = []
        self._said: asyncio.Queue[Any] = asyncio.Queue()
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/v1/streaming" + path,
            "query_string": query.encode(),
            "headers": HOST,
            **more,
        }
        if scope["type"] == "websocket":
            self.say({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(streams(scope, self._said.get, self._send))

    def say(self, message: Any) -> None:
        self._said.put_nowait(message)

    def text(self, **message: str) -> None:
        self.say({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(one.get("body", b"") for one in self.sent)

    @property
    def frames(self) -> list[Any]:
        return [orjson.loads(one["text"]) for one in self.sent if one["type"] == "websocket.send"]


async def settled() -> None:
    for _turn in range(40):
        await asyncio.sleep(0.002)


@pytest.mark.django_db
class TestWire:
    def test_events_are_sent_and_end_with_the_token(self, cast: Cast) -> None:
        words = token_for(cast.colleague)

        async def scene() -> None:
            streams = Here()
            wire = Wire(streams, "/user", f"access_token={words}")
            await settled()
            assert wire.status == 200
            assert wire.body == b":)\n"
            assert streams.listening() == {cast.colleague.pk}
            passage = await sync_to_async(said)(cast.author)
            streams.tell(frozenset({cast.colleague.pk, cast.author.pk}), happened(passage))
            await settled()
            assert b"event: update\ndata: {" in wire.body
            assert wire.body.endswith(b"}\n\n")
            for one in streams._everyone():
                one.push(None)
            await settled()
            assert wire.body.endswith(b"\n\n:thump\n")
            await Token.objects.aupdate(ends_at=now())
            await streams.look()
            await settled()
            assert wire.task.done()
            assert streams.listening() == frozenset()

        async_to_sync(scene)()

    def test_one_socket_bears_many_streams(self, cast: Cast) -> None:
        words = token_for(cast.colleague)

        async def scene() -> None:
            streams = Here()
            wire = Wire(streams, "", type="websocket", subprotocols=[words])
            await settled()
            assert wire.sent[0] == {"type": "websocket.accept", "subprotocol": words}
            wire.text(type="subscribe", stream="user")
            wire.text(type="subscribe", stream="hashtag", tag="Bench")
            wire.text(type="subscribe", stream="public")
            wire.text(type="subscribe", stream="nothing")
            wire.say({"type": "websocket.receive", "text": "{"})
            await settled()
            assert [one["error"] for one in wire.frames] == ["Unknown stream type", "Invalid message"]
            passage = await sync_to_async(said)(cast.author)
            streams.tell(frozenset({cast.colleague.pk}), happened(passage))
            await settled()
            assert [one["stream"] for one in wire.frames[2:]] == [["user"], ["hashtag", "bench"]]
            assert orjson.loads(wire.frames[-1]["payload"])["id"] == str(passage.pk)
            wire.text(type="unsubscribe", stream="user")
            wire.text(type="unsubscribe", stream="hashtag", tag="bench")
            await settled()
            streams.tell(
                frozenset({cast.colleague.pk}), happened(await sync_to_async(said)(cast.author), number=2)
            )
            await settled()
            assert len(wire.frames) == 4
            wire.say({"type": "websocket.disconnect"})
            await settled()
            assert wire.task.done()

        async_to_sync(scene)()

    def test_a_seat_that_ends_ends_the_stream_and_what_waits_for_it(self, cast: Cast) -> None:
        words = token_for(cast.colleague)

        async def scene() -> None:
            streams = Here()
            wire = Wire(streams, "/user", headers=[*HOST, (b"authorization", f"Bearer {words}".encode())])
            await settled()
            streams.tell(frozenset({cast.colleague.pk}), happened(await sync_to_async(said)(cast.author)))
            streams.end(frozenset({cast.colleague.pk}))
            await settled()
            assert wire.task.done()
            assert b"update" not in wire.body

        async_to_sync(scene)()

    def test_nobody_listens_without_a_token(self, cast: Cast) -> None:
        words = token_for(cast.colleague)

        async def scene() -> None:
            streams = Here()
            asked = {
                ("/user", ""): 401,
                ("/user", "access_token=lgm_wrong-words"): 401,
                ("/everything", f"access_token={words}"): 404,
                ("/hashtag", f"access_token={words}"): 404,
                ("", f"access_token={words}"): 404,
                ("/health", ""): 200,
            }
            for (path, query), status in asked.items():
                wire = Wire(streams, path, query)
                await settled()
                assert wire.status == status, path
                assert (b"access-control-allow-origin", b"*") in wire.sent[0]["headers"]
                assert not any(name.endswith(b"credentials") for name, _value in wire.sent[0]["headers"])
            elsewhere = Wire(streams, "/health", headers=[(b"host", b"elsewhere.example")])
            closed = Wire(streams, "", "stream=user", type="websocket")
            await settled()
            assert elsewhere.status == 400
            assert closed.sent[0]["type"] == "websocket.close"
            streams.drain()
            late = Wire(streams, "/user", f"access_token={words}")
            await settled()
            assert late.status == 503

        async_to_sync(scene)()

    def test_what_one_is_told_comes_on_its_own_stream(self, cast: Cast) -> None:
        words = token_for(cast.author)

        async def scene() -> None:
            streams = Here()
            wire = Wire(streams, "/user/notification", f"access_token={words}")
            await settled()
            await sync_to_async(tell)(
                [cast.author.pk, cast.colleague.pk], "reminder", words={}, message_id=None, at=now()
            )
            await streams.look()
            await streams.look()
            streams.tell(frozenset({cast.author.pk}), happened(await sync_to_async(said)(cast.author)))
            await settled()
            assert wire.body.count(b"event: ") == 1
            assert b"event: notification\n" in wire.body

        async_to_sync(scene)()
