"""Archiving a space: nothing new is said, whoever sits there reads it as before, and no list shows it."""

from __future__ import annotations

from datetime import datetime

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.spaces import events
from lockgate.spaces.models import Request, Seat, Space
from lockgate.spaces.operations.seats import actor_of
from lockgate.spaces.queries import seats_at


def archive_space(*, by: Person | None, at: datetime, slug: str) -> None:
    """For good. ``by`` must own the space; NotFound otherwise, and where it is archived already."""
    space = Space.objects.filter(slug=slug, archived_at__isnull=True).exclude(kind=Space.Kind.COMPANY).first()
    owns = seats_at(at).filter(person=by, audience__space=space, audience__lane="", role=Seat.Role.OWNER)
    if space is None or (by is not None and not owns.exists()):
        raise NotFound
    with change():
        Space.objects.filter(pk=space.pk).update(archived_at=at)
        Request.objects.filter(space=space, answered_at__isnull=True).update(
            answer=Request.Answer.DECLINED, answered_at=at, answered_by=by
        )
        record([Fact(events.SPACE_ARCHIVED, f"s:{space.pk}", actor_of(by), at)])
