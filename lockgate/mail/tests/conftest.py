"""A company that sends and takes mail; what is sent is kept, and looked at as a mail program would."""

from __future__ import annotations

import email
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core import mail as sent_mail

from lockgate.demo.cast import Cast
from lockgate.mail.operations import choose, gather, receive, send_due
from lockgate.mail.types import Answered
from lockgate.people.models import Person

DOMAIN = "lockgate.haldenvalve.example"
VOUCHING = "mx.haldenvalve.example"


@pytest.fixture
def mailing(settings: Any, tmp_path: Any) -> None:
    settings.MAIL_DOMAIN = DOMAIN
    settings.MAIL_FROM = f"lockgate@{DOMAIN}"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAIL_AUTHSERV = VOUCHING
    settings.PUBLIC_URL = "https://lockgate.haldenvalve.example"


@pytest.fixture
def posted(cast: Cast, at: datetime, mailing: None) -> Callable[[datetime], list[EmailMessage]]:
    """Gather and send at a moment; answers the letters as they would travel. Everybody who is of age signs in."""
    Person.objects.update(last_login=at)
    gather(at=at)

    def post(moment: datetime) -> list[EmailMessage]:
        sent_mail.outbox.clear()
        while gather(at=moment):
            pass
        while send_due(clock=lambda: moment):
            pass
        return [
            email.message_from_bytes(one.message().as_bytes(), policy=default)  # type: ignore[misc]
            for one in sent_mail.outbox
        ]

    return post


def hears(person: Person, at: datetime, **how: str) -> None:
    choose(by=person, at=at, general=how)


def written(
    person: Person | str,
    to: str,
    words: str,
    *,
    subject: str = "Re: hello",
    vouched: bool = True,
    number: str = "1",
    **headers: str,
) -> bytes:
    address = person if isinstance(person, str) else person.email
    made = EmailMessage()
    if vouched:
        domain = address.rpartition("@")[2]
        made["Authentication-Results"] = f"{VOUCHING}; dmarc=pass header.from={domain}"
    made["From"] = address
    made["To"] = to
    made["Subject"] = subject
    made["Message-ID"] = f"<{number}.{abs(hash(words))}@theirs.example>"
    for name, value in headers.items():
        name = name.replace("_", "-")
        del made[name]
        made[name] = value
    made.set_content(words)
    return made.as_bytes()


def comes(person: Person | str, to: str, words: str, at: datetime, **more: Any) -> Answered:
    address = person if isinstance(person, str) else person.email
    sender = more.pop("sender", address)
    return receive(raw=written(person, to, words, **more), sender=sender, recipient=to, at=at)


def soon(at: datetime, minutes: int = 1) -> datetime:
    return at + timedelta(minutes=minutes)
