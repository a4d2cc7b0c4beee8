"""Take in the files that came with a mail, as the gate takes any file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal
from lockgate.gateway import operations as gateway
from lockgate.mail.types import Enclosed
from lockgate.people.models import Person

MOST_FILES = 10


def enclose(by: Person, at: datetime, files: Sequence[Enclosed]) -> tuple[list[tuple[int, str]], list[str]]:
    """The files that could be taken (id, name), and a sentence for each that could not."""
    taken: list[tuple[int, str]] = []
    left_out: list[str] = []
    for one in files:
        if len(taken) == MOST_FILES:
            left_out.append(_("“%(name)s”: a message carries ten files at most.") % {"name": one.name})
            continue
        try:
            kept = gateway.attach(by=by, at=at, name=one.name, content=one.content)
        except Refusal as refusal:
            left_out.append(f"“{one.name}”: {refusal.sentence}")
            continue
        taken.append((kept.id, kept.name))
    return taken, left_out
