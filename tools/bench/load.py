"""A lean load client: one process, one thread, non-blocking sockets under epoll, requests made beforehand.

    python -m tools.bench.load < order.json > result.json

The order: ``port``, ``seconds``, ``warm_up`` and for each client a list of requests (text, cycled). "%COUNT%" in a
request is replaced by a number of the same length. Its own processor time is told apart in the result.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field

COUNT = b"%COUNT%"
UNKNOWN, CHUNKED = -1, -2
LAST_CHUNK = b"0\r\n\r\n"


@dataclass
class Client:
    """One kept-alive connection and what it is waiting for."""

    requests: list[bytes]
    sock: socket.socket | None = None
    number: int = 0
    began: float = 0.0
    body_from: int = -1
    needed: int = 0
    got: int = 0
    status: int = 0
    head: bytes = b""
    errors: int = 0
    statuses: dict[int, int] = field(default_factory=dict)


class Load:
    def __init__(self, port: int, clients: list[Client]) -> None:
        self.port = port
        self.clients = clients
        self.poll = select.epoll()
        self.of: dict[int, Client] = {}
        self.times: list[float] = []
        self.counting = False
        self.count = 0
        self.bytes = 0

    def connect(self, client: Client) -> None:
        client.sock = socket.create_connection(("127.0.0.1", self.port))
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sock.setblocking(False)
        self.of[client.sock.fileno()] = client
        self.poll.register(client.sock, select.EPOLLIN)

    def send(self, client: Client) -> None:
        assert client.sock is not None
        request = client.requests[client.number % len(client.requests)]
        client.number += 1
        self.count += 1
        if COUNT in request:
            request = request.replace(COUNT, b"%07d" % (self.count % 10_000_000))
        client.head, client.needed, client.got = b"", UNKNOWN, 0
        client.began = time.perf_counter()
        sent = client.sock.send(request)
        while sent < len(request):
            sent += client.sock.send(request[sent:])

    def receive(self, client: Client) -> bool:
        """Whether the answer is whole."""
        assert client.sock is not None
        data = client.sock.recv(262_144)
        if not data:
            raise ConnectionError("closed")
        if client.needed >= 0:
            client.got += len(data)
            return client.got >= client.needed
        if client.needed == CHUNKED:
            client.got += len(data)
            client.head = (client.head + data)[-5:]
            return client.head == LAST_CHUNK
        client.head += data
        end = client.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        client.status = int(client.head[9:12])
        lowered = client.head[:end].lower()
        client.got = len(client.head) - end - 4
        if b"\r\ntransfer-encoding: chunked" in lowered:
            client.needed, client.head = CHUNKED, client.head[-5:]
            return client.head == LAST_CHUNK
        at = lowered.find(b"\r\ncontent-length:")
        client.needed = int(lowered[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return client.got >= client.needed

    def run(self, seconds: float) -> float:
        """Everybody asks and asks again for ``seconds``; answers how long it really took."""
        for client in self.clients:
            if client.sock is None:
                self.connect(client)
            self.send(client)
        began = time.perf_counter()
        until = began + seconds
        waiting = len(self.clients)
        while waiting:
            for number, _event in self.poll.poll(10):
                client = self.of[number]
                try:
                    if not self.receive(client):
                        continue
                except OSError:
                    client.errors += 1
                    assert client.sock is not None
                    self.poll.unregister(client.sock)
                    client.sock.close()
                    self.connect(client)
                    if time.perf_counter() < until:
                        self.send(client)
                    else:
                        waiting -= 1
                    continue
                now = time.perf_counter()
                if self.counting:
                    self.times.append(now - client.began)
                    client.statuses[client.status] = client.statuses.get(client.status, 0) + 1
                    self.bytes += client.got
                if now < until:
                    self.send(client)
                else:
                    waiting -= 1
        return time.perf_counter() - began


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def main() -> None:
    order = json.load(sys.stdin)
    load = Load(order["port"], [Client([one.encode() for one in requests]) for requests in order["clients"]])
    if order["warm_up"]:
        load.run(order["warm_up"])
    print("warm", flush=True)
    load.counting = True
    own = time.process_time()
    took = load.run(order["seconds"])
    own = time.process_time() - own
    times = sorted(load.times)
    statuses: dict[int, int] = {}
    for client in load.clients:
        for status, count in client.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    print(
        json.dumps(
            {
                "requests": len(times),
                "a_second": len(times) / took,
                "p50_ms": percentile(times, 0.50) * 1000,
                "p95_ms": percentile(times, 0.95) * 1000,
                "p99_ms": percentile(times, 0.99) * 1000,
                "most_ms": (times[-1] if times else 0) * 1000,
                "statuses": statuses,
                "errors": sum(client.errors for client in load.clients),
                "client_ms": own * 1000 / max(1, len(times)),
                "bytes": load.bytes / max(1, len(times)),
            }
        )
    )


if __name__ == "__main__":
    main()
