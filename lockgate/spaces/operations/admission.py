"""Who may take a seat at all: guests by their firm and their paper, and nobody where a circle is full."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.markings import Marking
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Nda, Space
from lockgate.spaces.queries import seats_at
from lockgate.spaces.refusals import AboveTheirNda, CircleFull, NotForGuests


def refuse_guest(person: Person, audience: Audience, at: datetime) -> None:
    name = {"name": person.name}
    if audience.kind == Audience.Kind.INSIDE:
        raise NotForGuests(
            _("%(name)s is a guest, and this space never admits guests.") % name,
            _("Open a partner space and invite them there."),
        )
    if audience.firm_id is not None and audience.firm_id != person.firm_id:
        raise NotForGuests(
            _("%(name)s is of another firm, and this lane admits guests of one firm alone.") % name,
            _("Open a lane for their firm."),
        )
    nda = Nda.objects.filter(person=person).first()
    if nda is None:
        return
    if nda.ends_at <= at:
        raise AboveTheirNda(
            _("The NDA of %(name)s has ended.") % name, _("Have a new one put on file, then give the seat.")
        )
    if nda.ceiling < audience.ceiling:
        raise AboveTheirNda(
            _("%(name)s may hear up to %(theirs)s, and here up to %(room)s may be said.")
            % {**name, "theirs": Marking(nda.ceiling).label, "room": Marking(audience.ceiling).label},
            _("Open a lane or a space with a lower marking."),
        )


def refuse_if_full(audience: Audience, at: datetime) -> None:
    space = audience.space
    if space is None or space.most is None:
        return
    # Two who sit down at once must not both count the last free chair: the second waits here for the first.
    Space.objects.select_for_update().get(pk=space.pk)
    if seats_at(at).filter(audience=audience).count() >= space.most:
        raise CircleFull(
            _("A circle holds %(most)s people, and this one is full.") % {"most": space.most},
            _("End a seat first, or open a space of another kind."),
        )
