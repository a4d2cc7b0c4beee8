"""People as a directory tends them. It speaks of the house's own people alone.

Whoever is deactivated is out by every road at once: the account, sessions, access tokens, the tokens of apps, seats
(and with them what letters can be answered with) and duties end in one transaction, and open streams are told to look.
Who is reactivated has an account and an employee's first seats, and nothing else of what they had.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, Refusal
from lockgate.base.transactions import change
from lockgate.directory import events, queries
from lockgate.directory.models import Record
from lockgate.directory.operations import lines
from lockgate.directory.operations.welcome import ask_for_welcome
from lockgate.directory.types import Source, Wanted
from lockgate.notices.operations import wake_streams
from lockgate.people import operations as people
from lockgate.people.models import Person
from lockgate.people.queries import free_slug, house
from lockgate.people.refusals import AddressTaken
from lockgate.spaces.operations import admit_to_company, leave_company

LONGEST = {
    "user_name": 254,
    "email": 254,
    "name": 120,
    "given_name": 120,
    "family_name": 120,
    "title": 120,
    "department": 80,
    "external_id": 254,
    "manager": 254,
}
LANGUAGES = {"en", "fr", "de"}


class UserNameTaken(Refusal):
    """Somebody goes by that name or address already."""

    code = "user-name-taken"


class NotYours(Refusal):
    """Guests are tended by those who sit with them, never by the company's directory."""

    code = "not-yours"


def create(
    *, source: Source, at: datetime, wanted: Wanted, welcome: bool = True, draws_line: bool = True
) -> Person:
    """A new employee, with an employee's first seats; without a password, and with a letter to set one.

    Who was removed from the directory before and comes again under the same name and address is the same person.
    Without ``draws_line`` to whom they report is noted and not drawn. Raises UserNameTaken, BadInput, ComesRound.
    """
    told = _clean(wanted)
    user_name = told.user_name or told.email or ""
    email = told.email or (user_name if "@" in user_name else "")
    if not user_name or not email:
        raise BadInput(_("A person needs a user name and an e-mail address."))
    _check_email(email)
    firm = house()
    if firm is None:
        raise BadInput(_("There is no company here yet."))
    try:
        with change():
            returning = queries.removed(user_name, email)
            if returning is not None:
                Record.objects.filter(person=returning).update(removed_at=None, updated_at=at)
                _apply(source, at, returning, told)
                if told.is_active is not False:
                    reactivate(source=source, at=at, person=returning)
                if draws_line:
                    lines.follow(source=source, at=at, person=returning, manager=told.manager)
                return returning
            if queries.is_called(user_name):
                raise UserNameTaken(_("Somebody goes by that user name already."))
            name = told.name or _joined(told.given_name, told.family_name) or user_name
            person = people.admit(
                by=None,
                at=at,
                email=email,
                name=name[:120],
                slug=free_slug(name),
                firm=firm,
                password=None,
                title=told.title or "",
                language=told.language or "en",
            )
            _link(source, at, person, told, user_name)
            people.amend(by=None, at=at, person=person, department=told.department)
            if told.is_active is False:
                leave_company(by=None, at=at, person=person)
            else:
                admit_to_company(by=None, at=at, person=person)
                if welcome:
                    ask_for_welcome(at=at, person=person)
            if draws_line:
                lines.follow(source=source, at=at, person=person, manager=told.manager)
    except (AddressTaken, IntegrityError) as error:
        raise UserNameTaken(_("Somebody has that user name or address already.")) from error
    return person


def update(*, source: Source, at: datetime, person: Person, wanted: Wanted, draws_line: bool = True) -> None:
    """What the directory says of ``person`` now; without ``draws_line`` to whom they report is noted and not drawn.
    Raises UserNameTaken, BadInput, NotYours, and ComesRound where they would stand above themselves."""
    if not person.firm.is_house:
        raise NotYours(_("%(name)s is a guest.") % {"name": person.name})
    told = _clean(wanted)
    try:
        with change():
            _apply(source, at, person, told)
            # Last, so that what is said of somebody in the same breath as their leaving is kept, and they are gone.
            if told.is_active is False:
                deactivate(source=source, at=at, person=person)
            elif told.is_active is True:
                reactivate(source=source, at=at, person=person)
            if draws_line:
                lines.follow(source=source, at=at, person=person, manager=told.manager)
    except (AddressTaken, IntegrityError) as error:
        raise UserNameTaken(_("Somebody has that user name or address already.")) from error


def deactivate(*, source: Source, at: datetime, person: Person) -> bool:
    """``person`` is out by every road. False where they were already."""
    if not person.firm.is_house:
        raise NotYours(_("%(name)s is a guest.") % {"name": person.name})
    with change():
        if not Person.objects.select_for_update().filter(pk=person.pk, is_active=True).exists():
            return False
        leave_company(by=None, at=at, person=person)
        record(
            [Fact(events.PERSON_DEACTIVATED, person.pseudonym, "system", at, parent=source.record)],
        )
        wake_streams()
    return True


def reactivate(*, source: Source, at: datetime, person: Person) -> bool:
    """``person`` is here again, with an employee's first seats: no duty, token, password or other seat comes back."""
    with change():
        if not Person.objects.select_for_update().filter(pk=person.pk, is_active=False).exists():
            return False
        people.take_back(by=None, at=at, person=person)
        admit_to_company(by=None, at=at, person=person)
        record(
            [Fact(events.PERSON_REACTIVATED, person.pseudonym, "system", at, parent=source.record)],
        )
        ask_for_welcome(at=at, person=person)
    return True


def remove(*, source: Source, at: datetime, person: Person) -> None:
    """Out by every road, and not shown to the directory any more. What they said stays theirs."""
    with change():
        deactivate(source=source, at=at, person=person)
        _link(source, at, person, Wanted(), "")
        Record.objects.filter(person=person).update(removed_at=at, external_id="")
        person.directory_groups.clear()


def link(*, source: Source, at: datetime, person: Person, wanted: Wanted) -> None:
    """Note by what name a directory knows ``person``, who was here before."""
    with change():
        _link(source, at, person, _clean(wanted), "")


def _apply(source: Source, at: datetime, person: Person, told: Wanted) -> None:
    if told.email:
        _check_email(told.email)
    if told.user_name and queries.is_called(told.user_name, besides=person.pk):
        raise UserNameTaken(_("Somebody goes by that user name already."))
    kept = _link(source, at, person, told, told.user_name or "")
    name = told.name
    if name is None and (told.given_name is not None or told.family_name is not None):
        name = _joined(kept.given_name, kept.family_name)
    people.amend(
        by=None,
        at=at,
        person=person,
        email=told.email or None,
        name=name or None,
        title=told.title,
        department=told.department,
        language=told.language,
    )


def _link(source: Source, at: datetime, person: Person, told: Wanted, user_name: str) -> Record:
    kept = Record.objects.filter(person=person).first()
    is_new = kept is None
    if kept is None:
        kept = Record(person=person, source=source.word, user_name=user_name or person.email)
    before = None if is_new else _said(kept)
    kept.source = source.word
    kept.user_name = user_name or kept.user_name
    for field in ("external_id", "given_name", "family_name", "manager"):
        said = getattr(told, field)
        if said is not None:
            setattr(kept, field, said)
    if before != _said(kept) or told != Wanted():
        kept.updated_at = at
        kept.save()
    if is_new:
        record([Fact(events.PERSON_LINKED, person.pseudonym, "system", at, parent=source.record)])
    return kept


def _said(kept: Record) -> tuple[str, ...]:
    return kept.user_name, kept.external_id, kept.given_name, kept.family_name, kept.manager


def _clean(wanted: Wanted) -> Wanted:
    """Trimmed, and no longer than the tables take. Raises BadInput."""
    values: dict[str, str | bool | None] = {"is_active": wanted.is_active}
    for field, most in LONGEST.items():
        said = getattr(wanted, field)
        if said is None:
            values[field] = None
            continue
        clean = " ".join(str(said).split())
        if "\x00" in clean or len(clean) > most:
            raise BadInput(_("“%(field)s” has at most %(most)s characters.") % {"field": field, "most": most})
        values[field] = clean
    language = (wanted.language or "")[:2].lower()
    values["language"] = language if language in LANGUAGES else None
    if values["email"]:
        values["email"] = str(values["email"]).lower()
    if values["manager"] and "@" in str(values["manager"]):
        values["manager"] = str(values["manager"]).lower()
    return Wanted(**values)  # type: ignore[arg-type]  # each of its kind, as above


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadInput(_("“%(email)s” is not an e-mail address.") % {"email": email}) from error


def _joined(given: str | None, family: str | None) -> str:
    return " ".join(part for part in (given, family) if part)
