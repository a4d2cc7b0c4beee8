"""Being away, with somebody who stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.queries import by_slug
from lockgate.profiles import events, rules
from lockgate.profiles.models import Absence
from lockgate.profiles.queries import may_know


class AwayAlready(Refusal):
    """Two absences of one person lie over one another."""

    code = "away-already"


def note_absence(
    *, by: Person, at: datetime, first_on: date, last_on: date, deputy: str = "", words: str = ""
) -> Absence:
    """``by`` is away from the beginning of one day until the end of another, in their own time zone; ``deputy`` (a
    slug) stands in. Raises BadInput, AwayAlready, and NotFound for a deputy whom ``by`` may not know of."""
    said = rules.line(words)
    begins, ends = _begin_of(first_on, by), _begin_of(last_on + timedelta(days=1), by)
    if last_on < first_on:
        raise BadInput(_("The last day lies before the first."), _("Turn them round."))
    if ends <= at:
        raise BadInput(_("These days are over."), _("Choose days to come."))
    if (last_on - first_on).days > rules.ABSENCE_DAYS_MOST:
        raise BadInput(_("That is longer than a year."), _("Choose a nearer last day."))
    if len(said) > rules.ABSENCE_WORDS_MOST:
        raise BadInput(_("The word beside it is longer than 120 characters."), _("Make it shorter."))
    begins = max(begins, at)
    stands_in = _deputy(by, deputy, at) if deputy else None
    with change():
        Person.objects.select_for_update().get(pk=by.pk)  # two noted at once are noted one after the other
        if Absence.objects.filter(person=by, begins_at__lt=ends, ends_at__gt=begins).exists():
            raise AwayAlready(
                _("You have said already that you are away in these days."), _("End that absence first.")
            )
        absence = Absence.objects.create(
            id=new_id(at),
            person=by,
            deputy=stands_in,
            words=said,
            begins_at=begins,
            ends_at=ends,
            first_on=first_on,
            last_on=last_on,
        )
        record(
            [
                Fact(
                    events.ABSENCE_NOTED,
                    f"away:{absence.pk}",
                    by.pseudonym,
                    at,
                    parent=stands_in.pseudonym if stands_in else "",
                )
            ]
        )
    return absence


def end_absence(*, by: Person, at: datetime, absence_id: int) -> None:
    """Back again, or not going. Raises NotFound where ``by`` has no such absence before them."""
    with change():
        row = Absence.objects.select_for_update().filter(pk=absence_id, person=by, ends_at__gt=at).first()
        if row is None:
            raise NotFound
        row.ends_at = max(at, row.begins_at)
        row.save(update_fields=["ends_at"])
        record([Fact(events.ABSENCE_ENDED, f"away:{row.pk}", by.pseudonym, at)])


def _deputy(by: Person, slug: str, at: datetime) -> Person:
    person = by_slug(slug)
    if person is None or not may_know(by, person, at):
        raise NotFound
    if person.pk == by.pk:
        raise BadInput(_("You cannot stand in for yourself."), _("Choose somebody else, or nobody."))
    return person


def _begin_of(day: date, person: Person) -> datetime:
    if not 2020 <= day.year <= 2088:
        raise BadInput(_("That day is too far away."), _("Choose a nearer one."))
    try:
        zone = ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return datetime.combine(day, time(), zone).astimezone(UTC)
