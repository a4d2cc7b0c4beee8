"""People who read, search and post, each with pauses of their own.

    python -m tools.bench.crowd < order.json > result.json

The order: ``port``, ``seconds`` and for each person the requests they may make, by kind.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any

from tools.bench.load import percentile

PAUSE_SECONDS = 4.0
WARM_UP = 5.0
MIX = {"home": 60, "space": 20, "search": 12, "post": 8}


class Person:
    """One connection, kept; one request at a time."""

    def __init__(self, port: int, number: int, requests: dict[str, list[str]]) -> None:
        self.port = port
        self.chance = random.Random(number)
        self.requests = requests
        self.made = number * 1000
        self.took: list[tuple[str, float, float, int]] = []

    async def live(self, until: float) -> None:
        reader = writer = None
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / PAUSE_SECONDS))
            began = time.perf_counter()
            if began > until:
                break
            kind = self.chance.choices(list(MIX), list(MIX.values()))[0]
            self.made += 1
            text = self.chance.choice(self.requests[kind]).replace("%COUNT%", f"{self.made:07d}")
            for kept in (reader is not None, False):
                try:
                    if reader is None or writer is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
                    writer.write(text.encode())
                    status = await _answer(reader)
                except (OSError, asyncio.IncompleteReadError):
                    reader, status = None, 0
                # The server closes what was idle for half a minute. A browser sees that and connects anew.
                if status or not kept:
                    break
            self.took.append((kind, began, time.perf_counter() - began, status))


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    if b"\r\ntransfer-encoding: chunked" in lowered:
        while size := int((await reader.readline()).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    else:
        at = lowered.find(b"\r\ncontent-length:")
        await reader.readexactly(int(lowered[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
    return int(head[9:12])


async def _together(order: dict[str, Any]) -> dict[str, Any]:
    people = [Person(order["port"], number, requests) for number, requests in enumerate(order["people"])]
    began = time.perf_counter() + WARM_UP
    await asyncio.gather(*(one.live(began + order["seconds"]) for one in people))
    took = [row for one in people for row in one.took if row[1] >= began]
    kinds = {}
    for kind in MIX:
        times = sorted(seconds for name, _began, seconds, _status in took if name == kind)
        statuses = [status for name, _began, _seconds, status in took if name == kind and status != 200]
        kinds[kind] = {
            "count": len(times),
            "p50_ms": percentile(times, 0.5) * 1000,
            "p95_ms": percentile(times, 0.95) * 1000,
            "p99_ms": percentile(times, 0.99) * 1000,
            "most_ms": (times[-1] if times else 0) * 1000,
            "refused": {status: statuses.count(status) for status in set(statuses)},
        }
    return {"kinds": kinds, "a_second": len(took) / order["seconds"], "pause_s": PAUSE_SECONDS}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_together(json.load(sys.stdin)))))
