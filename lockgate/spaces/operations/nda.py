"""What a guest has signed, and seats whose end was set beforehand."""

from __future__ import annotations

import json
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.notices.operations import wake_streams
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.spaces import events
from lockgate.spaces.models import Nda, Seat
from lockgate.spaces.operations.seats import actor_of, end_all, ended_fact


def file_nda(
    *, by: Person | None, at: datetime, person: Person, ends_at: datetime, ceiling: int, reference: str = ""
) -> list[str]:
    """Put a guest's NDA on file, or renew it: no seat of theirs lasts beyond ``ends_at``, and none is in a room
    where more
    than ``ceiling`` may be said. Seats that it does not cover end now; their rooms' names are in the answer.

    ``by`` administers; NotFound otherwise. A seat that ended with the earlier NDA begins again only by hand.
    """
    if by is not None and "administrator" not in duties(by, at):
        raise NotFound
    if person.firm.is_house:
        raise BadInput(_("%(name)s is an employee; an NDA on file is for guests.") % {"name": person.name})
    if ends_at <= at:
        raise BadInput(_("The end of the NDA is past."), _("Give the day on which it ends."))
    if ceiling not in Marking.values:
        raise BadInput(_("A marking is Public, Internal, Confidential or Controlled."))
    with change():
        seats = Seat.objects.filter(person=person)
        # A seat whose end came by itself counts as running for the database until that is recorded.
        _record(seats.filter(ends_at__lte=at, is_end_recorded=False))
        running = seats.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        above = running.filter(audience__ceiling__gt=ceiling)
        left = [str(one.audience) for one in above.select_related("audience__space")]
        facts = end_all(by, at, above)
        was = Nda.objects.filter(person=person).values_list("ends_at", flat=True).first()
        # Those that end with the NDA, by its old end and by its new one. First what is too long, then the paper, then
        # what may last longer now: at no step does the database hold a seat that the paper does not cover.
        running.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=ends_at)).update(
            ends_at=ends_at if was is None else min(was, ends_at)
        )
        Nda.objects.update_or_create(
            person=person, defaults={"ends_at": ends_at, "ceiling": ceiling, "reference": reference[:80]}
        )
        if was is not None:
            running.filter(ends_at=min(was, ends_at)).update(ends_at=ends_at)
        paper = {"ceiling": ceiling, "ends_at": ends_at.isoformat()}
        record(
            [
                Fact(
                    events.NDA_FILED,
                    person.pseudonym,
                    actor_of(by),
                    at,
                    body=json.dumps(paper, sort_keys=True).encode(),
                ),
                *facts,
            ]
        )
        wake_streams()
    return left


def record_ends(*, at: datetime, limit: int = 200) -> int:
    """Record the ends of seats that came by themselves: nobody has heard anything from these since. Answers how
    many."""
    with change():
        return _record(Seat.objects.filter(ends_at__lte=at, is_end_recorded=False), limit)


def _record(ended: QuerySet[Seat], limit: int | None = None) -> int:
    over = list(
        ended.select_related("person").select_for_update(of=("self",)).order_by("ends_at", "pk")[:limit]
    )
    Seat.objects.filter(pk__in=[one.pk for one in over]).update(is_end_recorded=True)
    record([ended_fact(None, one.ends_at or one.begins_at, one.person, one.audience_id) for one in over])
    return len(over)
