"""The talk of the same people: there is one, also where two of them begin it at the same instant.

A talk that nobody gave a name is known by who is in it. What it is known by is unique in the database, so that of two
who open it at once the second waits for the first and goes on in theirs. It is worked out when the talk is opened:
where people came later, or went, the talk is not that of the first few any more, and gives it up to the next that they
open. A talk with a name is about something, and the same people may have several.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput
from lockgate.people.models import Person
from lockgate.spaces.models import Seat, Space
from lockgate.spaces.operations.seats import open_space, seat
from lockgate.spaces.types import TalkOpened


def open_talk(
    *,
    by: Person,
    at: datetime,
    slug: str,
    name: str,
    persons: Collection[Person],
    ceiling: Marking,
    admits_guests: bool,
    is_named: bool,
    invited: Collection[Person] = (),
) -> TalkOpened:
    """A circle of ``by`` and these persons, who are seated; unless it ``is_named``, the one that they have already, up
    to the same marking. ``invited`` belong to them, and are seated by the caller where the talk is new. For use inside
    a change, which undoes all of it. Raises what ``open_space`` and ``seat`` raise.
    """
    members = {by.pk, *(one.pk for one in persons), *(one.pk for one in invited)}
    among = "" if is_named else _known_by(members, ceiling, admits_guests)
    if among and (found := _theirs(by, among, members, ceiling, at)) is not None:
        return found
    try:
        space = open_space(
            by=by,
            at=at,
            slug=slug,
            name=name,
            kind=Space.Kind.CIRCLE,
            ceiling=ceiling,
            admits_guests=admits_guests,
            among=among,
        )
    except BadInput:
        # One of them opened it at the same instant, and the database let one of the two stand.
        found = _theirs(by, among, members, ceiling, at) if among else None
        if found is None:
            raise
        return found
    audience_id = space.audiences.values_list("pk", flat=True).get(lane="")
    for person in sorted(persons, key=lambda one: one.pk):
        if person.pk != by.pk:
            role = Seat.Role.MEMBER if person.firm.is_house else Seat.Role.GUEST
            seat(by=by, at=at, person=person, audience_id=audience_id, role=role)
    return TalkOpened(space.slug, at, is_new=True)


def _known_by(persons: Collection[int], ceiling: Marking, admits_guests: bool) -> str:
    """Who is in it, and whom and what it may ever hear."""
    said = f"{int(ceiling)} {int(admits_guests)} {' '.join(str(one) for one in sorted(persons))}"
    return hashlib.sha256(said.encode()).hexdigest()


def _theirs(
    by: Person, among: str, members: Collection[int], ceiling: Marking, at: datetime
) -> TalkOpened | None:
    """The talk that is known so, if it still is theirs and ``by`` may speak there. One that is not is known so no
    more."""
    space = Space.objects.filter(among=among).first()
    if space is None:
        return None
    audience = space.audiences.get(lane="")
    # Also seats that begin a moment later: who opened it at the same instant may have read a later clock.
    running = Seat.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), audience=audience)
    seats = {one.person_id: one for one in running}
    is_theirs = seats.keys() == set(members) and seats[by.pk].role != Seat.Role.OBSERVER
    if is_theirs and space.archived_at is None and audience.ceiling == ceiling:
        return TalkOpened(space.slug, max(at, seats[by.pk].begins_at), is_new=False)
    Space.objects.filter(pk=space.pk, among=among).update(among="")
    return None
