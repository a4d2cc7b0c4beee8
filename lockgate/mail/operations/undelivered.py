"""A letter came back, or was refused: after the first word that an address is not there, or the third of another
lasting refusal, it is written to no more, and the administrators are told.

It is alive again when the person has another address, writes to us from this one, or chooses anew on their page.
"""

from __future__ import annotations

from datetime import datetime

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.transactions import change
from lockgate.mail import bounces, events
from lockgate.mail.keys import token_key
from lockgate.mail.models import Undelivered
from lockgate.mail.tokens import read_bounce
from lockgate.mail.types import Answered
from lockgate.notices.operations import tell
from lockgate.people import queries as people
from lockgate.people.models import Person


def come_back(*, raw: bytes, token: str, at: datetime) -> Answered:
    """Take in a letter that another server sends back. What it is nobody is told: a machine brought it."""
    found = read_bounce(token_key(), token)
    if found is None:
        return Answered(550, "There is no such address here.")
    mailing, person_id = found
    person = Person.objects.filter(pk=person_id).first()
    told = bounces.statuses(raw)
    if person is not None and told:
        # The gravest counts: an address that is not there, before one that will not take it now.
        status = next((one for one in told if bounces.NOT_THERE.match(one)), told[0])
        note(person=person, mailing_id=mailing, status=status, at=at)
    return Answered(250, "Taken.")


def note(*, person: Person, mailing_id: int, status: str, at: datetime) -> None:
    """The server of ``person``'s address refused a letter for good."""
    with change():
        Undelivered.objects.get_or_create(
            person=person,
            mailing_id=mailing_id,
            defaults={"id": new_id(at), "address": person.email, "status": status, "at": at},
        )
        rows = Undelivered.objects.filter(person=person, address=person.email)
        told = list(rows.values_list("status", "at"))
        if not bounces.is_dead(told, at) or rows.filter(is_told=True).exists():
            return
        rows.update(is_told=True)
        record([Fact(events.ADDRESS_DEAD, person.pseudonym, "system", at)])
        administrators = [one for one in people.who_hold("administrator", at) if one != person.pk]
        tell(administrators, "address-dead", words={"who": person.name}, message_id=None, at=at)


def revive(*, person: Person, at: datetime) -> None:
    """Their address takes letters again, as far as we know."""
    if not Undelivered.objects.filter(person=person).exists():
        return
    with change():
        was_dead = Undelivered.objects.filter(person=person, is_told=True).exists()
        Undelivered.objects.filter(person=person).delete()
        if was_dead:
            record([Fact(events.ADDRESS_ALIVE, person.pseudonym, person.pseudonym, at)])
