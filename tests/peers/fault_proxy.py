"""A small proxy on loopback that breaks things on purpose, so that a real server stands behind each fault.

``proxy.fault(begins, kind)`` arms it for requests whose method and path begin so; everything else goes through.
A fault "after" happens when the server behind has carried the request out; one "before" when it never saw it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

AFTER = {
    "500 after",
    "cut after",
    "nonsense after",
    "empty object after",
    "slow after",
    "huge after",
    "drip after",
}
BEFORE = {
    "500 before",
    "503 before",
    "429 before",
    "400 before",
    "401 before",
    "cut before",
    "302 before",
    "308 before",
}
PASSED_ON_HEADERS = {"content-type", "content-disposition", "authorization", "accept", "idempotency-key"}


@dataclass
class Seen:
    method: str
    path: str
    fault: str


@dataclass
class FaultProxy:
    target: str
    slow_seconds: float = 1.5
    seen: list[Seen] = field(default_factory=list)
    _armed: tuple[str, str] = ("", "")

    def __enter__(self) -> FaultProxy:
        proxy = self

        class Handler(_Handler):
            of = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_about: object) -> None:
        self.stop_listening()

    def stop_listening(self) -> None:
        """From now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()

    def fault(self, begins: str, kind: str) -> None:
        """Requests like "POST /wp-json/wp/v2/posts" meet ``kind`` from now on; "" mends everything."""
        assert not kind or kind in AFTER | BEFORE
        self._armed = (begins, kind)

    def armed_for(self, line: str) -> str:
        begins, kind = self._armed
        return kind if kind and line.startswith(begins) else ""


class _Handler(BaseHTTPRequestHandler):
    of: FaultProxy
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # the base class looks for do_GET, do_POST and so on
            return self._any
        raise AttributeError(name)

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.of.armed_for(f"{self.command} {self.path}")
        self.of.seen.append(Seen(self.command, self.path, kind))
        if kind in BEFORE:
            self._before(kind, body)
            return
        status, headers, answer = self._pass_on(body)
        if kind in AFTER:
            self._after(kind)
        else:
            self._say(status, answer, headers)

    def _pass_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        host = urlsplit(self.of.target).netloc
        behind = http.client.HTTPConnection(host, timeout=30)
        headers = {key: value for key, value in self.headers.items() if key.lower() in PASSED_ON_HEADERS}
        behind.request(self.command, self.path, body or None, headers)
        response = behind.getresponse()
        told = {key: value for key, value in response.getheaders() if key.lower() in {"content-type", "date"}}
        answer = response.read()
        behind.close()
        return response.status, told, answer

    def _before(self, kind: str, body: bytes) -> None:
        status = kind.split(" ")[0]
        if status == "cut":
            self._cut()
            return
        more = {
            "503": {"Retry-After": "7"},
            "302": {"Location": "/elsewhere"},
            "308": {"Location": "/elsewhere"},
        }
        # A careless server repeats in its error what it was sent; no such words may reach a person or a log.
        told = f'{{"message": "Refused: {self.headers.get("Authorization", "")} {body[:300]!r}"}}'.encode()
        self._say(int(status), told, {"Content-Type": "application/json", **more.get(status, {})})

    def _after(self, kind: str) -> None:
        if kind == "500 after":
            self._say(500, b"Internal Server Error", {"Content-Type": "text/plain"})
        elif kind == "cut after":
            self._cut()
        elif kind == "nonsense after":
            self._say(200, b"<html><body>All is well</body></html>", {"Content-Type": "text/html"})
        elif kind == "empty object after":
            self._say(200, b"{}", {"Content-Type": "application/json"})
        elif kind == "slow after":
            time.sleep(self.of.slow_seconds)
            self._cut()
        elif kind == "huge after":
            self._say(200, b"x" * 6_000_000, {"Content-Type": "application/json"})
        elif kind == "drip after":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            try:
                for _turn in range(int(self.of.slow_seconds * 20)):
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            except OSError:
                pass
            self.close_connection = True

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def _cut(self) -> None:
        # With a linger of zero the kernel sends a reset, as a crashed server does.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        pass
