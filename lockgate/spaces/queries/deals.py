"""Reads of deal rooms: lanes, boxes and their seals, and who was there when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Max

from lockgate.base.refusal import NotFound
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.queries.hearing import places_of
from lockgate.spaces.types import (
    Lane,
    PlaceInSpace,
    Stay,
)


def lanes(viewer: Person, slug: str, at: datetime) -> list[Lane]:
    """The firms' lanes of a deal room, for those who sit in its deliberation; NotFound for all others, its guests
    too."""
    _deliberating(viewer, slug, at)
    rows = Audience.objects.filter(space__slug=slug, firm__isnull=False).select_related("space", "firm")
    return [
        Lane(
            one.pk,
            one.key,
            one.name,
            one.firm_id or 0,
            one.firm.name if one.firm else "",
            one.sealed_until,
            one.opened_at,
        )
        for one in rows.order_by("name", "lane")
    ]


def stays(viewer: Person, slug: str, at: datetime) -> list[Stay]:
    """Who sat in a space when, the latest first, for its owners; NotFound for all others. Lanes by name."""
    if _deliberating(viewer, slug, at).role != Seat.Role.OWNER:
        raise NotFound
    rows = Seat.objects.filter(audience__space__slug=slug).exclude(ends_at=F("begins_at"))
    return [
        Stay(*row)
        for row in rows.order_by("-begins_at", "audience__name", "person__name").values_list(
            "person_id", "audience__name", "role", "begins_at", "ends_at"
        )
    ]


def _deliberating(viewer: Person, slug: str, at: datetime) -> PlaceInSpace:
    for one in places_of(viewer, at, slugs=(slug,)):
        if not one.lane and viewer.firm.is_house:
            return one
    raise NotFound


def submissions_ended_at(place: PlaceInSpace, at: datetime) -> datetime | None:
    """For a firm's lane that was opened after the deadline of its deal room: when that was. It has no box, and takes no
    submission; None everywhere else."""
    if not place.lane or place.is_sealed or place.is_shut:
        return None
    boxes = Audience.objects.filter(space__slug=place.slug, sealed_until__isnull=False)
    firm = Audience.objects.filter(pk=place.audience_id).values_list("firm_id", flat=True).first()
    if firm is None or boxes.filter(firm_id=firm).exists():
        return None
    last: datetime | None = boxes.filter(sealed_until__lte=at).aggregate(last=Max("sealed_until"))["last"]
    return last


def sealed_until(place: PlaceInSpace) -> datetime | None:
    """When the seal of a place that the viewer sits in is broken, or was."""
    return Audience.objects.filter(pk=place.audience_id).values_list("sealed_until", flat=True).first()


def is_sealed(audience_id: int, at: datetime) -> bool:
    """Whether nobody but a firm's own guests may read what is said in this audience at ``at``: no desk, either."""
    return Audience.objects.filter(pk=audience_id, sealed_until__gt=at).exists()


def opened_boxes(at: datetime) -> list[int]:
    """Ids of the boxes whose seal was broken at ``at`` or in the thirty days before."""
    rows = Audience.objects.filter(sealed_until__lte=at, sealed_until__gt=at - timedelta(days=30))
    return list(rows.values_list("pk", flat=True))


def firm_of(place: PlaceInSpace) -> str:
    """The name of the firm whose lane a place is that the viewer sits in; "" where it is none's."""
    return Audience.objects.filter(pk=place.audience_id).values_list("firm__name", flat=True).first() or ""
