"""A stream as server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lockgate.live.types import Receive, Scope, Send
from lockgate.mastodon.streaming.listener import Listener
from lockgate.mastodon.streaming.refusing import OPEN_TO_ALL

if TYPE_CHECKING:
    from lockgate.mastodon.streaming.application import AppStreams

_HEADERS = [*OPEN_TO_ALL, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]


class Events:
    def __init__(self, streams: AppStreams, listener: Listener) -> None:
        self._streams = streams
        self._listener = listener

    async def run(self, _scope: Scope, receive: Receive, send: Send) -> None:
        listener = self._listener
        gone = asyncio.ensure_future(self._until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._send(send, b":)\n")
            while await listener.wait():
                what = listener.take()
                if what is None:
                    await self._send(send, b":thump\n")
                    continue
                drawn = await self._streams.drawn(listener, what)
                # Ended while it was drawn: then it is not sent.
                told = drawn.on(listener.streams[0]) if drawn is not None and not listener.is_over else None
                if told is None:
                    continue
                await self._send(send, f"event: {told[0]}\ndata: {told[1]}\n\n".encode())
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self._listener.end()

    @staticmethod
    async def _send(send: Send, body: bytes) -> None:
        await send({"type": "http.response.body", "body": body, "more_body": True})
