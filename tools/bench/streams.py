"""Open event streams: one that is read, and as many as one likes that are only held.

python -m tools.bench.streams PORT COUNT < cookies      opens COUNT streams, says so, holds them until stdin ends
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


def request(port: int, cookie: str) -> bytes:
    return (
        f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
    ).encode()


class Stream:
    """One stream that is read. ``next_event`` waits for the next passage."""

    def __init__(self, port: int, cookie: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.sock.sendall(request(port, cookie))
        self.kept = b""
        self._until(b"retry:")

    def next_event(self) -> None:
        self._until(b"event: passage")

    def _until(self, words: bytes) -> None:
        while words not in self.kept:
            data = self.sock.recv(65_536)
            if not data:
                raise ConnectionError(f"the stream ended: {self.kept[-200:]!r}")
            self.kept += data
        self.kept = self.kept.split(words, 1)[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sock.close()


@dataclass(frozen=True, slots=True)
class Opened:
    count: int
    seconds: float


@contextmanager
def holding(port: int, cookies: list[str], count: int) -> Iterator[Opened]:
    """``count`` streams held open by a process of their own, which reads what comes and drops it."""
    ran = subprocess.Popen(
        [sys.executable, "-m", "tools.bench.streams", str(port), str(count)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert ran.stdin is not None
    assert ran.stdout is not None
    try:
        ran.stdin.write(json.dumps(cookies) + "\n")
        ran.stdin.flush()
        said = ran.stdout.readline()
        if not said:
            raise RuntimeError("the streams could not be opened")
        yield Opened(**json.loads(said))
    finally:
        ran.stdin.close()
        ran.wait(30)
        time.sleep(0.5)


def main(port: int, count: int) -> None:
    cookies = json.loads(sys.stdin.readline())
    began = time.monotonic()
    poll = select.epoll()
    held: dict[int, socket.socket] = {}
    silent: set[int] = set()
    for number in range(count):
        sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        sock.sendall(request(port, cookies[number % len(cookies)]))
        sock.setblocking(False)
        held[sock.fileno()] = sock
        silent.add(sock.fileno())
        poll.register(sock, select.EPOLLIN)
        _drop(poll, held, silent, 0)
        while len(silent) > 64:
            _drop(poll, held, silent, 1)
    while silent:
        _drop(poll, held, silent, 1)
    print(json.dumps({"count": len(held), "seconds": time.monotonic() - began}), flush=True)
    poll.register(0, select.EPOLLIN | select.EPOLLHUP)
    while _drop(poll, held, silent, 1):
        continue


def _drop(poll: select.epoll, held: dict[int, socket.socket], silent: set[int], wait: float) -> bool:
    """Read and forget what came; False once stdin has ended."""
    for number, _event in poll.poll(wait):
        if number == 0:
            return False
        if not held[number].recv(65_536):
            raise ConnectionError("a held stream was ended")
        silent.discard(number)
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
