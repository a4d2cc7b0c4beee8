"""Clear the room: every guest leaves at once, by every road."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.notices.operations import wake_streams
from lockgate.people.models import Person
from lockgate.spaces import events
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.operations.seats import actor_of, end_all
from lockgate.spaces.queries import seats_at


def clear_room(*, by: Person | None, at: datetime, slug: str, why: str) -> int:
    """Every guest's seat in every audience of the space ends at ``at``, in one transaction; answers how many
    people left.

    ``by`` must own the space; NotFound otherwise. ``why`` is kept sealed with the record of it. From the commit on no
    surface answers them with anything of this space, and their streams end within a second.
    """
    main = Audience.objects.filter(space__slug=slug, lane="").select_related("space").first()
    owns = seats_at(at).filter(person=by, audience=main, role=Seat.Role.OWNER)
    if main is None or main.space is None or (by is not None and not owns.exists()):
        raise NotFound
    why = " ".join(why.split())[:500]
    if not why:
        raise BadInput(_("Say why the room is cleared: it stands in the record."))
    with change():
        guests = Seat.objects.filter(audience__space=main.space, person__firm__is_house=False)
        leaving = set(seats_at(at).filter(pk__in=guests).values_list("person_id", flat=True))
        facts = end_all(by, at, guests)
        record([Fact(events.ROOM_CLEARED, f"s:{main.space_id}", actor_of(by), at, body=why.encode()), *facts])
        wake_streams()
    return len(leaving)
