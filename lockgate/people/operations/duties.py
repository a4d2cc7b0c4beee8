"""Duties: who may do what beyond speaking."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import Duty, Person
from lockgate.people.operations.persons import actor_of, refuse_who_has_left
from lockgate.people.refusals import DutyAsItWas, NotAnEmployee


def give_duty(*, by: Person | None, at: datetime, person: Person, kind: str) -> Duty:
    """``person`` holds the duty ``kind`` from now on. Raises NotAnEmployee, HasLeft, DutyAsItWas."""
    if not person.firm.is_house:
        raise NotAnEmployee(_("%(name)s is a guest, and guests hold no duties.") % {"name": person.name})
    if person.is_bot:
        raise NotAnEmployee(_("%(name)s is a bot, and bots hold no duties.") % {"name": person.name})
    refuse_who_has_left(person)
    with change():
        Person.objects.select_for_update().get(
            pk=person.pk
        )  # the same duty given twice at once is given once
        if Duty.objects.filter(person=person, kind=kind, ends_at__isnull=True).exists():
            raise DutyAsItWas(_("%(name)s holds that duty already.") % {"name": person.name})
        duty = Duty.objects.create(person=person, kind=kind, begins_at=at)
        record(
            [
                Fact(
                    action=events.DUTY_BEGUN,
                    record=f"duty:{kind}",
                    parent=person.pseudonym,
                    actor=actor_of(by),
                    at=at,
                )
            ]
        )
    return duty


def end_duty(*, by: Person | None, at: datetime, person: Person, kind: str) -> None:
    """``person`` no longer holds the duty ``kind``. Raises DutyAsItWas."""
    with change():
        if not end_duties(by, at, person, [kind]):
            raise DutyAsItWas(_("%(name)s does not hold that duty.") % {"name": person.name})


def end_duties(by: Person | None, at: datetime, person: Person, kinds: list[str]) -> int:
    held = Duty.objects.filter(person=person, kind__in=kinds, ends_at__isnull=True)
    ended = list(held.select_for_update().values_list("kind", flat=True))
    held.update(ends_at=at)
    record(
        [
            Fact(
                action=events.DUTY_ENDED,
                record=f"duty:{kind}",
                parent=person.pseudonym,
                actor=actor_of(by),
                at=at,
            )
            for kind in ended
        ]
    )
    return len(ended)
