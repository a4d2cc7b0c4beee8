"""The streams of apps, mounted in the process of streams: server-sent events and WebSocket, by a token and never by a
cookie. What a client is sent is drawn at the moment of sending (drawing.py)."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections, connection
from django.http.request import validate_host

from lockgate.base.clock import now
from lockgate.live.types import Happened, Receive, Scope, Send
from lockgate.mastodon import queries
from lockgate.mastodon.streaming import drawing
from lockgate.mastodon.streaming.asked import base_of, host_of, is_secure, listener_words, query_of
from lockgate.mastodon.streaming.events import Events
from lockgate.mastodon.streaming.listener import Listener
from lockgate.mastodon.streaming.names import may_open, of_path, stream_named
from lockgate.mastodon.streaming.refusing import refuse, say
from lockgate.mastodon.streaming.sockets import Socket
from lockgate.mastodon.types import Speaker

log = logging.getLogger("lockgate.live")

LOOK_SECONDS = 1.0
THUMP_SECONDS = 15
LOOK_BACK = timedelta(seconds=10)
MOST_OF_ONE = 20
"""Streams that one person may have open by apps."""

T = TypeVar("T")


class AppStreams:
    """One to a process. Implements ``lockgate.live.types.Mounted``."""

    prefix = "/api/v1/streaming"

    def __init__(self, *, pages_port: int = 0) -> None:
        self._pages_port = pages_port
        self._drawing = drawing.Drawing()
        self._open: dict[int, set[Listener]] = {}
        self._persons: frozenset[int] = frozenset()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-apps")
        self._told: deque[int] = deque(maxlen=10_000)
        self._is_draining = False
        self._looking: asyncio.Task[None] | None = None

    # What the process of streams asks.

    def start(self) -> None:
        self._looking = asyncio.get_running_loop().create_task(self._look())

    def listening(self) -> frozenset[int]:
        return self._persons

    def tell(self, persons: frozenset[int], happened: Happened) -> None:
        for person in persons & self._persons:
            for one in self._open[person]:
                one.push(happened)

    def end(self, persons: frozenset[int]) -> None:
        for person in persons & self._persons:
            for one in self._open[person]:
                one.end()

    def drain(self) -> None:
        self._is_draining = True
        for one in self._everyone():
            one.end()

    # One request.

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_socket = scope["type"] == "websocket"
        if is_socket:
            await receive()  # websocket.connect
        headers = dict(scope["headers"])
        name, query = of_path(scope["path"][len(self.prefix) :]), query_of(scope)
        if not validate_host(host_of(headers), settings.ALLOWED_HOSTS):
            await refuse(scope, send, 400, "This host is not one that Lockgate answers for.")
        elif not is_socket and scope["method"] == "OPTIONS":
            await say(send, 204, b"")
        elif not is_socket and scope["method"] not in {"GET", "HEAD"}:
            await refuse(scope, send, 405, "Streams are read with GET.")
        elif name == "health":
            await say(send, 200, b"OK", "text/plain; charset=utf-8")
        elif self._is_draining:
            await refuse(scope, send, 503, "Lockgate is being restarted. Try again.")
        else:
            await self._admit(scope, receive, send, name or query.get("stream", ""), query)

    async def _admit(
        self, scope: Scope, receive: Receive, send: Send, name: str, query: dict[str, str]
    ) -> None:
        headers = dict(scope["headers"])
        words = listener_words(scope, headers, query)
        speaker = await self.ask(lambda: queries.speaker(words, now())) if words else None
        if speaker is None or speaker.person is None:
            await refuse(scope, send, 401, "The access token is invalid")
            return
        is_socket = scope["type"] == "websocket"
        stream = stream_named(name, tag=query.get("tag", ""), number=query.get("list", ""))
        if stream is None and (name or not is_socket):
            await refuse(scope, send, 404 if not is_socket else 400, "Unknown stream type")
            return
        if stream is not None and not may_open(speaker.scopes, stream):
            await refuse(scope, send, 403, "This action is outside the authorized scopes")
            return
        if len(self._open.get(speaker.person.pk, ())) >= MOST_OF_ONE:
            await refuse(scope, send, 429, "Too many streams are open. Close one first.")
            return
        listener = self._listener(speaker, base_of(headers, self._pages_port, is_secure(scope, headers)))
        if stream is not None:
            listener.streams.append(stream)
        self._add(listener)
        try:
            wire = Socket(self, listener) if is_socket else Events(self, listener)
            await wire.run(scope, receive, send)
        finally:
            self._remove(listener)

    async def ask(self, question: Callable[[], T]) -> T:
        """Answer ``question`` in the thread that asks the database for apps."""

        def answered() -> T:
            try:
                return question()
            except drawing.TokenEnded:
                raise
            except Exception:
                connection.close()
                raise
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._thread, answered)

    async def drawn(self, listener: Listener, what: Happened | drawing.Told) -> drawing.Drawn | None:
        """The event as this listener may have it at this moment. A stream that cannot be served ends: its app comes
        back and reads what it missed."""
        numbers = listener.lists()
        try:
            return await self.ask(lambda: self._drawing.draw(listener.token, listener.base, what, numbers))
        except drawing.TokenEnded:
            listener.end()
        except Exception as error:
            log.error("An app's stream ends: %s", error, exc_info=log.isEnabledFor(logging.DEBUG))
            listener.end()
        return None

    # Who listens.

    def _listener(self, speaker: Speaker, base: str) -> Listener:
        assert speaker.person is not None
        return Listener(token=speaker.token_id, person=speaker.person.pk, scopes=speaker.scopes, base=base)

    def _add(self, listener: Listener) -> None:
        self._open.setdefault(listener.person, set()).add(listener)
        self._persons = frozenset(self._open)

    def _remove(self, listener: Listener) -> None:
        theirs = self._open.get(listener.person, set())
        theirs.discard(listener)
        if not theirs:
            self._open.pop(listener.person, None)
        self._persons = frozenset(self._open)

    def _everyone(self) -> list[Listener]:
        return [one for theirs in self._open.values() for one in theirs]

    async def _look(self) -> None:
        """Each second: tokens that ended, what was told; every fifteenth, a heartbeat."""
        turn = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            turn += 1
            if not self._open:
                continue
            try:
                await self.look()
            except Exception as error:
                log.error("Trying again in a second: %s", error, exc_info=log.isEnabledFor(logging.DEBUG))
            if turn % THUMP_SECONDS == 0:
                for one in self._everyone():
                    one.push(None)

    async def look(self) -> None:
        everyone = self._everyone()
        tokens = {one.token for one in everyone}
        alive = await self.ask(lambda: drawing.living(tokens))
        for one in everyone:
            if one.token not in alive:
                one.end()
        since = now() - LOOK_BACK
        for number, person in await self.ask(lambda: drawing.told_since(since)):
            if number in self._told:
                continue
            self._told.append(number)
            for one in self._open.get(person, ()):
                one.push(drawing.Told(number))
