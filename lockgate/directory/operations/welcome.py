"""The letter with which somebody sets their first password. Its address is made when it is sent, and is kept nowhere.

The address is sealed over the password that stands (none), so it holds once, and for no longer than the settings say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils import translation
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.directory import events
from lockgate.directory.models import Welcome
from lockgate.mail.operations import send_plain
from lockgate.mail.queries import is_configured
from lockgate.people.models import Person

BACK_OFF = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 360, 1440))


def ask_for_welcome(*, at: datetime, person: Person) -> None:
    """Have a letter sent by which ``person`` sets a password."""
    Welcome.objects.update_or_create(person=person, defaults={"asked_at": at, "due_at": at, "attempts": 0})


def send_welcomes(*, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Send what is due; answers how many letters were worked on. Whether somebody is still here is asked now."""
    if not is_configured() or not settings.PUBLIC_URL:
        return 0
    at = clock()
    rows = list(Welcome.objects.filter(due_at__lte=at).select_related("person").order_by("due_at")[:limit])
    for row in rows:
        _send(row, clock())
    return len(rows)


def _send(row: Welcome, at: datetime) -> None:
    person = row.person
    attempts = row.attempts + 1
    # Taken before the letter goes: of two processes one sends it, and one that dies sends it again later.
    later = at + BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    mine = Welcome.objects.filter(pk=row.pk, due_at=row.due_at, attempts=row.attempts)
    with change():
        if not mine.update(due_at=later, attempts=attempts):
            return
        if not person.is_active or person.has_usable_password() or attempts > len(BACK_OFF):
            Welcome.objects.filter(pk=row.pk).delete()
            return
    if not send_plain(to=person, subject=_subject(person), body=_body(person)):
        return
    with change():
        Welcome.objects.filter(pk=row.pk).delete()
        record([Fact(events.WELCOME_SENT, person.pseudonym, "system", at)])


def address_for(person: Person) -> str:
    """Where ``person`` sets a password; whoever has this address may."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/welcome/{person.slug}/{default_token_generator.make_token(person)}"


def _subject(person: Person) -> str:
    with translation.override(person.language):
        return _("Your account at %(company)s") % {"company": settings.COMPANY}


def _body(person: Person) -> str:
    with translation.override(person.language):
        return "\n\n".join(
            (
                _("Good day, %(name)s.") % {"name": person.name},
                _("You have an account in the network of %(company)s.") % {"company": settings.COMPANY},
                _("Choose your password here, within three days:"),
                address_for(person),
                _("If you did not expect this letter, leave it: without it nothing happens."),
            )
        )
