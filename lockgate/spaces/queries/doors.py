"""What an employee finds without sitting there, and who asks to come in."""

from __future__ import annotations

from datetime import datetime

from lockgate.base.refusal import NotFound
from lockgate.people.models import Person
from lockgate.spaces.models import Request, Seat, Space
from lockgate.spaces.queries.hearing import audible, seats_at
from lockgate.spaces.types import (
    Door,
    PlaceInSpace,
    Waiting,
)


def doors(viewer: Person, at: datetime) -> list[Door]:
    """The open and closed spaces where ``viewer`` does not sit, by name. Guests find none: they are brought in."""
    if not viewer.is_active or not viewer.firm.is_house:
        return []
    rows = (
        Space.objects.filter(entry__in=[Space.Entry.OPEN, Space.Entry.CLOSED], archived_at__isnull=True)
        .exclude(audiences__in=list(audible(viewer, at)))
        .order_by("name", "slug")
    )
    asked = dict(
        Request.objects.filter(person=viewer, answered_at__isnull=True).values_list("space_id", "pk")
    )
    return [Door(one.slug, one.name, one.about, one.entry, asked.get(one.pk)) for one in rows]


def door(viewer: Person, slug: str, at: datetime) -> tuple[Door, list[int]]:
    """What stands on the door of an open or closed space where ``viewer`` does not sit, and the ids of its owners.
    Raises NotFound for every other."""
    for one in doors(viewer, at):
        if one.slug == slug:
            owners = seats_at(at).filter(audience__space__slug=slug, audience__lane="", role=Seat.Role.OWNER)
            return one, list(owners.order_by("person__name").values_list("person_id", flat=True))
    raise NotFound


def waiting_at(place: PlaceInSpace) -> list[Waiting]:
    """Who asks to join the space of ``place``, as a viewer sits in it; nobody for those who do not tend it."""
    if not place.tends or place.lane:
        return []
    rows = Request.objects.filter(space__slug=place.slug, answered_at__isnull=True).order_by("asked_at")
    return [Waiting(*row) for row in rows.values_list("pk", "person_id", "words", "asked_at")]
