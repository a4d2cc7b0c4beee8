"""Invite people who have no account, by e-mail; open a talk of a few with them.

Whoever is invited becomes a guest without a password, sits down, and is sent one letter. What that says is asked at the
moment of sending, as for every letter.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.mail import events, rules
from lockgate.mail.models import Invitation, Mailing
from lockgate.mail.queries import is_configured
from lockgate.mail.types import Invited
from lockgate.people import operations as admitting
from lockgate.people import queries as people
from lockgate.people.models import Firm, Person
from lockgate.spaces import operations as spaces
from lockgate.spaces.types import Backlog, place_key

MOST_PEOPLE = 50
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
        # The inviter's row first: two who are invited at once must not both be the last of the day.
        Person.objects.select_for_update().get(pk=by.pk)
        person = people.by_email(asked.address) or _admitted(by, at, asked)
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


def write_to(
    *,
    by: Person,
    at: datetime,
    persons: Sequence[Person],
    addresses: Sequence[str],
    name: str = "",
    ceiling: Marking = Marking.INTERNAL,
    admits_guests: bool = False,
) -> str:
    """A talk of a few: a circle with ``by``, these persons and whoever has these addresses; answers its slug.

    It admits guests where one is among them, or ``admits_guests`` says so, and never otherwise. All of it or nothing:
    where one cannot be seated, nobody is. Raises NotFound for guests; BadInput where nobody or too many are named; what
    ``invite`` raises.
    """
    if not by.firm.is_house or by.is_bot:
        raise NotFound
    asked = list(dict.fromkeys(addresses))
    known = {one.pk: one for one in persons if one.pk != by.pk}
    if not known and not asked:
        raise BadInput(_("Name at least one other person."))
    if len(known) + len(asked) >= MOST_PEOPLE:
        raise BadInput(
            _("A talk begins with at most %(most)s people.") % {"most": MOST_PEOPLE},
            _("Open a space for more."),
        )
    has_guests = bool(asked) or any(not one.firm.is_house for one in known.values())
    named = [one.name for one in known.values()] + [read_invited(one).name for one in asked]
    title = " ".join(name.split())[:80] or _among(by, named)
    with change():
        # No name of a talk may tell, by being taken, that there is another.
        space = spaces.open_space(
            by=by,
            at=at,
            slug=f"{slugify(title)[:50] or 'talk'}-{secrets.token_hex(4)}",
            name=title,
            kind="circle",
            ceiling=ceiling,
            admits_guests=has_guests or admits_guests,
        )
        audience = space.audiences.get(lane="")
        for person in known.values():
            spaces.seat(
                by=by,
                at=at,
                person=person,
                audience_id=audience.pk,
                role="member" if person.firm.is_house else "guest",
            )
        for address in asked:
            invite(by=by, at=at, key=place_key(space.slug), address=address, backlog=Backlog.ALL)
    return space.slug


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


def _among(by: Person, named: Sequence[str]) -> str:
    """What a talk without a name is called: the first names of those in it."""
    names = [one.split()[0] for one in [by.name, *named]]
    return ", ".join(names[:5])[:76] + (" …" if len(names) > 5 else "")
