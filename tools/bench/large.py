"""The large company: 10,000 people, 2,000 spaces, 2.5 million posts (200,000 on SQLite)."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.bench import visitors
from tools.bench.databases import ROOT, Database, inside
from tools.bench.figures import Figure, Goal, at_most
from tools.bench.load import percentile
from tools.bench.processes import Served, memory, serving
from tools.bench.sitting import CLIENTS, Sitting, crowd_of, trouble, values
from tools.bench.streams import holding

ACTIVE = 200
HEARING, OPEN = 1_000, 5_000


def pages(database: Database, sitting: Sitting) -> list[Figure]:
    """Home, and posts into a space of 10,000 seats: by sixteen at once, and posts by one alone."""
    asked_of_database = json.loads(inside(database, "plans", "home"))["home"]["statements"]
    with serving(database) as served:
        crowd = crowd_of(served, CLIENTS)
        home = visitors.pressed(
            served, [visitors.home_requests(one, served.port) for one in crowd], seconds=sitting.seconds
        )
        writes = [visitors.post_requests(one, served.port, space="everyone") for one in crowd]
        many = visitors.pressed(served, writes, seconds=sitting.seconds)
        alone = visitors.pressed(served, writes[:1], seconds=sitting.seconds / 2, warm_up=0.5)
    figures = [
        Figure(
            "large: home feed of 30, 16 clients",
            database.name,
            _values(home) | {"statements": asked_of_database},
            processor_ms=home["processor_ms"],
            goals=[
                at_most("p99 150 ms", home["p99_ms"], 150),
                at_most("12 statements", asked_of_database, 12),
            ],
            notes=trouble(home),
        )
    ]
    for name, found in ((f"{CLIENTS} clients", many), ("one client", alone)):
        figures.append(
            Figure(
                f"large: post into a space of 10,000 seats, {name}",
                database.name,
                _values(found),
                processor_ms=found["processor_ms"],
                goals=[at_most("p95 150 ms", found["p95_ms"], 150)],
                notes=trouble(found),
            )
        )
    return figures


def _values(found: dict[str, Any]) -> dict[str, float]:
    return values(found) | {"p95_ms": found["p95_ms"], "most_ms": found["most_ms"]}


def marking(database: Database, sitting: Sitting) -> list[Figure]:  # noqa: ARG001  (one shape for all)
    """Fifty thousand notices of one person are marked as seen."""
    said = json.loads(inside(database, "marking", "50000"))
    return [
        Figure(
            "large: mark 50,000 notices as seen",
            database.name,
            said,
            goals=[at_most("100 ms", said["most_ms"], 100)],
        )
    ]


def searches(database: Database, sitting: Sitting) -> list[Figure]:
    """Search with permission, by questions of several kinds; and whether its time tells what is hidden."""
    said = json.loads(inside(database, "searches", "40" if sitting.seconds < 5 else "120"))
    figures = [
        Figure(
            f"large: search, {name}",
            database.name,
            {key: found[key] for key in ("p50_ms", "p95_ms", "most_ms")},
            processor_ms={"ours": found["processor_ms"], "database": found["database_ms"]},
            goals=[at_most("p95 300 ms", found["p95_ms"], 300)],
        )
        for name, found in said["questions"].items()
    ]
    ratio = said["hidden_to_nowhere"]
    return [
        *figures,
        Figure(
            "large: a word of a hidden room to one that stands nowhere, medians",
            database.name,
            {"ratio": ratio, "hidden_p50_ms": said["hidden_ms"], "nowhere_p50_ms": said["nowhere_ms"]},
            goals=[Goal("within 1.5", 1 / 1.5 <= ratio <= 1.5)],
            notes=[f"it stands in {said['hidden']:,} messages; the searcher sits in {said['audiences']}"],
        ),
    ]


def active(database: Database, sitting: Sitting) -> list[Figure]:
    """Two hundred people at once, each with a page open: they read, search and post, with pauses between."""
    seconds = 20.0 if sitting.seconds < 5 else 60.0
    with serving(database) as served:
        crowd = _admitted(database, ACTIVE)
        with holding(served.live_port, [one.cookie() for one in crowd], ACTIVE):
            found = _crowded(served, crowd, seconds)
        used = memory([*served.lanes.values()])
    figures = [
        Figure(
            f"large: {ACTIVE} people active, {kind}",
            database.name,
            {name: one[name] for name in ("count", "p50_ms", "p95_ms", "p99_ms", "most_ms")},
            goals=[at_most("p95 500 ms", one["p95_ms"], 500)],
            notes=[f"answers that were not 200: {one['refused']}"] if one["refused"] else [],
        )
        for kind, one in found["kinds"].items()
    ]
    figures[0].notes.append(
        f"{found['a_second']:.0f} requests a second; a request each {found['pause_s']:.0f} s in the mean;"
        f" pages, streams and work {used['pss']:.0f} MB"
    )
    return figures


def _admitted(database: Database, count: int) -> list[visitors.Visitor]:
    """``count`` people who are signed in already: two hundred passwords take a minute to check."""
    token = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=32))
    return [
        visitors.Visitor(number, {"lockgate_session": session, "lockgate_csrf": token}, tuple(spaces))
        for number, session, spaces in json.loads(inside(database, "admit", str(count)))
    ]


def _crowded(served: Served, crowd: list[visitors.Visitor], seconds: float) -> dict[str, Any]:
    order = {
        "port": served.port,
        "seconds": seconds,
        "people": [
            {
                "home": visitors.home_requests(one, served.port),
                "space": [one.get(served.port, f"/spaces/{space}") for space in one.spaces[:8]],
                "search": visitors.search_requests(one, served.port),
                "post": visitors.post_requests(one, served.port, count=8),
            }
            for one in crowd
        ],
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tools.bench.crowd"],
        cwd=ROOT, input=json.dumps(order), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def streams(database: Database, sitting: Sitting) -> list[Figure]:
    """A post until the last of a thousand open pages has its event; the same beside four thousand more; memory."""
    rounds = 20 if sitting.seconds < 5 else 60
    with serving(database) as served:
        crowd = _admitted(database, OPEN)
        cookies = [one.cookie() for one in crowd]
        writes = visitors.post_requests(crowd[0], served.port, space="everyone")
        with _listening(served, cookies[:HEARING]) as listening:
            few = _heard(served, writes, listening, rounds)
        with holding(served.live_port, cookies[HEARING:], OPEN - HEARING):
            with _listening(served, cookies[:HEARING]) as listening:
                many = _heard(served, writes, listening, rounds)
            used = memory([served.lanes["live"]])
    return [
        Figure(
            f"large: post to {HEARING:,} listeners",
            database.name,
            few,
            goals=[at_most("p95 1 s", few["p95_ms"], 1_000)],
        ),
        Figure(
            f"large: the same, {OPEN - HEARING:,} more open who hear it too",
            database.name,
            many | {"pss_mb": used["pss"]},
            goals=[
                at_most("p95 1 s", many["p95_ms"], 1_000),
                at_most(f"{OPEN:,} streams under 1 GB", used["pss"], 1_000),
            ],
        ),
    ]


@contextmanager
def _listening(served: Served, cookies: list[str]) -> Iterator[subprocess.Popen[str]]:
    ran = subprocess.Popen(
        [sys.executable, "-m", "tools.bench.listening", str(served.live_port)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert ran.stdin is not None
    assert ran.stdout is not None
    try:
        ran.stdin.write(json.dumps(cookies) + "\n")
        ran.stdin.flush()
        if ran.stdout.readline().strip() != "open":
            raise RuntimeError("the streams could not be opened")
        yield ran
    finally:
        ran.stdin.close()
        ran.wait(30)


def _heard(
    served: Served, writes: list[str], listening: subprocess.Popen[str], rounds: int
) -> dict[str, float]:
    """Milliseconds from the first byte of a post to each listener's event, and to the last one's."""
    assert listening.stdin is not None
    assert listening.stdout is not None
    sent = []
    for number in range(rounds):
        began = time.monotonic()
        visitors.said(served.port, writes[number % len(writes)].replace("%COUNT%", f"{number:07d}"))
        sent.append(began)
        time.sleep(0.4)
    time.sleep(2)
    listening.stdin.write("tell\n")
    listening.stdin.flush()
    heard: list[list[float]] = json.loads(listening.stdout.readline())
    if len(heard) != rounds or any(len(one) != HEARING for one in heard):
        raise RuntimeError(f"{rounds} posts, heard: {sorted({len(one) for one in heard})} of {len(heard)}")
    times = sorted(at - began for began, one in zip(sent, heard, strict=True) for at in one)
    last = sorted(max(one) - began for began, one in zip(sent, heard, strict=True))
    return {
        "p50_ms": percentile(times, 0.5) * 1000,
        "p95_ms": percentile(times, 0.95) * 1000,
        "last_one_p95_ms": percentile(last, 0.95) * 1000,
    }


def plans(database: Database, sitting: Sitting) -> list[Figure]:  # noqa: ARG001  (one shape for all)
    """How the database goes about each page: statements, the slowest, and what is read that should not be."""
    said = json.loads(inside(database, "plans", "all"))
    return [
        Figure(
            f"large: plans of {name}",
            database.name,
            {key: found[key] for key in ("statements", "all_ms", "slowest_ms", "blocks") if key in found},
            goals=[Goal("no large table is read whole", not found["whole"])],
            notes=[*found["whole"], *found["notes"]],
        )
        for name, found in said.items()
    ]
