"""Short answers of the streams: a sentence, and that any origin may ask."""

from __future__ import annotations

import orjson

from lockgate.live.types import Scope, Send

OPEN_TO_ALL = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"Authorization, Accept, Cache-Control"),
    (b"access-control-allow-methods", b"GET, OPTIONS"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]


async def say(send: Send, status: int, body: bytes, kind: str = "application/json; charset=utf-8") -> None:
    headers = [*OPEN_TO_ALL, (b"content-type", kind.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """As JSON, or, before a socket is opened, by not opening it."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": sentence})
    else:
        await say(send, status, orjson.dumps({"error": sentence}))
