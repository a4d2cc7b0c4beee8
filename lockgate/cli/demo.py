"""`lockgate demo`: the demo company on this machine, in one command."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from lockgate.cli.doors import open_door
from lockgate.cli.folders import hold, make_folder, own_secret
from lockgate.cli.troubles import INTERNAL, Trouble


def run_demo(*, port: int, data: Path, host: str) -> int:
    """Prepare, start, announce, and stay until Ctrl-C. Answers the exit code."""
    started = time.monotonic()
    data = data.expanduser().resolve()
    make_folder(data)
    lock = hold(data)
    web, live = open_door(host, port), open_door(host, 0)
    address = f"http://{'localhost' if host in {'127.0.0.1', '::1'} else host}:{web.getsockname()[1]}"
    lock.write(address)
    lock.flush()
    _set_environment(data, live_port=live.getsockname()[1])

    from lockgate.cli.processes import lanes, load_code

    load_code()
    _prepare(data)

    from lockgate.base import heartbeat
    from lockgate.cli.supervisor import Supervisor

    processes = lanes(web, live, web_processes=1, threads=4)
    heartbeat.expect(tuple(lane.name for lane in processes))

    def announce() -> None:
        _say(f"Ready after {time.monotonic() - started:.1f} s: {address}")
        for line in _whom_to_be():
            _say(line)
        _say("Ctrl-C ends it. What you do is kept in " + str(data))

    supervisor = Supervisor(processes, _say)
    code = supervisor.keep(lambda: heartbeat.report().is_ready, announce)
    _say("Everything has ended.")
    return code


def _say(line: str) -> None:
    print(line, flush=True)


def _set_environment(data: Path, *, live_port: int) -> None:
    """Settings are read from the environment, here as everywhere; only this process and its children see it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "lockgate.settings"
    os.environ["LOCKGATE_DATA"] = str(data)
    os.environ["LOCKGATE_DEMO"] = "yes"
    os.environ["LOCKGATE_SECRET_KEY"] = own_secret(data)
    os.environ["LOCKGATE_LIVE_PORT"] = str(live_port)
    # The demo is SQLite in its own folder, whatever production setting this shell may carry.
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("LOCKGATE_DATABASE_URL", None)
    os.environ.pop("LOCKGATE_SETTINGS", None)
    os.environ.pop("LOCKGATE_KEYS", None)
    os.environ.pop("LOCKGATE_LIVE_URL", None)


def _prepare(data: Path) -> None:
    """Tables and the demo company, in a child: the process that forks must never have opened a database."""
    from lockgate.cli.tables import sqlite_is_current

    loaded = data / "demo-loaded"
    if loaded.exists() and sqlite_is_current(data / "lockgate.sqlite3"):
        return
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(_prepare_here(loaded))
    try:
        _, status = os.waitpid(pid, 0)
    except KeyboardInterrupt:
        os.waitpid(pid, 0)
        raise Trouble(
            "Stopped while preparing.", "Run the same command again; it goes on from there.", code=130
        ) from None
    if code := os.waitstatus_to_exitcode(status):
        raise Trouble(
            f"The demo company could not be loaded into {data}.",
            "If it stays so, start anew: remove that folder, or choose another with --data DIR.",
            code=code if code > 0 else INTERNAL,
        )


def _prepare_here(loaded: Path) -> int:
    try:
        from lockgate.base.clock import now
        from lockgate.cli.tables import migrate
        from lockgate.demo.loader import load

        _say("Preparing the database.")
        migrate()
        if not loaded.exists():
            _say("Loading the demo company Halden Valve (once).")
            load(at=now(), say=_say)
            loaded.touch()
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"{error.strerror or error}.", file=sys.stderr)
        return CODE_OF_FULL_DISK if error.errno == 28 else INTERNAL
    except Exception as error:
        if os.environ.get("LOCKGATE_DEBUG"):
            raise
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return INTERNAL


CODE_OF_FULL_DISK = 74


def _whom_to_be() -> list[str]:
    from lockgate.demo import sign_in

    return sign_in.lines()
