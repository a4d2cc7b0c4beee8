"""The desks: opened once, staffed anew when people come and go."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.approvals import events
from lockgate.approvals.models import Desk
from lockgate.approvals.refusals import DeskTaken
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person

SYSTEM = "system"


def open_desk(
    *,
    by: Person | None,
    at: datetime,
    slug: str,
    name: str,
    approver: Person,
    deputy: Person | None,
    answer_hours: int,
) -> Desk:
    """A desk that signs. Raises DeskTaken where the slug is used, BadInput where it could not be staffed so."""
    _check_staff(approver, deputy, answer_hours)
    try:
        with change():
            desk = Desk.objects.create(
                slug=slug, name=name, approver=approver, deputy=deputy, answer_hours=answer_hours
            )
            record([_fact(events.DESK_OPENED, desk, by, at)])
    except IntegrityError as error:
        raise DeskTaken(_("There is a desk “%(slug)s” already.") % {"slug": slug}) from error
    return desk


def staff_desk(
    *,
    by: Person | None,
    at: datetime,
    slug: str,
    approver: Person,
    deputy: Person | None,
    answer_hours: int,
) -> Desk:
    """Others sign at the desk from now on, also what waits there already; what was signed stays signed.

    Raises NotFound where there is no such desk, BadInput where it could not be staffed so.
    """
    _check_staff(approver, deputy, answer_hours)
    with change():
        desk = Desk.objects.select_for_update().filter(slug=slug).first()
        if desk is None:
            raise NotFound(_("There is no desk “%(slug)s”.") % {"slug": slug})
        desk.approver, desk.deputy, desk.answer_hours = approver, deputy, answer_hours
        desk.save(update_fields=["approver", "deputy", "answer_hours"])
        record([_fact(events.DESK_STAFFED, desk, by, at)])
    return desk


def _check_staff(approver: Person, deputy: Person | None, answer_hours: int) -> None:
    if deputy is not None and deputy.pk == approver.pk:
        raise BadInput(
            _("The approver and the deputy are the same person."), _("Choose somebody else as deputy.")
        )
    for person in (approver, deputy):
        if person is None:
            continue
        if not person.is_active or person.is_bot:
            raise BadInput(
                _("%(name)s has left the company.") % {"name": person.name}, _("Choose somebody else.")
            )
        if not person.firm.is_house:
            raise BadInput(
                _("%(name)s is a guest; only employees sign.") % {"name": person.name},
                _("Choose an employee."),
            )
    if answer_hours < 1:
        raise BadInput(_("A desk needs at least one hour to answer."))


def _fact(action: str, desk: Desk, by: Person | None, at: datetime) -> Fact:
    return Fact(
        action=action,
        record=f"desk:{desk.slug}",
        actor=by.pseudonym if by else SYSTEM,
        at=at,
        parent=desk.approver.pseudonym if action == events.DESK_STAFFED else "",
        body=desk.name.encode(),
    )
