"""The measurements, each from its order to its figure. Every one finishes by itself."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench import visitors
from tools.bench.databases import ROOT, Database, filled, inside, kept_log
from tools.bench.figures import Figure, Goal, at_least, at_most
from tools.bench.load import percentile
from tools.bench.processes import Meter, Served, family, memory, serving
from tools.bench.streams import Stream, holding

CLIENTS = 16


@dataclass(frozen=True, slots=True)
class Sitting:
    """One run: how long each thing is watched, and how much of it there is."""

    seconds: float
    messages: int
    protected: int
    entries: int
    held: int
    idle: int

    @classmethod
    def of(cls, *, quick: bool) -> Sitting:
        if quick:
            return cls(
                seconds=3, messages=100_000, protected=1_000_000, entries=100_000, held=500, idle=1_000
            )
        return cls(
            seconds=10, messages=100_000, protected=1_000_000, entries=1_000_000, held=1_000, idle=10_000
        )


def _crowd(served: Served, count: int) -> list[visitors.Visitor]:
    return [visitors.sign_in(served.port, 7 * number + 1) for number in range(count)]


def _bare_commits(database: Database, folder: Path, clients: int, seconds: float) -> dict[str, float]:
    where = database.variables.get("DATABASE_URL") or str(folder)
    said = subprocess.run(
        [sys.executable, "-m", "tools.bench.commits", where, str(clients), str(seconds)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    result: dict[str, float] = json.loads(said.stdout)
    return result


def posts(database: Database, sitting: Sitting) -> list[Figure]:
    """Posts into a space, through the page's own POST, by sixteen at once and by one alone."""
    bare = _bare_commits(database, database.folder, CLIENTS, sitting.seconds / 3)
    with serving(database) as served:
        crowd = _crowd(served, CLIENTS)
        asked = [visitors.post_requests(one, served.port) for one in crowd]
        many = visitors.pressed(served, asked, seconds=sitting.seconds)
        alone = visitors.pressed(served, asked[:1], seconds=sitting.seconds / 2, warm_up=0.5)
        idle = memory(family(served.supervisor))
    again = _bare_commits(database, database.folder, CLIENTS, sitting.seconds / 3)
    limit = {name: (bare[name] + again[name]) / 2 for name in bare}
    return [
        Figure(
            f"posts into a space, {CLIENTS} clients",
            database.name,
            _values(many),
            "bare single-row commits, as many clients",
            limit,
            many["a_second"] / limit["a_second"],
            many["processor_ms"] | {"all": many["processor_ms_all"], "client": many["client_ms"]},
            [at_least("500 a second", many["a_second"], 500)],
            _trouble(many),
        ),
        Figure(
            "posts into a space, one client",
            database.name,
            _values(alone),
            goals=[at_most("p99 15 ms", alone["p99_ms"], 15)],
            processor_ms=alone["processor_ms"] | {"all": alone["processor_ms_all"]},
            notes=[f"after it {idle['pss']:.0f} MB PSS in all processes", *_trouble(alone)],
        ),
    ]


def pages(database: Database, sitting: Sitting) -> list[Figure]:
    """Home with its feed of 30, for sixteen readers, beside a bare Django view on the same server."""
    with serving(None) as bare_server:
        plain = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{bare_server.port}\r\n\r\n"
        bare = visitors.pressed(bare_server, [[plain]] * CLIENTS, seconds=sitting.seconds / 2)
    with serving(database) as served:
        crowd = _crowd(served, CLIENTS)
        asked = [visitors.home_requests(one, served.port) for one in crowd]
        home = visitors.pressed(served, asked, seconds=sitting.seconds)
    wanted = 600 if database.is_postgresql else 1_000
    return [
        Figure(
            "home feed pages of 30 posts, 16 clients",
            database.name,
            _values(home) | {"page_kb": home["bytes"] / 1000},
            "a bare Django view on the same server",
            {name: bare[name] for name in ("a_second", "p99_ms")},
            home["a_second"] / bare["a_second"],
            home["processor_ms"]
            | {
                "all": home["processor_ms_all"],
                "bare view": bare["processor_ms_all"],
                "client": home["client_ms"],
            },
            [
                at_least(f"{wanted:,} pages a second", home["a_second"], wanted),
                at_most("p99 40 ms", home["p99_ms"], 40),
            ],
            _trouble(home),
        )
    ]


def typing(database: Database, sitting: Sitting) -> list[Figure]:
    """What the composer asks while one types: the whole request, for a draft of 3,000 characters and three places."""
    with serving(database) as served:
        crowd = _crowd(served, CLIENTS)
        asked = [visitors.check_requests(one, served.port) for one in crowd]
        alone = visitors.pressed(served, asked[:1], seconds=sitting.seconds / 2, warm_up=0.5)
        many = visitors.pressed(served, asked, seconds=sitting.seconds / 2)
    return [
        Figure(
            f"check while typing, 3,000 characters, 3 places, {name}",
            database.name,
            _values(found),
            processor_ms=found["processor_ms"] | {"all": found["processor_ms_all"]},
            goals=[at_most("p99 150 ms", found["p99_ms"], 150)] if found is alone else [],
            notes=_trouble(found),
        )
        for name, found in (("one client", alone), (f"{CLIENTS} clients without a pause", many))
    ]


def streams(database: Database, sitting: Sitting) -> list[Figure]:
    """From the first byte of a post to the event at a waiting reader; and what an idle stream takes."""
    with serving(database) as served:
        crowd = _crowd(served, CLIENTS)
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


def rulings(sitting: Sitting) -> list[Figure]:
    """Reading and ruling with 10,000 terms and 500 patterns, beside the matching engines alone on the same texts."""
    with tempfile.TemporaryDirectory() as folder:
        said = json.loads(
            inside(Database("no database", Path(folder)), "rulings", str(sitting.seconds)).splitlines()[-1]
        )
    return [
        Figure(
            "ruling of 3,000 characters, 10,000 terms, 500 patterns",
            "no database",
            said["long"],
            "Aho-Corasick and RE2 alone",
            said["long_limit"],
            said["long"]["p50_ms"] / said["long_limit"]["p50_ms"],
            goals=[at_most("p99 20 ms", said["long"]["p99_ms"], 20)],
            notes=[f"the policy compiles in {said['compile_s']:.2f} s"],
        ),
        Figure(
            "rulings of 600 characters, two processes",
            "no database",
            said["short"],
            "Aho-Corasick and RE2 alone",
            said["short_limit"],
            said["short"]["a_second"] / said["short_limit"]["a_second"],
            goals=[at_least("5,000 a second", said["short"]["a_second"], 5_000)],
        ),
    ]


def fingerprints(kind: str, sitting: Sitting) -> list[Figure]:
    """A draft of 3,000 characters against a company of a million messages."""
    with filled(kind, "protected", str(sitting.protected)) as database:
        said = json.loads(inside(database, "fingerprints", str(sitting.seconds)).splitlines()[-1])
    note = (
        f"{sitting.protected:,} messages, 5 % of them Confidential: {said['remembered']:,} fingerprinted,"
        f" {said['grams']:,} rows"
    )
    return [
        Figure(
            "fingerprint check of 3,000 characters, nothing repeated",
            database.name,
            said["clean"],
            "one look-up of as many keys",
            said["limit"],
            said["clean"]["p50_ms"] / said["limit"]["p50_ms"],
            goals=[at_most("20 ms", said["clean"]["p99_ms"], 20)],
            notes=[note],
        ),
        Figure(
            "fingerprint check of 3,000 characters, a paragraph repeated",
            database.name,
            said["repeated"],
            goals=[at_most("20 ms", said["repeated"]["p99_ms"], 20)],
        ),
    ]


def archive(database: Database, sitting: Sitting) -> list[Figure]:
    """Entries recorded and placed in the log, in batches; beside bare rows inserted in the same batches."""
    said = json.loads(inside(database, "archive", str(sitting.seconds)).splitlines()[-1])
    return [
        Figure(
            "archive entries recorded and sequenced, 100 a transaction",
            database.name,
            said["figure"],
            "bare rows of the same size, 100 a transaction",
            said["limit"],
            said["figure"]["a_second"] / said["limit"]["a_second"],
            processor_ms={"an entry": said["processor_ms"]},
            goals=[at_least("10,000 a second", said["figure"]["a_second"], 10_000)],
            notes=[
                f"recording alone {said['record_a_second']:,.0f}/s, sequencing alone {said['sequence_a_second']:,.0f}/s"
            ],
        )
    ]


def verification(sitting: Sitting) -> list[Figure]:
    """Our verifier over an exported log, beside SHA-256 over the same entries and nothing else."""
    folder = kept_log(sitting.entries)
    with tempfile.TemporaryDirectory() as made:
        said = json.loads(inside(Database("no database", Path(made)), "verify", str(folder)).splitlines()[-1])
    return [
        Figure(
            f"verify an export of {sitting.entries:,} entries",
            "no database",
            {"took_s": said["took_s"]},
            "SHA-256 of the same entries",
            {"took_s": said["hash_s"]},
            said["took_s"] / said["hash_s"],
            goals=[at_most("5 s for 1,000,000", said["took_s"] * 1_000_000 / sitting.entries, 5)],
        )
    ]


def start(sitting: Sitting) -> list[Figure]:  # noqa: ARG001  (one shape for all)
    """`lockgate demo`: from the command to /healthz 200, first and second time; memory of all its processes at rest."""
    folder = Path(tempfile.mkdtemp(prefix="lockgate-bench-demo-"))
    try:
        first, _ = _demo(folder, rest=0)
        times = []
        rest: dict[str, float] = {}
        for _ in range(3):
            took, rest = _demo(folder, rest=3)
            times.append(took)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    second = sorted(times)[1]
    return [
        Figure(
            "lockgate demo: start to /healthz 200, and memory at rest",
            "SQLite",
            {"first_s": first, "then_s": second, "pss_mb": rest["pss"], "rss_mb": rest["rss"]},
            "python -c 'import django'",
            {"took_s": _import_seconds()},
            goals=[at_most("1.5 s", second, 1.5), at_most("180 MB", rest["pss"], 180)],
            notes=[
                "the first start makes the tables and loads the company; memory as PSS, which counts shared pages once"
            ],
        )
    ]


def _demo(folder: Path, *, rest: float) -> tuple[float, dict[str, float]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = Database("SQLite", folder).environment()
    for name in ("LOCKGATE_DATA", "LOCKGATE_SECRET_KEY", "LOCKGATE_DEMO"):
        environment.pop(name)
    began = time.monotonic()
    ran = subprocess.Popen(
        [sys.executable, "-m", "lockgate.cli", "demo", "--port", str(port), "--data", str(folder)],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _is_ready(port):
            if ran.poll() is not None:
                raise RuntimeError("lockgate demo did not start")
            time.sleep(0.01)
        took = time.monotonic() - began
        time.sleep(rest)
        return took, memory(family(ran.pid))
    finally:
        ran.terminate()
        ran.wait(20)


def _is_ready(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as door:
        door.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in door.recv(64)
    return False


def _import_seconds() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import django"], check=True)
    return time.monotonic() - began


def _values(result: dict[str, Any]) -> dict[str, float]:
    return {name: result[name] for name in ("a_second", "p50_ms", "p99_ms")}


def _trouble(result: dict[str, Any]) -> list[str]:
    return [f"answers that were not 200: {result['refused']}"] if "refused" in result else []


OfDatabase = Callable[[Database, Sitting], list[Figure]]
WITH_COMPANY: dict[str, OfDatabase] = {
    "posts": posts,
    "home": pages,
    "typing": typing,
    "streams": streams,
    "archive": archive,
}
