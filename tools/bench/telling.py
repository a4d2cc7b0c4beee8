"""From a post to the event at a waiting reader, and what open streams take."""

from __future__ import annotations

import socket
import time

from tools.bench import visitors
from tools.bench.databases import Database
from tools.bench.figures import Figure, Goal, at_most
from tools.bench.load import percentile
from tools.bench.processes import Meter, Served, memory, serving
from tools.bench.sitting import CLIENTS, Sitting, crowd_of
from tools.bench.streams import Stream, holding


def streams(database: Database, sitting: Sitting) -> list[Figure]:
    """From the first byte of a post to the event at a waiting reader; and what an idle stream takes."""
    with serving(database) as served:
        crowd = crowd_of(served, CLIENTS)
        writer = crowd[0]
        writes = visitors.post_requests(writer, served.port, space="everyone")
        before = memory([served.lanes["live"]])["pss"]
        few = _to_reader(served, crowd[1], writes, 60 if sitting.seconds < 5 else 200)
        with holding(served.live_port, [one.cookie() for one in crowd], sitting.held):
            many = _to_reader(served, crowd[1], writes, 60 if sitting.seconds < 5 else 200)
        with holding(served.live_port, [one.cookie() for one in crowd], sitting.idle) as opened:
            time.sleep(2)
            meter = Meter(served)
            time.sleep(3)
            after = memory([served.lanes["live"]])["pss"]
            resting = meter.spent().by["live"] / 3
    each = (after - before) * 1000 / opened.count
    return [
        Figure(
            "post to a waiting stream",
            database.name,
            few,
            goals=[at_most("p50 10 ms", few["p50_ms"], 10), at_most("p99 30 ms", few["p99_ms"], 30)],
        ),
        Figure(
            f"post to a waiting stream, {sitting.held:,} more held that hear it too",
            database.name,
            many,
            goals=[at_most("p50 20 ms", many["p50_ms"], 20)],
        ),
        Figure(
            f"idle streams, {opened.count:,} in one process",
            database.name,
            {"each_kb": each, "join_ms": opened.seconds * 1000 / opened.count, "load_of_a_core": resting},
            goals=[at_most("25 kB each", each, 25), Goal("10,000 in one process", opened.count >= 10_000)],
        ),
    ]


def _to_reader(served: Served, reader: visitors.Visitor, writes: list[str], rounds: int) -> dict[str, float]:
    """Milliseconds from sending a post to its event, over ``rounds`` posts a little apart."""
    times = []
    with (
        Stream(served.live_port, reader.cookie()) as stream,
        socket.create_connection(("127.0.0.1", served.port)) as door,
    ):
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(rounds + 5):
            request = writes[number % len(writes)].encode().replace(b"%COUNT%", b"%07d" % number)
            began = time.perf_counter()
            door.sendall(request)
            stream.next_event()
            if number >= 5:
                times.append(time.perf_counter() - began)
            _read_answer(door)
            time.sleep(0.02)
    times.sort()
    return {"p50_ms": percentile(times, 0.5) * 1000, "p99_ms": percentile(times, 0.99) * 1000}


def _read_answer(door: socket.socket) -> None:
    """The whole answer to the post, so that the next one does not meet its rest."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += door.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"a post was answered {head[:80]!r}")
    lowered = head.lower()
    if b"content-length:" in lowered:
        length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += door.recv(65_536)
    else:
        while not body.endswith(b"0\r\n\r\n"):
            body += door.recv(65_536)
