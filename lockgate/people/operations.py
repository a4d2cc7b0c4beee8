"""Admitting people, their duties, passwords and tokens; letting them go.

``by`` is None where nobody signed in does it: the shell on the server, which the archive calls "system". Whoever has
that shell could write the tables themselves; through here it is at least recorded and held to the rules.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import AccessToken, Department, Duty, Firm, Person
from lockgate.people.queries import available_zones
from lockgate.people.types import SCOPES

MOST_TOKENS = 100
MOST_BOTS = 20


class AddressTaken(BadInput):
    code = "address-taken"


class NotAnEmployee(BadInput):
    """Duties are for the company's own people."""

    code = "not-an-employee"


class DutyAsItWas(Refusal):
    """The duty is held already, or is not held."""

    code = "duty-as-it-was"


class HasLeft(Refusal):
    code = "has-left"


class IsHere(Refusal):
    """Who has not left cannot be taken back."""

    code = "is-here"


def guest_firm(*, by: Person | None, at: datetime, name: str) -> Firm:
    """The firm called ``name`` whose people are guests here; opened if it is new. Raises BadInput for the house."""
    clean = " ".join(name.split())
    if not 0 < len(clean) <= 120:
        raise BadInput(_("A firm's name has 1 to 120 characters."))
    firm = Firm.objects.filter(name__iexact=clean).first()
    if firm is None:
        with change():
            firm = Firm.objects.create(name=clean)
            record(
                [
                    Fact(
                        action=events.FIRM_OPENED,
                        record=f"f:{firm.pk}",
                        actor=_actor(by),
                        at=at,
                        body=clean.encode(),
                    )
                ]
            )
    if firm.is_house:
        raise BadInput(
            _("%(firm)s is this company, and its people are no guests.") % {"firm": firm.name},
            _("Admit them as employees."),
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
                        actor=_actor(by),
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
    """``person`` holds the duty ``kind`` from now on. Raises NotAnEmployee, HasLeft, DutyAsItWas."""
    if not person.firm.is_house:
        raise NotAnEmployee(_("%(name)s is a guest, and guests hold no duties.") % {"name": person.name})
    if person.is_bot:
        raise NotAnEmployee(_("%(name)s is a bot, and bots hold no duties.") % {"name": person.name})
    _refuse_who_has_left(person)
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
                    actor=_actor(by),
                    at=at,
                )
            ]
        )
    return duty


def end_duty(*, by: Person | None, at: datetime, person: Person, kind: str) -> None:
    """``person`` no longer holds the duty ``kind``. Raises DutyAsItWas."""
    with change():
        if not _end_duties(by, at, person, [kind]):
            raise DutyAsItWas(_("%(name)s does not hold that duty.") % {"name": person.name})


def set_password(*, by: Person | None, at: datetime, person: Person, password: str) -> None:
    """A new password; whoever is signed in as ``person`` is signed out. Access tokens stand. Raises HasLeft."""
    _refuse_who_has_left(person)
    if person.is_bot:
        raise NotAnEmployee(_("%(name)s is a bot; nobody signs in as it.") % {"name": person.name})
    with change():
        Person.objects.filter(pk=person.pk).update(password=make_password(password))
        _end_sessions([person.pk], at)
        record(
            [Fact(action=events.PASSWORD_SET, record=person.pseudonym, actor=_actor(by), at=at)],
        )


def let_go(*, by: Person | None, at: datetime, person: Person) -> None:
    """``person`` leaves: account, sessions, tokens and duties end at once; what they said stays theirs.

    Their seats are ended by ``spaces.operations.leave_company``, which calls this. Raises HasLeft.
    """
    with change():
        # With the password goes its seal, which every session and every app's token bears: should they ever come
        # back, none of those comes back with them.
        gone = {"is_active": False, "left_at": at, "password": make_password(None)}
        if not Person.objects.filter(pk=person.pk, is_active=True).update(**gone):
            _refuse_who_has_left(person)
        AccessToken.objects.filter(person=person, ends_at__isnull=True).update(ends_at=at)
        _end_duties(by, at, person, list(Duty.Kind.values))
        _end_sessions([person.pk], at)
        record([Fact(action=events.PERSON_LEFT, record=person.pseudonym, actor=_actor(by), at=at)])


def _end_duties(by: Person | None, at: datetime, person: Person, kinds: list[str]) -> int:
    held = Duty.objects.filter(person=person, kind__in=kinds, ends_at__isnull=True)
    ended = list(held.select_for_update().values_list("kind", flat=True))
    held.update(ends_at=at)
    record(
        [
            Fact(
                action=events.DUTY_ENDED,
                record=f"duty:{kind}",
                parent=person.pseudonym,
                actor=_actor(by),
                at=at,
            )
            for kind in ended
        ]
    )
    return len(ended)


def _end_sessions(persons: Collection[int], at: datetime) -> None:
    """A session tells in its signed words alone whose it is, so each is read; this happens seldom."""
    told = {str(number) for number in persons}
    theirs = [
        one.session_key
        for one in Session.objects.filter(expire_date__gt=at).iterator()
        if one.get_decoded().get(SESSION_KEY) in told
    ]
    for first in range(0, len(theirs), 500):
        Session.objects.filter(session_key__in=theirs[first : first + 500]).delete()


def _refuse_who_has_left(person: Person) -> None:
    if not Person.objects.filter(pk=person.pk, is_active=True).exists():
        raise HasLeft(_("%(name)s has left.") % {"name": person.name})


def _actor(by: Person | None) -> str:
    return by.pseudonym if by else "system"


def make_token(
    *,
    by: Person,
    at: datetime,
    person: Person,
    name: str,
    scopes: Collection[str] = SCOPES,
    ends_at: datetime | None = None,
) -> str:
    """A new access token that speaks for ``person`` within ``scopes``. Shown once; only its digest is kept.

    Raises NotFound where ``person`` is neither ``by`` nor a bot of theirs, BadInput for a scope that there is not,
    or none.
    """
    if person.pk != by.pk and person.owner_id != by.pk:
        raise NotFound
    clean = " ".join(name.replace("\x00", "").split())[:80]
    if not clean:
        raise BadInput(_("A token has a name, so that you know it again."))
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadInput(_("Choose at least one thing that the token may do."))
    if ends_at is not None and ends_at <= at:
        raise BadInput(_("That end is past."), _("Choose a later one."))
    token = "lgt_" + secrets.token_urlsafe(32)
    with change():
        if AccessToken.objects.filter(person=person, ends_at__isnull=True).count() >= MOST_TOKENS:
            raise BadInput(_("There are a hundred tokens already."), _("End one that you no longer use."))
        AccessToken.objects.create(
            person=person,
            name=clean,
            digest=hashlib.sha256(token.encode()).hexdigest(),
            scopes=[one for one in SCOPES if one in scopes],
            created_at=at,
            ends_at=ends_at,
        )
        record(
            [
                Fact(
                    action=events.TOKEN_MADE,
                    record=person.pseudonym,
                    actor=by.pseudonym,
                    at=at,
                    body=clean.encode(),
                )
            ]
        )
    return token


def end_token(*, by: Person, at: datetime, token_id: int) -> None:
    """The token speaks for nobody from now on. Raises NotFound for one that is neither ``by``'s nor of a bot of
    theirs."""
    with change():
        theirs = AccessToken.objects.filter(Q(person=by) | Q(person__owner=by), pk=token_id)
        row = theirs.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("person").first()
        if row is None:
            raise NotFound
        AccessToken.objects.filter(pk=row.pk).update(ends_at=at)
        record([Fact(events.TOKEN_ENDED, row.person.pseudonym, by.pseudonym, at)])


def note_token_use(*, token_id: int, at: datetime) -> None:
    """On which day a token was last used: one write a day, for whoever looks through their tokens."""
    AccessToken.objects.filter(pk=token_id).exclude(used_on=at.date()).update(used_on=at.date())


def make_bot(*, by: Person, at: datetime, name: str) -> Person:
    """A bot that ``by`` owns and answers for. It has no password and sits nowhere until it is given a seat.

    Raises NotFound for guests and for bots, BadInput for a name that is none.
    """
    if not by.firm.is_house or by.is_bot or not by.is_active:
        raise NotFound
    clean = " ".join(name.replace("\x00", "").split())[:120]
    plain = slugify(clean)[:60]
    if not plain:
        raise BadInput(_("A bot has a name."))
    with change():
        if Person.objects.filter(owner=by, is_active=True).count() >= MOST_BOTS:
            raise BadInput(_("You own twenty bots already."), _("End one that you no longer use."))
        slug = _free_slug(f"{plain}-bot" if not plain.endswith("bot") else plain)
        bot = Person.objects.create(
            # Nobody reads an address under .invalid, which no name server ever knows.
            email=f"{slug}@bots.invalid",
            name=clean,
            slug=slug,
            firm=by.firm,
            language=by.language,
            time_zone=by.time_zone,
            joined_at=at,
            password=make_password(None),
            kind="bot",
            owner=by,
        )
        record([Fact(events.BOT_MADE, bot.pseudonym, by.pseudonym, at, body=clean.encode())])
    return bot


def _free_slug(wish: str) -> str:
    slug, number = wish, 2
    while Person.objects.filter(slug=slug).exists():
        slug, number = f"{wish}-{number}", number + 1
    return slug


def take_back(*, by: Person | None, at: datetime, person: Person) -> None:
    """``person``, who had left, is here again: the account alone. No duty, token, session or password comes back, and
    seats are given by ``spaces.operations``. Raises IsHere."""
    with change():
        if not Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True, left_at=None):
            raise IsHere(_("%(name)s has not left.") % {"name": person.name})
        record([Fact(action=events.PERSON_RETURNED, record=person.pseudonym, actor=_actor(by), at=at)])


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
                record([Fact(action=events.PERSON_AMENDED, record=person.pseudonym, actor=_actor(by), at=at)])
    except IntegrityError as error:
        raise AddressTaken(
            _("The address %(email)s belongs to somebody already.") % {"email": email},
            _("Choose another address, or find that person."),
        ) from error
    for field, value in new.items():
        setattr(person, field, value)
    return bool(new)


def end_sessions(*, at: datetime, persons: Collection[int]) -> None:
    """Whoever is signed in as one of these is signed out."""
    with change():
        _end_sessions(persons, at)


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
