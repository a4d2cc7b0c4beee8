"""`lockgate demo`: the demo company on this machine, in one command. `lockgate seed`: the company alone."""

from __future__ import annotations

import os
import time
from pathlib import Path

from lockgate.cli.children import in_a_child
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
    set_environment(data, live_port=live.getsockname()[1])

    from lockgate.cli.processes import lanes, load_code

    load_code()
    prepare(data)

    from lockgate.base import heartbeat
    from lockgate.cli.supervisor import Supervisor

    processes = lanes([web], live, threads=4)
    heartbeat.expect(tuple(lane.name for lane in processes))

    def announce() -> None:
        _say(f"Ready after {time.monotonic() - started:.1f} s: {address}")
        in_a_child(_say_whom_to_be)
        _say(f"What you do is kept in {data}. Ctrl-C ends everything.")

    code = Supervisor(processes, _say).keep(lambda: heartbeat.report().is_ready, announce)
    _say("Everything has ended.")
    return code


def run_seed(*, data: Path) -> int:
    """Load the demo company into ``data`` and start nothing."""
    data = data.expanduser().resolve()
    make_folder(data)
    lock = hold(data)
    set_environment(data, live_port=0)
    import django

    django.setup()
    prepare(data)
    in_a_child(_say_whom_to_be)
    _say(f"The demo company is in {data}. Start it with: lockgate demo --data {data}")
    lock.close()
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


_OF_PRODUCTION = (
    "DATABASE_URL",
    *(
        f"LOCKGATE_{name}"
        for name in ("DATABASE_URL", "SETTINGS", "KEYS", "ATTACHMENTS", "LIVE_URL", "PUBLIC_URL", "DEBUG")
    ),
)


def set_environment(data: Path, *, live_port: int) -> None:
    """Settings are read from the environment, here as everywhere; only this process and its children see it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "lockgate.settings"
    # The demo is SQLite in its own folder, whatever production setting this shell may carry.
    for name in _OF_PRODUCTION:
        os.environ.pop(name, None)
    os.environ["LOCKGATE_DATA"] = str(data)
    os.environ["LOCKGATE_DEMO"] = "yes"
    os.environ["LOCKGATE_SECRET_KEY"] = own_secret(data)
    os.environ["LOCKGATE_LIVE_PORT"] = str(live_port)


def prepare(data: Path) -> None:
    """Tables and the demo company, in a child. What a run that was cut short left undone is done now."""
    from lockgate.cli.tables import sqlite_is_current

    loaded = data / "demo-loaded"
    if loaded.exists() and sqlite_is_current(data / "lockgate.sqlite3"):
        return
    code = in_a_child(lambda: _prepare_here(loaded))
    if code == 130:
        raise Trouble("Stopped while preparing.", "Run the same command again.", code=130)
    if code:
        raise Trouble(
            f"The demo company could not be loaded into {data}; the reason stands above.",
            "Mend it and run the same command again; or start anew with another folder: --data DIR.",
            code=code if code > 0 else INTERNAL,
        )


def _prepare_here(loaded: Path) -> int:
    from lockgate.archive.operations import make_keys
    from lockgate.base.clock import now
    from lockgate.cli.tables import migrate
    from lockgate.demo.loader import load

    _say("Preparing the database.")
    migrate()
    make_keys()
    if not loaded.exists():
        _say("Loading the demo company (once).")
        load(at=now(), say=_say)
        loaded.touch()
    return 0


def _say_whom_to_be() -> int:
    from lockgate.demo import sign_in

    for line in sign_in.lines():
        _say("  " + line)
    return 0
