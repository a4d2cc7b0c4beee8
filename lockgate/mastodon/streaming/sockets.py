"""A stream over a WebSocket: several streams on one connection, subscribed to and left by messages of the client."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import orjson

from lockgate.live.types import Receive, Scope, Send
from lockgate.mastodon.streaming.listener import Listener
from lockgate.mastodon.streaming.names import may_open, stream_named

if TYPE_CHECKING:
    from lockgate.mastodon.streaming.application import AppStreams

MOST_STREAMS = 50
MOST_SAID = 4096
ENDED = 1000


class Socket:
    def __init__(self, streams: AppStreams, listener: Listener) -> None:
        self._streams = streams
        self._listener = listener

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        offered = scope.get("subprotocols") or []
        # A client that named a subprotocol hangs up where it is not named back.
        await send({"type": "websocket.accept", **({"subprotocol": offered[0]} if offered else {})})
        hearing = asyncio.ensure_future(self._hear(receive, send))
        try:
            await self._speak(send)
        finally:
            hearing.cancel()
        # The server sends the end only once nobody waits for the client's next word.
        with contextlib.suppress(asyncio.CancelledError):
            await hearing
        # The other end may have gone first; then there is nobody to say it to.
        with contextlib.suppress(Exception):
            await send({"type": "websocket.close", "code": ENDED})

    async def _speak(self, send: Send) -> None:
        listener = self._listener
        while await listener.wait():
            what = listener.take()
            if what is None:
                continue
            drawn = await self._streams.drawn(listener, what)
            if drawn is None or listener.is_over:
                continue
            for stream in listener.streams:
                if (told := drawn.on(stream)) is not None:
                    await _text(send, {"stream": list(stream), "event": told[0], "payload": told[1]})

    async def _hear(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self._listener.end()
                return
            said = message.get("text") or (message.get("bytes") or b"").decode("utf-8", "replace")
            if said.strip():
                error = self._said(said)
                if error:
                    await _text(send, {"error": error, "status": 400})

    def _said(self, words: str) -> str:
        """Carry out what the client said; what was wrong with it, else nothing."""
        try:
            told = orjson.loads(words) if len(words) <= MOST_SAID else None
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            return "Invalid message"
        if told.get("type") not in {"subscribe", "unsubscribe"}:
            return "Unknown message type"
        listener = self._listener
        stream = stream_named(_word(told, "stream"), tag=_word(told, "tag"), number=_word(told, "list"))
        if stream is None:
            return "Unknown stream type"
        if told["type"] == "unsubscribe":
            listener.streams = [one for one in listener.streams if one != stream]
        elif not may_open(listener.scopes, stream):
            return "This action is outside the authorized scopes"
        elif len(listener.streams) >= MOST_STREAMS:
            return "Too many streams on one connection"
        elif stream not in listener.streams:
            listener.streams = [*listener.streams, stream]
        return ""


def _word(told: dict[str, Any], name: str) -> str:
    value = told.get(name, "")
    return str(value) if isinstance(value, str | int) else ""


async def _text(send: Send, message: dict[str, Any]) -> None:
    await send({"type": "websocket.send", "text": orjson.dumps(message).decode()})
