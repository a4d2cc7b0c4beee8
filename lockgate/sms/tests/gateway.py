"""A gateway of text messages on this machine: a real HTTP server that keeps what it was handed and answers as told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Gateway:
    """Use it as a context manager. ``texts`` are what it took; ``status`` is what it answers from now on, and with
    ``hangs_up`` it breaks the line after it has read the request."""

    def __init__(self, key: str) -> None:
        self.texts: list[dict[str, Any]] = []
        self.asked = 0
        self.status = 200
        self.hangs_up = False
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.asked += 1
                if gateway.hangs_up:
                    self.connection.close()
                    return
                is_known = self.headers["Authorization"] == f"Bearer {key}" and self.path == "/v1/texts"
                status = gateway.status if is_known else 401
                if status == 200:
                    gateway.texts.append(json.loads(said))
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_words: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1/texts"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
