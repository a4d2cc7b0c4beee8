"""Real dialogues on this machine: letters to a real SMTP server, mail from a real client to our listener."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from django.db import transaction

from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.gateway.operations import submit
from lockgate.mail import listener
from lockgate.mail.models import Mailing, Received
from lockgate.mail.operations import gather, send_due
from lockgate.mail.tests.conftest import DOMAIN, hears, soon, written
from lockgate.mail.tests.serving import listening, serving
from lockgate.people.models import Person

pytestmark = pytest.mark.peers


class Inbox:
    """Another company's mail server; ``says`` answers each mail, ``breaks`` hangs up after having read it."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []
        self.says = "250 OK"
        self.breaks = False

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802  (as above)
        if self.says.startswith("250"):
            self.letters.append((list(envelope.rcpt_tos), envelope.content))
        if self.breaks:
            server.transport.abort()
        return self.says


@pytest.fixture
def inbox(settings: Any, mailing: None) -> Iterator[Inbox]:
    held = Inbox()
    with serving(lambda: SMTP(held, hostname="localhost")) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 30
        yield held


def _one_is_due(cast: Cast, at: datetime) -> None:
    Person.objects.update(last_login=at)
    gather(at=at)
    hears(cast.colleague, at, posts="now")
    submit(by=cast.author, at=soon(at), body="Grüße aus Toulouse.", marking=1, places=["space:everyone"])
    gather(at=soon(at, 2))


def test_a_letter_arrives_at_a_real_server(cast: Cast, at: datetime, inbox: Inbox) -> None:
    _one_is_due(cast, at)
    assert send_due(clock=lambda: soon(at, 2)) == 1
    ((to, raw),) = inbox.letters
    assert to == [cast.colleague.email]
    letter = message_from_bytes(raw, policy=default)
    assert "Grüße aus Toulouse." in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert letter["To"] == cast.colleague.email
    assert Mailing.objects.get().state == "sent"
    assert send_due(clock=lambda: soon(at, 3)) == 0


def test_what_is_refused_for_now_is_tried_again(cast: Cast, at: datetime, inbox: Inbox) -> None:
    _one_is_due(cast, at)
    inbox.says = "451 4.3.0 Later"
    send_due(clock=lambda: soon(at, 2))
    row = Mailing.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert send_due(clock=lambda: soon(at, 2)) == 0
    inbox.says = "250 OK"
    assert send_due(clock=lambda: soon(at, 5)) == 1
    assert Mailing.objects.get().state == "sent"


def test_what_is_refused_for_good_fails(cast: Cast, at: datetime, inbox: Inbox) -> None:
    _one_is_due(cast, at)
    inbox.says = "550 5.1.1 Nobody here"
    send_due(clock=lambda: soon(at, 2))
    row = Mailing.objects.get()
    assert row.state == "failed"
    assert "550" in row.last_word


def test_an_unknown_outcome_is_not_sent_again(cast: Cast, at: datetime, inbox: Inbox) -> None:
    _one_is_due(cast, at)
    inbox.breaks = True
    send_due(clock=lambda: soon(at, 2))
    assert len(inbox.letters) == 1
    assert Mailing.objects.get().state == "unknown"
    inbox.breaks = False
    send_due(clock=lambda: soon(at, 60))
    assert len(inbox.letters) == 1


def test_a_server_that_is_not_there_is_waited_for(
    cast: Cast, at: datetime, inbox: Inbox, settings: Any
) -> None:
    _one_is_due(cast, at)
    there = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    send_due(clock=lambda: soon(at, 2))
    assert Mailing.objects.get().state == "waiting"
    settings.EMAIL_PORT = there
    send_due(clock=lambda: soon(at, 10))
    assert len(inbox.letters) == 1


def test_a_death_while_sending_is_unknown_and_before_it_is_nothing(
    cast: Cast, at: datetime, inbox: Inbox
) -> None:
    _one_is_due(cast, at)
    Mailing.objects.update(state="claimed", taken_until=soon(at, 3))
    send_due(clock=lambda: soon(at, 4))
    assert len(inbox.letters) == 1
    Mailing.objects.update(state="sending", taken_until=soon(at, 5), settled_at=None)
    send_due(clock=lambda: soon(at, 6))
    assert Mailing.objects.get().state == "unknown"
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("kind", ["lmtp", "smtp"])
def test_a_mail_comes_in_by_a_real_dialogue(
    kind: str, transactional_db: None, at: datetime, mailing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lockgate.demo.cast import assemble

    monkeypatch.setattr(listener.clock, "now", lambda: soon(at))
    with transaction.atomic():
        cast = assemble(at=at)
    to = f"space+everyone@{DOMAIN}"
    client = smtplib.LMTP if kind == "lmtp" else smtplib.SMTP
    with listening(kind) as port, client("127.0.0.1", port) as line:
        line.sendmail(cast.author.email, [to], written(cast.author, to, "By a real dialogue."))
        assert Message.objects.get().body.endswith("By a real dialogue.")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail(cast.author.email, [f"nobody@{DOMAIN}"], written(cast.author, to, "Hello."))
        with pytest.raises(smtplib.SMTPDataError) as refused:
            line.sendmail("x@evil.example", [to], written(cast.author, to, "Forged.", vouched=False))
        assert refused.value.smtp_code == 550
        assert Message.objects.count() == 1
        assert Received.objects.count() == 2


def test_what_goes_wrong_here_is_kept_there(
    transactional_db: None, at: datetime, mailing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(listener, "receive", broken)
    to = f"space+everyone@{DOMAIN}"
    with listening("lmtp") as port, smtplib.LMTP("127.0.0.1", port) as line:
        with pytest.raises(smtplib.SMTPDataError) as later:
            line.sendmail("a@b.example", [to], b"Subject: x\r\n\r\nHello")
        assert later.value.smtp_code == 451


def test_too_big_a_mail_is_refused_in_the_dialogue(mailing: None) -> None:
    to = f"space+everyone@{DOMAIN}"
    with (
        listening("smtp") as port,
        smtplib.SMTP("127.0.0.1", port) as line,
        pytest.raises(smtplib.SMTPException),
    ):
        line.sendmail("a@b.example", [to], b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" * (13 * 1024 * 1024))
