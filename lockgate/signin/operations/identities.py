"""Whose account it is that an identity provider vouches for. Never by an address that nobody has verified."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.directory import operations as directory
from lockgate.directory.types import Source, Wanted
from lockgate.people.models import Person
from lockgate.people.queries import by_email
from lockgate.signin import events
from lockgate.signin.models import Identity
from lockgate.signin.queries import known_as


class NoAccount(Refusal):
    """Nobody here is who came. Also for whoever has left: the door does not tell who there is."""

    code = "no-account"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("There is no account for you here."), _("Ask an administrator for one."))


def person_for(
    *,
    at: datetime,
    issuer: str,
    subject: str,
    email: str,
    is_verified: bool,
    name: str,
    may_link: bool,
    may_join: bool,
) -> Person:
    """The person whom ``issuer`` calls ``subject``. Raises NoAccount.

    Known by that name before: they are it, whatever the address says today. Else by their address, if the issuer has
    verified it and ``may_link``: an employee whom the issuer knows by no other name. Else, if ``may_join``, a new one.
    """
    known = known_as(issuer, subject)
    if known is not None:
        return _if_here(known)
    if not is_verified or not email:
        raise NoAccount
    person = by_email(email)
    try:
        with change():
            if person is None and may_join:
                person = directory.create(
                    source=Source("sso", "from:sso"),
                    at=at,
                    wanted=Wanted(email=email, name=name or email),
                    welcome=False,
                )
            elif person is None or not may_link or not person.firm.is_house:
                raise NoAccount
            person = _if_here(person)
            Identity.objects.create(person=person, issuer=issuer, subject=subject, linked_at=at)
            record([Fact(events.IDENTITY_LINKED, person.pseudonym, person.pseudonym, at)])
    except IntegrityError as error:
        # The issuer knows this person by another name already: an address was given to somebody else there.
        raise NoAccount from error
    except directory.UserNameTaken as error:
        raise NoAccount from error
    return person


def _if_here(person: Person) -> Person:
    if not Person.objects.filter(pk=person.pk, is_active=True).exists():
        raise NoAccount
    return person
