"""Streams whose events are timed: when each of them heard each passage.

python -m tools.bench.listening PORT      stdin: a line of cookies as JSON, then "tell"; stdout: "open", then for each
                                          passage in the order in which it was first heard the times (monotonic)
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time

from tools.bench.streams import request

_PASSAGE = re.compile(rb'"passage":"(\d+)"')


def main(port: int) -> None:
    cookies = json.loads(sys.stdin.readline())
    poll = select.epoll()
    held: dict[int, socket.socket] = {}
    rest: dict[int, bytes] = {}
    for cookie in cookies:
        sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        sock.sendall(request(port, cookie))
        while b"retry:" not in sock.recv(65_536):
            continue
        sock.setblocking(False)
        held[sock.fileno()] = sock
        rest[sock.fileno()] = b""
        poll.register(sock, select.EPOLLIN)
    poll.register(0, select.EPOLLIN | select.EPOLLHUP)
    print("open", flush=True)
    heard: dict[bytes, list[float]] = {}
    while True:
        for number, _event in poll.poll(10):
            if number == 0:
                print(json.dumps(list(heard.values())), flush=True)
                return
            data = held[number].recv(65_536)
            now = time.monotonic()
            if not data:
                raise ConnectionError("a stream was ended")
            *whole, rest[number] = (rest[number] + data).split(b"\n\n")
            for frame in whole:
                if (found := _PASSAGE.search(frame)) is not None:
                    heard.setdefault(found[1], []).append(now)


if __name__ == "__main__":
    main(int(sys.argv[1]))
