"""What one sets of oneself."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import Person
from lockgate.people.queries import available_zones


def mark_photo(*, person: Person, mark: str) -> None:
    """Note that a photo stands beside this person's words ("" for none any more). Call it in the transaction that sets
    or removes it, which has its own record."""
    Person.objects.filter(pk=person.pk).update(photo_mark=mark[:12])


def set_time_zone(*, by: Person, at: datetime, zone: str) -> None:
    """``by`` keeps the time of ``zone`` (an IANA name, "Europe/Oslo") from now on. Raises BadInput for any other
    word."""
    if zone not in available_zones():
        raise BadInput(
            _("“%(zone)s” is no time zone that is known here.") % {"zone": zone[:40]},
            _("Choose one from the list."),
        )
    with change():
        if Person.objects.filter(pk=by.pk).exclude(time_zone=zone).update(time_zone=zone):
            record([Fact(events.TIME_ZONE_SET, by.pseudonym, by.pseudonym, at)])
