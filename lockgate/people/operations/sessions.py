"""Passwords, and who is signed in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.people import events
from lockgate.people.models import Person
from lockgate.people.operations.persons import actor_of, refuse_who_has_left
from lockgate.people.refusals import NotAnEmployee


def set_password(*, by: Person | None, at: datetime, person: Person, password: str) -> None:
    """A new password; whoever is signed in as ``person`` is signed out. Access tokens stand. Raises HasLeft."""
    refuse_who_has_left(person)
    if person.is_bot:
        raise NotAnEmployee(_("%(name)s is a bot; nobody signs in as it.") % {"name": person.name})
    with change():
        Person.objects.filter(pk=person.pk).update(password=make_password(password))
        sign_out([person.pk], at)
        record(
            [Fact(action=events.PASSWORD_SET, record=person.pseudonym, actor=actor_of(by), at=at)],
        )


def end_sessions(*, at: datetime, persons: Collection[int]) -> None:
    """Whoever is signed in as one of these is signed out."""
    with change():
        sign_out(persons, at)


def sign_out(persons: Collection[int], at: datetime) -> None:
    """A session tells in its signed words alone whose it is, so each is read; this happens seldom."""
    told = {str(number) for number in persons}
    theirs = [
        one.session_key
        for one in Session.objects.filter(expire_date__gt=at).iterator()
        if one.get_decoded().get(SESSION_KEY) in told
    ]
    for first in range(0, len(theirs), 500):
        Session.objects.filter(session_key__in=theirs[first : first + 500]).delete()
