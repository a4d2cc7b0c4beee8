"""Deal rooms: the buyers among themselves, and a lane for each firm that knows of no other.

The main audience of a deal room is the buyers' deliberation from the first day, so that nothing ever has to be
filtered.
A sealed lane takes a firm's submissions: until its time its guests alone sit there, and our seats begin at that moment,
all of them, by themselves. Nothing depends on a process that wakes up in time; what the process does is to record it.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Firm, Person
from lockgate.spaces import events
from lockgate.spaces.models import Audience, Seat, Space
from lockgate.spaces.operations.seats import actor_of, begin
from lockgate.spaces.queries import seats_at


class AlreadyThere(Refusal):
    code = "already-there"


def open_lane(*, by: Person | None, at: datetime, slug: str, firm: Firm, ceiling: int) -> Audience:
    """A lane of a deal room for one firm: everybody who sits with the buyers now sits there; its guests are given seats
    next. Raises NotFound unless ``by`` owns the room, AlreadyThere where the firm has its lane."""
    main = owned_deal(by, slug, at)
    if firm.is_house:
        raise BadInput(_("A lane is for a firm that is not ours."))
    if Audience.objects.filter(space=main.space, firm=firm, sealed_until__isnull=True).exists():
        raise AlreadyThere(_("%(firm)s has its lane here already.") % {"firm": firm.name})
    # Chance alone: in an address or a log it names no firm, counts nothing and never clashes.
    lane = secrets.token_hex(4)
    with change():
        made = Audience.objects.create(
            space=main.space,
            lane=lane,
            name=firm.name[:80],
            firm=firm,
            kind=Audience.Kind.GUESTS,
            ceiling=min(ceiling, main.ceiling),
        )
        record([Fact(events.LANE_OPENED, f"a:{made.pk}", actor_of(by), at, parent=f"s:{made.space_id}")])
        for one in seats_at(at).filter(audience=main).select_related("person__firm"):
            begin(by=by, at=at, person=one.person, audience=made, role=one.role, hears_past=True)
        # Who is asked to take part while the others still submit has a box and a deadline like theirs. After it, none:
        # ``spaces.queries.submissions_ended_at`` says so to whoever sits in the lane.
        running = Audience.objects.filter(space=main.space, sealed_until__gt=at)
        for until in sorted({one for one in running.values_list("sealed_until", flat=True) if one}):
            _box(by, at, made, until)
    return made


def seal_submissions(*, by: Person | None, at: datetime, slug: str, until: datetime) -> list[Audience]:
    """Each firm of a deal room has a box from now on, into which it submits sealed ``until`` then. Nobody of ours hears
    what is in it before (the database refuses such a seat); then everybody who sits in the firm's lane does."""
    main = owned_deal(by, slug, at)
    if until <= at:
        raise BadInput(_("The deadline is past."), _("Choose a later time."))
    open_lanes = Audience.objects.filter(space=main.space, firm__isnull=False, sealed_until__isnull=True)
    lanes = list(open_lanes.order_by("pk"))
    if not lanes:
        raise BadInput(_("No firm has a lane here yet."), _("Open the lanes first."))
    made = []
    try:
        with change():
            for lane in lanes:
                made.append(_box(by, at, lane, until))
    except IntegrityError as error:
        raise AlreadyThere(_("Submissions are sealed here already.")) from error
    return made


def _box(by: Person | None, at: datetime, lane: Audience, until: datetime) -> Audience:
    box = Audience.objects.create(
        space=lane.space,
        # One call for submissions a day is enough for anybody; the name of it tells its own firm alone when it ends.
        lane=f"{lane.lane}-{until:%y%m%d}",
        name=f"{lane.name[:60]}, {_('sealed')}",
        firm=lane.firm,
        kind=Audience.Kind.GUESTS,
        ceiling=lane.ceiling,
        sealed_until=until,
    )
    record([Fact(events.LANE_OPENED, f"a:{box.pk}", actor_of(by), at, parent=f"s:{box.space_id}")])
    for one in seats_at(at).filter(audience=lane).select_related("person__firm"):
        # The next moderator of a box that nobody of ours has opened would be a guest; nobody tends it until then.
        begin(by=by, at=at, person=one.person, audience=box, role=one.role, hears_past=True)
    return box


def open_sealed(*, at: datetime) -> int:
    """Record that boxes whose time has come are open; answers how many. All of one deal room in one transaction."""
    due = Audience.objects.filter(sealed_until__lte=at, opened_at__isnull=True)
    opened = 0
    for space in sorted(set(due.values_list("space_id", flat=True))):
        with change():
            boxes = list(due.filter(space_id=space).select_for_update(of=("self",)))
            Audience.objects.filter(pk__in=[one.pk for one in boxes]).update(opened_at=at)
            record(
                [
                    Fact(events.SUBMISSIONS_OPENED, f"a:{one.pk}", "system", at, parent=f"s:{space}")
                    for one in boxes
                ]
            )
            opened += len(boxes)
    return opened


def owned_deal(by: Person | None, slug: str, at: datetime) -> Audience:
    """The deliberation of a deal room that ``by`` owns; NotFound otherwise."""
    main = (
        Audience.objects.filter(
            space__slug=slug, lane="", space__kind=Space.Kind.DEAL, space__archived_at__isnull=True
        )
        .select_related("space")
        .first()
    )
    owns = seats_at(at).filter(person=by, audience=main, role=Seat.Role.OWNER)
    if main is None or (by is not None and not owns.exists()):
        raise NotFound
    return main
