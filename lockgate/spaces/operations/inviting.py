"""Somebody is invited into a room where guests may sit, and hears as much of its past as the inviter chose."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.base.ids import floor_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.operations.admission import refuse_guest
from lockgate.spaces.operations.seats import begin
from lockgate.spaces.queries import may_invite, place_of_key, seats_at
from lockgate.spaces.refusals import SeatTaken
from lockgate.spaces.types import Backlog


def invite(*, by: Person, at: datetime, person: Person, key: str, backlog: Backlog) -> Seat:
    """``person`` sits in the place with this key from ``at``, as a guest where they are one, and hears of its past what
    ``backlog`` says, though never more than ``by`` hears.

    Of a circle every member may invite, elsewhere who tends the room. Raises NotFound for anybody else and where it is
    not; NotForGuests, AboveTheirNda, CircleFull, SeatTaken; BadInput for who has left.
    """
    place = place_of_key(by, key, at)
    if not may_invite(by, place):
        raise NotFound
    audience = Audience.objects.select_related("space").get(pk=place.audience_id)
    if not person.firm.is_house:
        refuse_guest(person, audience, at)
    if not person.is_active:
        raise BadInput(_("%(name)s has left.") % {"name": person.name})
    if seats_at(at).filter(person=person, audience=audience).exists():
        raise SeatTaken(_("%(name)s sits here already.") % {"name": person.name})
    try:
        with change():
            return begin(
                by=by,
                at=at,
                person=person,
                audience=audience,
                role=Seat.Role.MEMBER if person.firm.is_house else Seat.Role.GUEST,
                hears_past=False,
                # Nobody lets another hear what they may not hear themselves.
                hears_from=max(place.hears_from, _floor(backlog, at)),
            )
    except IntegrityError as error:
        raise SeatTaken(_("%(name)s sits here already.") % {"name": person.name}) from error


def _floor(backlog: Backlog, at: datetime) -> int:
    if backlog is Backlog.ALL:
        return 0
    return floor_id(at - timedelta(days=1) if backlog is Backlog.DAY else at)
