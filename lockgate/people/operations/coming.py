"""Letting people in, letting them go, taking them back; what the company's directory says of them."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import AccessToken, Department, Duty, Firm, Person
from lockgate.people.operations.duties import end_duties
from lockgate.people.operations.persons import actor_of, refuse_who_has_left
from lockgate.people.operations.sessions import sign_out
from lockgate.people.refusals import AddressTaken, IsHere


def guest_firm(*, by: Person | None, at: datetime, name: str) -> Firm:
    """The firm called ``name`` whose people are guests here; opened if it is new. Raises BadInput for the house."""
    clean = " ".join(name.split())
    if not 0 < len(clean) <= 120:
        raise BadInput(_("A firm's name has 1 to 120 characters."))
    firm = Firm.objects.filter(name__iexact=clean).first()
    if firm is None:
        try:
            firm = _opened(by, at, clean)
        except IntegrityError:
            # Somebody else opened it at the same instant.
            firm = Firm.objects.get(name__iexact=clean)
    if firm.is_house:
        raise BadInput(
            _("%(firm)s is this company, and its people are no guests.") % {"firm": firm.name},
            _("Admit them as employees."),
        )
    return firm


def _opened(by: Person | None, at: datetime, name: str) -> Firm:
    with change():
        firm = Firm.objects.create(name=name)
        record(
            [
                Fact(
                    action=events.FIRM_OPENED,
                    record=f"f:{firm.pk}",
                    actor=actor_of(by),
                    at=at,
                    body=name.encode(),
                )
            ]
        )
    return firm


def admit(
    *,
    by: Person | None,
    at: datetime,
    email: str,
    name: str,
    slug: str,
    firm: Firm,
    password: str | None,
    title: str = "",
    language: str = "en",
) -> Person:
    """Make an account for a person of ``firm`` who can sign in with ``password`` (None: by no password yet).

    Seats are given by the spaces room, so that a guest hears nothing until given one.
    Raises AddressTaken where the address or the slug belongs to somebody.
    """
    try:
        with change():
            person = Person.objects.create(
                email=email.strip().lower(),
                name=name,
                slug=slug,
                firm=firm,
                title=title,
                language=language,
                joined_at=at,
                password=make_password(password),
            )
            record(
                [
                    Fact(
                        action=events.PERSON_ADMITTED,
                        record=person.pseudonym,
                        actor=actor_of(by),
                        at=at,
                        body=f"{name} <{email}>".encode(),
                    )
                ]
            )
    except IntegrityError as error:
        raise AddressTaken(
            _("The address %(email)s belongs to somebody already.") % {"email": email},
            _("Choose another address, or find that person."),
        ) from error
    return person


def let_go(*, by: Person | None, at: datetime, person: Person) -> None:
    """``person`` leaves: account, sessions, tokens and duties end at once; what they said stays theirs.

    Their seats are ended by ``spaces.operations.leave_company``, which calls this. Raises HasLeft.
    """
    with change():
        # With the password goes its seal, which every session and every app's token bears: should they ever come
        # back, none of those comes back with them.
        gone = {"is_active": False, "left_at": at, "password": make_password(None)}
        if not Person.objects.filter(pk=person.pk, is_active=True).update(**gone):
            refuse_who_has_left(person)
        AccessToken.objects.filter(person=person, ends_at__isnull=True).update(ends_at=at)
        end_duties(by, at, person, list(Duty.Kind.values))
        sign_out([person.pk], at)
        record([Fact(action=events.PERSON_LEFT, record=person.pseudonym, actor=actor_of(by), at=at)])


def take_back(*, by: Person | None, at: datetime, person: Person) -> None:
    """``person``, who had left, is here again: the account alone. No duty, token, session or password comes back, and
    seats are given by ``spaces.operations``. Raises IsHere."""
    with change():
        if not Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True, left_at=None):
            raise IsHere(_("%(name)s has not left.") % {"name": person.name})
        record([Fact(action=events.PERSON_RETURNED, record=person.pseudonym, actor=actor_of(by), at=at)])


def amend(
    *,
    by: Person | None,
    at: datetime,
    person: Person,
    email: str | None = None,
    name: str | None = None,
    title: str | None = None,
    department: str | None = None,
    language: str | None = None,
) -> bool:
    """What the company's directory says of ``person``; None leaves a thing as it is. Answers whether anything changed.
    The record says that it did, and neither what nor to what. Raises AddressTaken."""
    new: dict[str, object] = {}
    for field, said in (("email", email), ("name", name), ("title", title), ("language", language)):
        if said is not None and said != getattr(person, field):
            new[field] = said
    try:
        with change():
            if department is not None and department != (person.department.name if person.department else ""):
                new["department"] = (
                    Department.objects.get_or_create(name=department)[0] if department else None
                )
            if new:
                Person.objects.filter(pk=person.pk).update(**new)
                record(
                    [Fact(action=events.PERSON_AMENDED, record=person.pseudonym, actor=actor_of(by), at=at)]
                )
    except IntegrityError as error:
        raise AddressTaken(
            _("The address %(email)s belongs to somebody already.") % {"email": email},
            _("Choose another address, or find that person."),
        ) from error
    for field, value in new.items():
        setattr(person, field, value)
    return bool(new)
