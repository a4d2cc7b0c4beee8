"""A mail as it is met, and the end that it comes to; made by hand."""

from __future__ import annotations

import base64
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    raw: bytes
    end: str = "delivered"
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    sender: str | None = None
    is_whole: bool = False
    # Whether its author is told something although it was delivered (a file that could not go with it).
    is_told: bool = False


SHAPES: dict[str, Shape] = {}


def add(name: str, head: str, body: bytes | str, **more: object) -> None:
    data = body.encode() if isinstance(body, str) else body
    raw = head.replace("\n", "\r\n").encode("utf-8") + b"\r\n\r\n" + data
    SHAPES[name] = Shape(raw, **more)  # type: ignore[arg-type]


def multi(kind: str, *parts: tuple[str, bytes], boundary: str = "b1", end: bool = True) -> tuple[str, bytes]:
    head = f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{boundary}"'
    body = b"This is a multi-part message.\r\n"
    for headers, content in parts:
        body += (
            f"--{boundary}\r\n".encode()
            + headers.replace("\n", "\r\n").encode()
            + b"\r\n\r\n"
            + content
            + b"\r\n"
        )
    return head, body + (f"--{boundary}--\r\n".encode() if end else b"")


def b64(content: bytes) -> bytes:
    return base64.encodebytes(content)


PLAIN = ("Content-Type: text/plain; charset=utf-8", b"Good morning.")
HTML = ("Content-Type: text/html; charset=utf-8", b"<html><body><p>Good <b>morning</b>.</p></body></html>")
FOUND = {"says": ("Good morning.",)}
CT = "Subject: Hello\nMIME-Version: 1.0\nContent-Type: text/plain"
