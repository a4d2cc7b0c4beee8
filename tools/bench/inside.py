"""Jobs that run in a process of the measured installation: its environment says which database. Each prints JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main(job: str, *arguments: str) -> None:
    import django

    django.setup()
    jobs = {
        "fill": _fill,
        "rulings": _rulings,
        "fingerprints": _fingerprints,
        "archive": _archive,
        "verify": _verify,
        "log": _log,
        "admit": _admit,
        "marking": _marking,
        "searches": _searches,
        "plans": _plans,
        "directory": _directory,
    }
    if job not in jobs:
        raise SystemExit(f"There is no job {job}.")
    told = jobs[job](*arguments)
    if told is not None:
        print(json.dumps(told))


def _fill(what: str, messages: str) -> None:
    from django.core.management import call_command

    from lockgate.base.clock import now
    from tools.bench import company, protected

    call_command("migrate", interactive=False, verbosity=0)
    if what == "protected":
        protected.fill(messages=int(messages), at=now())
    else:
        sizes = {"company": company.SMALL, "large": company.LARGE}
        company.fill(messages=int(messages), at=now(), size=sizes[what])


def _rulings(seconds: str) -> dict[str, Any]:
    from tools.bench import ruling

    return ruling.measured(float(seconds))


def _fingerprints(seconds: str) -> dict[str, Any]:
    from tools.bench import repeating

    return repeating.measured(float(seconds))


def _archive(seconds: str) -> dict[str, Any]:
    from tools.bench import log

    return log.appended(float(seconds))


def _verify(folder: str) -> dict[str, Any]:
    from tools.bench import log

    return log.verified(folder)


def _log(folder: str, entries: str) -> None:
    from tools.bench import log

    log.write(folder, int(entries))


def _admit(count: str) -> list[tuple[int, str, list[str]]]:
    from tools.bench import admitting

    return admitting.admit(int(count))


def _marking(count: str) -> dict[str, float]:
    from tools.bench import admitting

    return admitting.marked(int(count))


def _searches(rounds: str) -> dict[str, Any]:
    from tools.bench import searching

    return searching.measured(int(rounds))


def _plans(what: str) -> dict[str, Any]:
    from tools.bench import planning

    return planning.seen(None if what == "all" else what)


def _directory(count: str) -> dict[str, float]:
    from tools.bench import taking_over

    return taking_over.measured(int(count))


def timed(work: Any, seconds: float, *, least: int = 50) -> list[float]:
    """Sorted times of calling ``work(number)`` again and again for ``seconds``."""
    times = []
    until = time.perf_counter() + seconds
    number = 0
    while number < least or time.perf_counter() < until:
        began = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - began)
        number += 1
    return sorted(times)


if __name__ == "__main__":
    main(*sys.argv[1:])
