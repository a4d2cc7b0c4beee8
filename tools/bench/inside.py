"""Jobs that run in a process of the measured installation: its environment says which database."""

from __future__ import annotations

import sys


def main(job: str, *arguments: str) -> None:
    import django

    django.setup()
    if job == "fill":
        _fill(*arguments)
        return
    raise SystemExit(f"There is no job {job}.")


def _fill(what: str, messages: str) -> None:
    from django.core.management import call_command

    from lockgate.base.clock import now
    from tools.bench import company, protected

    call_command("migrate", interactive=False, verbosity=0)
    {"company": company, "protected": protected}[what].fill(messages=int(messages), at=now())


if __name__ == "__main__":
    main(*sys.argv[1:])
