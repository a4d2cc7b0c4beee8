"""What is on file: NDAs, and looks into private spaces."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lockgate.base.refusal import NotFound
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.spaces.models import BreakGlass, Nda
from lockgate.spaces.types import (
    Glass,
    NdaView,
)


def ndas(persons: Collection[int]) -> dict[int, NdaView]:
    """What is on file for these guests, whom the caller knows that the viewer tends."""
    rows = Nda.objects.filter(person_id__in=persons)
    return {one.person_id: NdaView(one.ends_at, one.ceiling, one.reference) for one in rows}


def papers(viewer: Person, at: datetime) -> dict[int, NdaView]:
    """Every NDA on file by the guest's id, for who administers; NotFound for all others."""
    if "administrator" not in duties(viewer, at):
        raise NotFound
    return {one.person_id: NdaView(one.ends_at, one.ceiling, one.reference) for one in Nda.objects.all()}


def glasses(viewer: Person, at: datetime) -> list[Glass]:
    """Looks into private spaces, the latest first: all for a supervisor, for an administrator their own; else
    NotFound."""
    held = duties(viewer, at)
    if not held & {"supervisor", "administrator"}:
        raise NotFound
    rows = BreakGlass.objects.order_by("-id")
    if "supervisor" not in held:
        rows = rows.filter(asked_by=viewer)
    return [
        Glass(one.pk, one.slug, one.asked_by_id, one.why, one.asked_at, one.answered_by_id, one.is_agreed)
        for one in rows[:100]
    ]
