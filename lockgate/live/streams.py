"""Server-sent events for open pages: a raw ASGI application that imports no page.

GET /events answers, for as long as the session behind the cookie lives:

    id: <happening>
    event: passage
    data: {"passage":"<id>","kind":"delivered|answered|revised|redrawn|recalled","place":"space:<slug>|outside"}

Ids are text, because they do not fit a JavaScript number. A stream is resumed by Last-Event-ID, or begun at
``?after=<id>``; what is told twice around that point is the same passage, so a page may take it twice. A comment
goes out every 15 seconds. Nothing but ids is ever sent: whoever wants the words asks a page, which asks again.
Streams of another kind are mounted beside these by a higher floor (``lockgate.live.types.Mounted``).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import validate_host

from lockgate.base.ids import read_id
from lockgate.live.hearing import SignedIn
from lockgate.live.listeners import Listener, Listeners
from lockgate.live.source import Source
from lockgate.live.types import Happened, Mounted, Receive, Scope, Send

log = logging.getLogger("lockgate.live")

COMMENT_SECONDS = 15
RETRY_MS = 2_000

Headers = list[tuple[bytes, bytes]]


class Streams:
    """The application. One to a process; it starts its thread at the lifespan's startup."""

    def __init__(self) -> None:
        self._listeners = Listeners()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._source: Source | None = None
        self._is_draining = False
        self._ticker: asyncio.Task[None] | None = None
        self._mounted: list[Mounted] = []

    def mount(self, mounted: Mounted) -> None:
        """Have ``mounted`` answer below its prefix. Before the process serves."""
        self._mounted.append(mounted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope["path"]
        for one in self._mounted:
            if path == one.prefix or path.startswith(one.prefix + "/"):
                await one(scope, receive, send)
                return
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._source:
                    self._source.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._source = Source(self._tell, self._end, self._others)
        for one in self._mounted:
            one.start()
        self._source.start()
        self._ticker = self._loop.create_task(self._comment())
        # The server waits for open streams before it ends, and streams never end by themselves. So SIGTERM first
        # ends the streams; then SIGINT asks the server, whose own handler is still there, to end.
        self._loop.add_signal_handler(signal.SIGTERM, self._drain)

    def _drain(self) -> None:
        self._is_draining = True
        for listener in self._listeners.everyone():
            listener.end()
        for one in self._mounted:
            one.drain()
        assert self._loop is not None
        self._loop.call_later(0.1, os.kill, os.getpid(), signal.SIGINT)

    async def _comment(self) -> None:
        """A comment to a fifteenth of the streams each second, so that 10,000 of them make no burst."""
        lap: list[Listener] = []
        while True:
            share = -(-len(self._listeners) // COMMENT_SECONDS)
            if not lap:
                lap = self._listeners.everyone()
            for listener in lap[-share:]:
                listener.push(b":\n\n")
            del lap[len(lap) - min(share, len(lap)) :]
            await asyncio.sleep(1)

    # Called by the source, in its thread.

    def _tell(self, persons: frozenset[int], happened: Happened, place: str) -> None:
        assert self._loop is not None
        if persons:
            self._loop.call_soon_threadsafe(self._listeners.push, persons, frame(happened, place))
            for one in self._mounted:
                self._loop.call_soon_threadsafe(one.tell, persons, happened)

    def _end(self, sessions: frozenset[str], persons: frozenset[int]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._listeners.end_sessions, sessions, persons)
        for one in self._mounted:
            self._loop.call_soon_threadsafe(one.end, persons)

    def _others(self) -> frozenset[int]:
        return frozenset().union(*(one.listening() for one in self._mounted))

    # One request.

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        refusal = self._refusal(scope, headers)
        if refusal:
            await _say(send, *refusal)
            return
        key = _cookie(headers)
        cors = _cors(headers)
        joined = await self._join(key, _last(scope, headers)) if key else None
        if joined is None:
            await _say(send, 401, "Sign in first.", cors)
            return
        who, missed = joined
        listener = Listener(who.person, who.session)
        for happened, place in missed:
            listener.push(frame(happened, place))
        del scope, headers, joined, missed, refusal, key
        await self._stream(listener, receive, send, cors)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not validate_host(_hostname(host), settings.ALLOWED_HOSTS):
            return 400, "This host is not one that Lockgate answers for."
        if scope["path"].rstrip("/") != "/events":
            return 404, "There is nothing here."
        if scope["method"] != "GET":
            return 405, "Streams are read with GET."
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and urlsplit(origin).hostname != _hostname(host):
            return 403, "Only Lockgate's own pages may listen."
        if self._is_draining or self._source is None:
            return 503, "Lockgate is being restarted; the page tries again."
        return None

    async def _join(self, key: str, last: int | None) -> tuple[SignedIn, list[tuple[Happened, str]]] | None:
        assert self._loop is not None
        assert self._source is not None
        loop, source = self._loop, self._source
        answer: asyncio.Future[tuple[SignedIn, list[tuple[Happened, str]]] | None] = loop.create_future()

        def question() -> None:
            try:
                joined = source.join(key, last)
            except Exception as error:
                loop.call_soon_threadsafe(_fail, answer, error)
                raise
            loop.call_soon_threadsafe(_settle, answer, joined, source)

        source.ask(question)
        return await answer

    async def _stream(self, listener: Listener, receive: Receive, send: Send, cors: Headers) -> None:
        assert self._source is not None
        self._listeners.add(listener)
        gone = asyncio.ensure_future(_until_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM_HEADERS, *cors]})
            await send({"type": "http.response.body", "body": b"retry: %d\n\n" % RETRY_MS, "more_body": True})
            while (waiting := await listener.next()) is not None:
                await send({"type": "http.response.body", "body": waiting, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._listeners.remove(listener)
            session, source = listener.session, self._source
            source.ask(lambda: source.leave(session))


_STREAM_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def frame(happened: Happened, place: str) -> bytes:
    """One event as it goes over the wire. ``place`` is a slug with a word before it: it needs no escaping."""
    return (
        f"id: {happened.id}\nevent: passage\n"
        f'data: {{"passage":"{happened.passage}","kind":"{happened.kind}","place":"{place}"}}\n\n'
    ).encode()


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    listener.end()


async def _say(send: Send, status: int, sentence: str, cors: Headers | None = None) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        *(cors or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode() + b"\n", "more_body": False})


def _settle(answer: asyncio.Future[Any], joined: Any, source: Source) -> None:
    if not answer.done():
        answer.set_result(joined)
    elif joined is not None:
        session = joined[0].session
        source.ask(lambda: source.leave(session))


def _fail(answer: asyncio.Future[Any], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


def _cookie(headers: dict[bytes, bytes]) -> str:
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    # One thread asks the database for all: what no key of ours looks like (a quoted NUL, say) never reaches it.
    return morsel.value if morsel and morsel.value.isascii() and morsel.value.isalnum() else ""


def _last(scope: Scope, headers: dict[bytes, bytes]) -> int | None:
    told = headers.get(b"last-event-id", b"").decode("latin-1") or "".join(
        parse_qs(scope["query_string"].decode("latin-1")).get("after", [])[:1]
    )
    return read_id(told)


def _cors(headers: dict[bytes, bytes]) -> Headers:
    origin = headers.get(b"origin", b"")
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def _hostname(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


application = Streams()
