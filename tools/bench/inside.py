"""Jobs that run in a process of the measured installation: its environment says which database."""

from __future__ import annotations

import sys


def main(job: str, *arguments: str) -> None:
    import django

    django.setup()
    if job == "fill":
        _fill(int(arguments[0]))
        return
    raise SystemExit(f"There is no job {job}.")


def _fill(messages: int) -> None:
    from django.core.management import call_command

    from lockgate.base.clock import now
    from tools.bench import company

    call_command("migrate", interactive=False, verbosity=0)
    company.fill(messages=messages, at=now())


if __name__ == "__main__":
    main(*sys.argv[1:])
