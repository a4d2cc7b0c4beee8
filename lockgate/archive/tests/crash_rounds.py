"""Run as a program by test_kill.py: one process records, one keeps the log; both are killed at random, again and again.

Prints one line of JSON with what was found at the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # Django has to be set up first
from django.db import connection, transaction  # noqa: E402

from lockgate.archive import notes, operations, queries, rules, tiles  # noqa: E402
from lockgate.archive.export import export  # noqa: E402
from lockgate.archive.models import Checkpoint, Entry, Pending, Sealed  # noqa: E402
from lockgate.archive.types import Fact  # noqa: E402
from lockgate.archive.verify import verify  # noqa: E402


def record_for_ever(answer: int) -> None:
    """Each line on the pipe is an acknowledgement: the transaction was committed."""
    while True:
        at = datetime.now(UTC)
        facts = [
            Fact("gateway.message.submitted", "m:1", "p:0a", at, marking=1, body=os.urandom(40)),
            Fact("gateway.passage.ruled", "x:1", "system", at, "m:1", "standards@12", 1),
            Fact("gateway.passage.delivered", "x:1", "system", at, "m:1", "", 1),
        ]
        with transaction.atomic():
            entry_ids = operations.record(facts)
        os.write(answer, (" ".join(map(str, entry_ids)) + "\n").encode())


BEGUN = time.time()


def keep_for_ever(_answer: int) -> None:
    """Its clock runs a thousand times too fast, so that it signs every few milliseconds."""
    while True:
        operations.keep(datetime.fromtimestamp(BEGUN + 1000 * (time.time() - BEGUN), UTC))
        time.sleep(0.002)


def fork(work: Callable[[int], None], answer: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work(answer)
    finally:
        os._exit(3)


def main(rounds: int, folder: Path) -> None:
    call_command("migrate", "archive", verbosity=0)
    operations.make_keys()
    connection.close()
    acknowledged: list[int] = []
    ended_alone = 0
    for _ in range(rounds):
        out, into = os.pipe()
        children = [fork(record_for_ever, into), fork(keep_for_ever, into), fork(keep_for_ever, into)]
        os.close(into)
        time.sleep(random.uniform(0.02, 0.15))  # when to kill is no secret
        for child in random.sample(children, len(children)):
            os.kill(child, signal.SIGKILL)
        for child in children:
            ended_alone += os.waitpid(child, 0)[1] != signal.SIGKILL
        with os.fdopen(out) as lines:
            for line in lines.read().split("\n")[:-1]:
                acknowledged += map(int, line.split())
    now = datetime.now(UTC) + timedelta(days=2)
    operations.keep(now)
    done = export(folder, by="system", at=now)
    held = set(Entry.objects.values_list("id", flat=True))
    read = tiles.reader()
    roots = [
        rules.Tree(point.size, read).root()
        == bytes(point.root)
        == notes.parse_checkpoint(notes.split(point.note)[0]).root
        for point in Checkpoint.objects.order_by("size")
    ]
    found = {
        "ended_alone": ended_alone,
        "acknowledged": len(acknowledged),
        "lost": len(set(acknowledged) - held),
        "waiting": Pending.objects.count(),
        "placed": queries.state().size,
        "entries": len(held),
        "bodies": Sealed.objects.count(),
        "disclosed": done.disclosed,
        "checkpoints": len(roots),
        "broken_checkpoints": roots.count(False),
        "faults": verify(folder, vkey=done.vkey).faults + queries.faults(),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
