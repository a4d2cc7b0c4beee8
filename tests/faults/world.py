"""Prepares a data folder for the faults: tables, keys, the cast, an account on the counting channel, a token.

Run as a program, in the environment of the installation: ``world.py CHANNEL_URL`` prints what the test needs.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
SLUG = "counting"


def environment(data: Path, url: str = "") -> dict[str, str]:
    """What every process of this installation is started with; nothing of the shell's own settings."""
    bare = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LOCKGATE", "DATABASE_URL", "DJANGO", "PYTEST"))
    }
    given = {
        "LOCKGATE_DATA": str(data),
        "LOCKGATE_SECURE_COOKIES": "no",
        "LOCKGATE_OUTGOING_ALLOW": "127.0.0.1",
        "LOCKGATE_SECRET_KEY": "the key of an installation that is killed",
        "DJANGO_SETTINGS_MODULE": "lockgate.settings",
        "PYTHONPATH": str(CHECKOUT),
    }
    return {**bare, **given, **({"DATABASE_URL": url} if url else {})}


def found(channel_url: str) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from lockgate.archive.operations import make_keys
    from lockgate.base.clock import now
    from lockgate.channels.operations import open_account
    from lockgate.demo.cast import PASSWORD, assemble
    from lockgate.people.models import Duty
    from lockgate.people.operations import give_duty, make_token

    call_command("migrate", verbosity=0)
    make_keys()
    at = now()
    with transaction.atomic():
        cast = assemble(at=at)
    manager = cast.administrator
    give_duty(by=None, at=at, person=manager, kind=Duty.Kind.CHANNEL_MANAGER)
    open_account(
        by=manager,
        at=at,
        slug=SLUG,
        connector_name="wordpress",
        name="Counting blog",
        desk_slug="communications",
        base_url=channel_url,
        handle="halden",
        secrets={"app_password": "pass word"},
    )
    return {
        "token": make_token(by=cast.author, at=at, person=cast.author, name="faults"),
        "author": cast.author.email,
        "approver": cast.approver.email,
        "password": PASSWORD,
        "spaces": list(cast.audiences),
    }


if __name__ == "__main__":
    print(json.dumps(found(sys.argv[1])))
