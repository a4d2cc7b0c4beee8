"""Invite people who have no account, by e-mail.

Whoever is invited becomes a guest without a password, sits down, and is sent one letter. What that says is asked at the
moment of sending, as for every letter.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, Refusal
from lockgate.base.transactions import change
from lockgate.mail import events, rules
from lockgate.mail.models import Invitation, Mailing
from lockgate.mail.queries import is_configured
from lockgate.mail.types import Invited
from lockgate.people import operations as admitting
from lockgate.people import queries as people
from lockgate.people.models import Firm, Person
from lockgate.people.refusals import AddressTaken
from lockgate.spaces import operations as spaces
from lockgate.spaces.types import Backlog

MOST_A_DAY = 50
"""Letters to people who never asked for them, by one person in a day."""
RESPITE = timedelta(days=90)
"""Who left by a letter is not invited into the same room again for so long."""
BREATH = timedelta(seconds=10)
"""The letter waits so long, so that what was being said when they sat down has its place in the log by then."""


class TooManyInvited(Refusal):
    code = "too-many-invited"
    status = 429


def invite(*, by: Person, at: datetime, key: str, address: str, backlog: Backlog) -> Person:
    """Whoever has ``address`` ("Name <address>", or the address alone) sits in the place with this key and hears of its
    past what ``backlog`` says. Who is nobody here yet becomes a guest without a password.

    Raises NotFound where ``by`` may invite nobody there; BadInput for no address, for one of the company's own, and
    where no letters can be sent; TooManyInvited; what ``spaces.operations.invite`` raises.
    """
    asked = read_invited(address)
    with change():
        # The inviter's row first: two who are invited at once must not both be the last of the day. Who only gives the
        # inviter a seat need not wait for that.
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        person = person_at(by, at, asked)
        seat = spaces.invite(by=by, at=at, person=person, key=key, backlog=backlog)
        left = Invitation.objects.filter(seat__person=person, seat__audience=seat.audience_id)
        if left.filter(left_at__gt=at - RESPITE).exists():
            raise BadInput(
                _("%(name)s was here and has left.") % {"name": person.name},
                _("Ask them by another way; they can be invited here again later."),
            )
        if person.last_login is not None:
            return person
        if not is_configured():
            raise BadInput(
                _("No letters can be sent from here."), _("Ask your administrator to name a mail server.")
            )
        if Invitation.objects.filter(by=by, invited_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
            raise TooManyInvited(
                _("You have invited %(most)s people within a day.") % {"most": MOST_A_DAY},
                _("Invite more tomorrow."),
            )
        made = Invitation.objects.create(
            id=new_id(at), seat=seat, by=by, backlog=backlog.value, invited_at=at
        )
        Mailing.objects.create(
            id=new_id(at), person=person, kind="invite", about_id=made.pk, due_at=at + BREATH
        )
        record(
            [
                Fact(
                    events.INVITED,
                    f"a:{seat.audience_id}",
                    by.pseudonym,
                    at,
                    parent=person.pseudonym,
                    body=backlog.value.encode(),
                )
            ]
        )
    return person


def read_invited(text: str) -> Invited:
    """Name and address, as they were typed. Raises BadInput where that is no address."""
    asked = rules.invited(text)
    try:
        if asked is None:
            raise ValidationError("")
        validate_email(asked.address)
    except ValidationError as error:
        raise BadInput(
            _("“%(text)s” is no e-mail address.") % {"text": text.strip()[:80]},
            _("Write it like this: Maria Lopez <maria@partner.example>"),
        ) from error
    assert asked is not None
    return asked


def person_at(by: Person, at: datetime, asked: Invited) -> Person:
    """Who has this address; who is nobody here yet becomes a guest without a password. Inside a change. Raises
    BadInput where they may not be admitted."""
    for _turn in range(3):
        found = people.by_email(asked.address)
        if found is not None:
            return found
        with suppress(AddressTaken):
            return _admitted(by, at, asked)
        # Somebody else invited them, or one of the same name, at the same instant.
    return _admitted(by, at, asked)


def _admitted(by: Person, at: datetime, asked: Invited) -> Person:
    if not settings.INVITE_BY_EMAIL:
        raise BadInput(
            _("Nobody here has the address %(address)s, and this company admits guests itself.")
            % {"address": asked.address},
            _("Ask your administrator to admit them."),
        )
    return admitting.admit(
        by=by,
        at=at,
        email=asked.address,
        name=asked.name,
        slug=people.free_slug(asked.name),
        firm=_firm(by, at, asked.domain),
        password=None,
        language=settings.LANGUAGE_CODE[:2],
    )


def _firm(by: Person, at: datetime, domain: str) -> Firm:
    """The firm of those who have addresses there; else one that is called as the domain is."""
    if domain not in rules.OF_EVERYBODY:
        if people.is_of_house(domain):
            raise BadInput(
                _("%(domain)s is this company's own.") % {"domain": domain},
                _("Ask your administrator for an account for them."),
            )
        known = people.firm_at(domain)
        if known is not None:
            return known
    return admitting.guest_firm(by=by, at=at, name=domain)
