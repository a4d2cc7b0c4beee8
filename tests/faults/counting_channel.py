"""A WordPress on loopback that counts: slow, crashy, and honest when it is asked what stands there.

It answers what the WordPress connector asks (find by slug, post, read, delete) and keeps each post that it ever took,
so that a second one under the same token is seen. ``Plan`` says how often each fault comes; ``trap`` calls back at a
stage of the next post, to end a process at that very moment.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

POSTS = "/wp-json/wp/v2/posts"
STAGES = ("arrived", "taken", "answered")


@dataclass
class Plan:
    """How likely each fault is. The rest goes well."""

    busy: float = 0.0  # 503, nothing taken
    cut_before: float = 0.0  # the connection breaks, nothing taken
    cut_after: float = 0.0  # taken, and the connection breaks
    error_after: float = 0.0  # taken, and 500
    nonsense_after: float = 0.0  # taken, and an answer that is no JSON
    slow: float = 0.0  # up to ``slow_seconds`` before it is taken
    slow_seconds: float = 1.0
    blind: float = 0.0  # a look-up answers 503
    refuses: int = 0  # answer everything with this status

    def drawn(self, fate: float) -> str:
        """The fault of a post for a number between 0 and 1; "" where it goes well."""
        for name in ("busy", "cut_before", "cut_after", "error_after", "nonsense_after"):
            fate -= getattr(self, name)
            if fate < 0:
                return name.replace("_", " ")
        return ""


@dataclass
class Kept:
    number: int
    token: str
    slug: str
    title: str
    content: str
    is_deleted: bool = False


@dataclass
class CountingChannel:
    plan: Plan = field(default_factory=Plan)
    seed: int = 0
    posts: list[Kept] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    password: str = "pass word"

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.chance = random.Random(self.seed)
        self._trap: tuple[str, Callable[[], None]] | None = None

    def __enter__(self) -> CountingChannel:
        channel = self

        class Handler(_Handler):
            of = channel

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def trap(self, stage: str, spring: Callable[[], None]) -> None:
        """Call ``spring`` when the next post is at ``stage``; a trap that did not spring yet is replaced."""
        with self.lock:
            self._trap = (stage, spring)

    def reached(self, stage: str) -> None:
        with self.lock:
            spring = self._trap[1] if self._trap and self._trap[0] == stage else None
            if spring:
                self._trap = None
        if spring:
            spring()

    def draw(self) -> float:
        with self.lock:
            return self.chance.random()

    def take(self, said: dict[str, Any]) -> Kept:
        with self.lock:
            slug = str(said["slug"])
            kept = Kept(
                number=len(self.posts) + 1,
                token=slug.rpartition("-")[2],
                # As WordPress does: the same slug again is another post.
                slug=slug if not any(one.slug == slug for one in self.posts) else f"{slug}-2",
                title=str(said["title"]),
                content=str(said["content"]),
            )
            self.posts.append(kept)
            return kept

    def ever(self) -> Counter[str]:
        """How often each token was ever taken."""
        with self.lock:
            return Counter(one.token for one in self.posts)

    def standing(self) -> dict[str, Kept]:
        with self.lock:
            return {one.token: one for one in self.posts if not one.is_deleted}


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Who asked was killed: that is what these tests do."""


class _Handler(BaseHTTPRequestHandler):
    of: CountingChannel
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        self.of.asked["GET"] += 1
        if self._refused() or (self.of.draw() < self.of.plan.blind and self._answer(503, {"code": "down"})):
            return
        parts = urlsplit(self.path)
        if parts.path == POSTS:
            slug = parse_qs(parts.query).get("slug", [""])[0]
            found = [_shown(one) for one in self.of.standing().values() if one.slug == slug]
            self._answer(200, found)
            return
        kept = self._named(parts.path)
        self._answer(200, _shown(kept)) if kept else self._answer(404, {"code": "rest_post_invalid_id"})

    def do_POST(self) -> None:
        self.of.asked["POST"] += 1
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.of.reached("arrived")
        if self._refused():
            return
        plan = self.of.plan
        if self.of.draw() < plan.slow:
            time.sleep(self.of.draw() * plan.slow_seconds)
        fault = plan.drawn(self.of.draw())
        if fault == "busy":
            self._answer(503, {"code": "busy"}, {"Retry-After": "1"})
            return
        if fault == "cut before":
            self._cut()
            return
        kept = self.of.take(said)
        self.of.reached("taken")
        if fault == "cut after":
            self._cut()
        elif fault == "error after":
            self._answer(500, {"code": "internal_server_error"})
        elif fault == "nonsense after":
            self._send(200, b"<html>\xff\x00 it works", "text/html", {})
        else:
            self._answer(201, _shown(kept))
        self.of.reached("answered")

    def do_DELETE(self) -> None:
        self.of.asked["DELETE"] += 1
        if self._refused():
            return
        kept = self._named(urlsplit(self.path).path)
        if kept is None:
            self._answer(404, {"code": "rest_post_invalid_id"})
            return
        kept.is_deleted = True
        self._answer(200, {"deleted": True, "previous": _shown(kept)})

    def _named(self, path: str) -> Kept | None:
        found = re.fullmatch(rf"{POSTS}/(\d+)", path)
        standing = self.of.standing().values()
        return next((one for one in standing if found and one.number == int(found[1])), None)

    def _refused(self) -> bool:
        if not self.of.plan.refuses:
            return False
        codes = {401: "incorrect_password", 400: "rest_invalid_param"}
        self._answer(self.of.plan.refuses, {"code": codes.get(self.of.plan.refuses, "down")})
        return True

    def _answer(self, status: int, said: Any, headers: dict[str, str] | None = None) -> bool:
        self._send(status, json.dumps(said).encode(), "application/json", headers or {})
        return True

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def _cut(self) -> None:
        # A reset, not an orderly end: the other side cannot tell what became of its request.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.close()


def _shown(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.number,
        "slug": kept.slug,
        "status": "publish",
        "link": f"http://127.0.0.1/{kept.slug}",
        "title": {"raw": kept.title, "rendered": kept.title},
        "content": {"raw": kept.content, "rendered": kept.content},
        "categories": [],
    }
