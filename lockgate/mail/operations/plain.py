"""A letter about somebody's own account: to one person, in plain text, with nothing in it that others said."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage

from lockgate.mail.post import LATER, Line
from lockgate.people.models import Person


def send_plain(*, to: Person, subject: str, body: str) -> bool:
    """Hand the letter to the mail server; False where it should be tried later. A letter that may have arrived is not
    tried again."""
    letter = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    with Line() as line:
        if line.open():
            return False
        return line.send(letter).end != LATER
