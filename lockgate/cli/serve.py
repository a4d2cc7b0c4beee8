"""`lockgate serve`, `doctor` and `migrate`: a real installation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lockgate.cli.children import in_a_child
from lockgate.cli.doors import open_door, open_doors
from lockgate.cli.folders import hold, make_folder
from lockgate.cli.processes import lanes, load_code, processors
from lockgate.cli.troubles import BAD_SETTINGS, Trouble


def run_serve(*, host: str, port: int, live_port: int, workers: int, threads: int, migrate: bool) -> int:
    """Refuse what may not be served, else start everything and stay until SIGTERM. Answers the exit code."""
    from django.conf import settings

    data = Path(settings.DATA_DIR)
    make_folder(data)
    lock = hold(data)
    web = open_doors(host, port, workers or min(processors(), 4))
    live = open_door(host, live_port or settings.LIVE_PORT or (port + 1 if port else 0))
    os.environ["LOCKGATE_LIVE_PORT"] = str(live.getsockname()[1])
    settings.LIVE_PORT = live.getsockname()[1]
    address = f"http://{host}:{web[0].getsockname()[1]}"
    lock.write(address)
    lock.flush()

    load_code()
    if code := in_a_child(lambda: _may_start(migrate)):
        return code

    from lockgate.base import heartbeat
    from lockgate.cli.supervisor import Supervisor

    processes = lanes(web, live, threads=threads)
    heartbeat.expect(tuple(lane.name for lane in processes))
    streams = f"http://{host}:{live.getsockname()[1]}/events"
    return Supervisor(processes, _say).keep(
        lambda: heartbeat.report().is_ready,
        lambda: _say(f"Ready: pages at {address}, event streams at {streams}"),
    )


def _say(line: str) -> None:
    print(line, flush=True)


def _may_start(may_migrate: bool) -> int:
    from lockgate.cli.examination import examine

    seen = examine(may_migrate=may_migrate)
    grave = [one for one in seen if one.is_grave]
    if grave:
        print("Lockgate does not start like this:", file=sys.stderr)
        for one in grave:
            print(f"- {one.sentence}\n  {one.mend}", file=sys.stderr)
        print("lockgate doctor tells the rest.", file=sys.stderr)
        return BAD_SETTINGS
    for one in seen:
        # It may start, since people must go on working, but nobody shall find out of it later by chance.
        if one.is_loud and not one.is_well:
            print(f"Lockgate starts, but: {one.sentence}\n  {one.mend}", file=sys.stderr)
    if may_migrate:
        migrate_here()
    return 0


def migrate_here() -> None:
    """Bring the tables to this version, and make the keys that a new installation lacks."""
    from lockgate.archive.operations import make_keys
    from lockgate.cli.tables import migrate, unapplied

    waiting = len(unapplied())
    migrate()
    made = make_keys()
    _say(f"{waiting} changes to the tables were applied." if waiting else "The tables were up to date.")
    for file in made:
        _say(f"New key: {file}. Keep a copy where the database's backups are not.")


def run_migrate() -> int:
    from django.conf import settings

    _set_up()
    make_folder(Path(settings.DATA_DIR))
    migrate_here()
    return 0


def run_doctor(*, channels: bool = False) -> int:
    """Tell what is well and what to mend; with ``channels``, also what each of them answers. Exit code 0 when nothing
    needs mending (advice is not a fault), else 1."""
    _set_up()
    from lockgate.cli.examination import examine

    seen = examine(asks_channels=channels)
    for one in seen:
        _say(
            f"{'advice' if one.is_advice else '  ok  ' if one.is_well else ' MEND '} {one.subject}: {one.sentence}"
        )
        if one.mend:
            _say(f"        {one.mend}")
    amiss = sum(not one.is_well for one in seen)
    _say("All is well." if not amiss else f"{amiss} to mend.")
    return 1 if amiss else 0


def _set_up() -> None:
    import django

    django.setup()


def with_tables() -> None:
    """Django, and tables that this version can work with; Trouble otherwise."""
    _set_up()
    from django.db import DatabaseError

    from lockgate.cli.tables import unapplied

    try:
        missing = unapplied()
    except DatabaseError as error:
        raise Trouble(
            "The database cannot be reached: " + " ".join(str(error).split())[:300],
            "Check LOCKGATE_DATA or DATABASE_URL; lockgate doctor tells more.",
        ) from error
    if missing:
        raise Trouble(
            "The database is not prepared for this version.",
            "Run: lockgate migrate. For the demo's, name its folder: LOCKGATE_DATA=.lockgate",
            code=BAD_SETTINGS,
        )
