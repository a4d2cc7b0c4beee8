"""Starts web, live and work under Lockgate's own supervisor, as `lockgate serve` does, for tests that kill them.

What differs: a process that dies is started again at once (a crash-loop's growing pauses would make 200 rounds last an
hour), leases and pauses are seconds long instead of minutes, and each process writes its id down. All in the same
proportion: a request ends before its lease, a lease before an absence is believed.

Run as a program: ``launch.py WEB_PORT LIVE_PORT``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

LEASE_SECONDS, ABSENCE_SECONDS, FIRST_PAUSE = 6, 10, timedelta(seconds=1)


def main(web_port: int, live_port: int) -> int:
    from django.conf import settings

    from lockgate.base import heartbeat
    from lockgate.cli import supervisor
    from lockgate.cli.doors import open_door
    from lockgate.cli.processes import lanes, load_code
    from lockgate.cli.troubles import Trouble
    from lockgate.publishing import rules

    settings.DELIVERY_LEASE_SECONDS, settings.DELIVERY_ABSENCE_SECONDS = LEASE_SECONDS, ABSENCE_SECONDS
    rules._FIRST = FIRST_PAUSE
    supervisor.LONGEST_DELAY = 0.1
    doors = []
    # Children of a supervisor that was killed give its sockets back when they notice.
    until = time.monotonic() + 15
    while len(doors) < 2:
        try:
            doors.append(open_door("127.0.0.1", (web_port, live_port)[len(doors)]))
        except Trouble:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    settings.LIVE_PORT = live_port
    load_code()
    processes = lanes([doors[0]], doors[1], threads=4)
    run = Path(settings.DATA_DIR) / "pids"
    run.mkdir(parents=True, exist_ok=True)
    for lane in processes:
        lane.run = _noted(run / lane.name, lane.run)
        lane.delay = 0.05
    (run / "supervisor").write_text(str(os.getpid()), "utf-8")
    heartbeat.expect(tuple(lane.name for lane in processes))
    keeper = supervisor.Supervisor(processes, lambda line: print(line, flush=True))
    return keeper.keep(lambda: heartbeat.report().is_ready, lambda: print("Ready", flush=True))


def _noted(file: Path, run: Callable[[], None]) -> Callable[[], None]:
    def noted() -> None:
        file.write_text(str(os.getpid()), "utf-8")
        run()

    return noted


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
