"""Admitting people, their duties and their tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import AccessToken, Duty, Firm, Person


class AddressTaken(BadInput):
    code = "address-taken"


def admit(
    *,
    by: Person | None,
    at: datetime,
    email: str,
    name: str,
    slug: str,
    firm: Firm,
    password: str,
    title: str = "",
    language: str = "en",
) -> Person:
    """Make an account for a person of ``firm`` who can sign in with ``password``.

    ``by`` is None only for the first person of an installation. Seats are given by the spaces room.
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
                        actor=by.pseudonym if by else "system",
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


def give_duty(*, by: Person | None, at: datetime, person: Person, kind: str) -> Duty:
    """``person`` holds the duty ``kind`` from now on."""
    with change():
        duty = Duty.objects.create(person=person, kind=kind, begins_at=at)
        record(
            [
                Fact(
                    action=events.DUTY_BEGUN,
                    record=f"duty:{kind}",
                    parent=person.pseudonym,
                    actor=by.pseudonym if by else "system",
                    at=at,
                )
            ]
        )
    return duty


def let_go(*, by: Person, at: datetime, person: Person) -> None:
    """``person`` leaves: the account ends at once; what they said stays theirs."""
    with change():
        Person.objects.filter(pk=person.pk).update(is_active=False, left_at=at)
        AccessToken.objects.filter(person=person, ends_at__isnull=True).update(ends_at=at)
        record([Fact(action=events.PERSON_LEFT, record=person.pseudonym, actor=by.pseudonym, at=at)])


def make_token(*, by: Person, at: datetime, person: Person, name: str) -> str:
    """A new access token that speaks for ``person``. Shown once; only its digest is kept."""
    token = "lgt_" + secrets.token_urlsafe(32)
    with change():
        AccessToken.objects.create(
            person=person, name=name[:80], digest=hashlib.sha256(token.encode()).hexdigest(), created_at=at
        )
        record(
            [
                Fact(
                    action=events.TOKEN_MADE,
                    record=person.pseudonym,
                    actor=by.pseudonym,
                    at=at,
                    body=name.encode(),
                )
            ]
        )
    return token
