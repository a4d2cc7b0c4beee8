"""Serves the measured installation as `lockgate serve` does: the same processes, sockets and supervisor.

python -m tools.bench.serving WEB_PROCESSES THREADS          the installation that the environment names
python -m tools.bench.serving WEB_PROCESSES THREADS bare     a bare Django view on the same server, the limit
"""

from __future__ import annotations

import os
import sys
from typing import Any


def main(processes: int, threads: int, bare: bool) -> int:
    from lockgate.cli.doors import open_door, open_doors

    webs, live = open_doors("127.0.0.1", 0, processes), open_door("127.0.0.1", 0)
    os.environ["LOCKGATE_LIVE_PORT"] = str(live.getsockname()[1])

    from lockgate.base import heartbeat
    from lockgate.cli.supervisor import Lane, Supervisor

    if bare:
        lanes = [Lane(f"bare-{number}", _bare(web, threads)) for number, web in enumerate(webs)]
        is_ready = lambda: True  # noqa: E731  (a one-line stand-in)
    else:
        from lockgate.cli.processes import lanes as lanes_of
        from lockgate.cli.processes import load_code

        load_code()
        lanes = lanes_of(webs, live, threads=threads)
        heartbeat.expect(tuple(lane.name for lane in lanes))
        is_ready = lambda: heartbeat.report().is_ready  # noqa: E731

    def announce() -> None:
        names = " ".join(f"{lane.name}={lane.pid}" for lane in lanes)
        print(f"ready {webs[0].getsockname()[1]} {live.getsockname()[1]} {names}", flush=True)

    return Supervisor(lanes, lambda line: print(line, file=sys.stderr, flush=True)).keep(is_ready, announce)


def _bare(door: Any, threads: int) -> Any:
    def application() -> Any:
        from tools.bench.bare import application

        return application

    def run() -> None:
        from lockgate.cli.doors import serve_pages

        serve_pages(door, application, threads=threads)

    return run


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["bare"]))
