"""Receive: one mail for one address of ours, from whoever says that they wrote it, through the gate like any words.

What it comes to is always said: the words are delivered, or wait, or their author is answered by mail with the gate's
reasons; who cannot be believed is refused at the door, without a mail, because the address that they gave may be
somebody else's. A machine is never answered. The raw mail is kept nowhere.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.transactions import change
from lockgate.mail import events, reading, rules
from lockgate.mail.models import Mailing, Received
from lockgate.mail.operations.deliver import answer_thread, no_more, say_anew, sign
from lockgate.mail.operations.undelivered import come_back, revive
from lockgate.mail.queries import is_configured
from lockgate.mail.types import Answered, Outcome
from lockgate.people import queries as people
from lockgate.people.models import Person

log = logging.getLogger("lockgate.mail")

MOST_AN_HOUR = 60
_TAKEN = "Taken."
_STRANGER = "This address takes mail only from people of this installation, each from their own address."


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as it stands at the door, before anybody believes it."""

    raw: bytes
    headers: dict[str, list[str]]
    address: rules.Address
    recipient: str
    digest: bytes


def receive(*, raw: bytes, sender: str, recipient: str, at: datetime) -> Answered:
    """Take in one mail from the envelope's ``sender`` to ``recipient``; answers what the server that brought it is
    told. Safe to be called again with the same mail: the second time nothing happens."""
    address = rules.address(recipient, settings.MAIL_DOMAIN)
    if address is None:
        return Answered(550, "There is no such address here.")
    if address.kind == "b":
        return come_back(raw=raw, token=address.rest, at=at)
    headers = reading.headers_of(raw)
    arrived = Arrived(raw, headers, address, recipient, _digest(raw, headers, sender, recipient))
    if Received.objects.filter(digest=arrived.digest).exists():
        return Answered(250, "Taken before.")
    machine = rules.sent_by_machine(headers, sender, settings.MAIL_DOMAIN)
    if machine:
        return _stop(arrived, machine, at, Answered(250, _TAKEN))
    said = rules.sender(headers)
    person = people.by_email(said.address) if said.address and not said.trouble else None
    if person is None or not person.is_active:
        return _stop(arrived, said.trouble or "unknown-sender", at, Answered(550, _STRANGER))
    doubt = _doubt(arrived, sender, said)
    if doubt:
        return _stop(arrived, doubt, at, Answered(550, _why_not_believed(doubt)))
    hour = Received.objects.filter(person=person, at__gt=at - timedelta(hours=1)).count()
    if hour >= MOST_AN_HOUR:
        return Answered(452, "Too many mails in one hour; try again later.")
    revive(person=person, at=at)
    with override(person.language):
        return _take(arrived, person, at)


def _doubt(arrived: Arrived, envelope_sender: str, said: rules.Sender) -> str:
    """Why the sender is not believed; "" where they are.

    Where a border server of ours vouches (LOCKGATE_MAIL_AUTHSERV), only what it found authentic comes in. Where none
    does, only a reply address comes in, which was sent to this person alone, and only from their own address in the
    envelope and in From alike; new posts and sign-offs need somebody to vouch.
    """
    verdict = rules.authenticity(arrived.headers, settings.MAIL_AUTHSERV, said.domain)
    if verdict == "passed":
        return ""
    if verdict == "failed" or settings.MAIL_AUTHSERV:
        return "not-authentic"
    if arrived.address.kind not in {"r", "u"}:
        return "nobody-vouches"
    return "" if envelope_sender.strip("<> ").casefold() == said.address else "other-envelope"


def _why_not_believed(doubt: str) -> str:
    if doubt == "nobody-vouches":
        return "This installation cannot tell who wrote this, so it takes only answers to its own mails."
    return "It could not be made sure that this mail is from the address that it names."


def _take(arrived: Arrived, person: Person, at: datetime) -> Answered:
    try:
        letter = reading.letter(arrived.raw, language=person.language)
        is_locked = reading.is_encrypted(arrived.raw)
    except Exception as error:
        # No shape of mail may be lost: whoever wrote it hears that it could not be read.
        log.exception("A mail could not be read: %s", type(error).__name__)
        return _tell(arrived, person, at, Outcome("unreadable", _("Your mail could not be read.")))
    if is_locked:
        words = _("Your mail is encrypted, and nobody here has the key. Send it again without encryption.")
        return _tell(arrived, person, at, Outcome("encrypted", words))
    try:
        with change():
            # The row first: where the same mail comes in twice at once, the second waits here and is then refused.
            row = Received.objects.create(
                id=new_id(at), digest=arrived.digest, person=person, outcome="taken", at=at
            )
            if arrived.address.kind == "a":
                outcome = sign(by=person, at=at, token=arrived.address.rest, letter=letter)
            elif arrived.address.kind == "r":
                outcome = answer_thread(by=person, at=at, token=arrived.address.rest, letter=letter)
            elif arrived.address.kind == "u":
                outcome = no_more(by=person, at=at, token=arrived.address.rest)
            else:
                outcome = say_anew(by=person, at=at, slug=arrived.address.rest, letter=letter)
            _keep(row, outcome)
            record([_fact(row, person, at, was_taken=outcome.was_taken)])
            if outcome.answer:
                _answer(row, arrived, person, at, outcome)
    except IntegrityError:
        if Received.objects.filter(digest=arrived.digest).exists():
            return Answered(250, "Taken before.")
        raise
    return _said(outcome)


def _tell(arrived: Arrived, person: Person, at: datetime, outcome: Outcome) -> Answered:
    with change():
        row = Received.objects.create(
            id=new_id(at), digest=arrived.digest, person=person, outcome="taken", at=at
        )
        _keep(row, outcome)
        record([_fact(row, person, at, was_taken=False)])
        _answer(row, arrived, person, at, outcome)
    return _said(outcome)


def _said(outcome: Outcome) -> Answered:
    """Where no letter can be sent, the other server is told, and tells the author."""
    log.info("A mail was %s", outcome.name)
    if outcome.was_taken or is_configured():
        return Answered(250, _TAKEN)
    return Answered(550, outcome.answer)


def _keep(row: Received, outcome: Outcome) -> None:
    row.outcome, row.message_id = outcome.name[:40], outcome.message_id
    row.save(update_fields=["outcome", "message_id"])


def _answer(row: Received, arrived: Arrived, person: Person, at: datetime, outcome: Outcome) -> None:
    """A plain mail back to the person's own address, never to Reply-To or to the envelope."""
    message_id = (arrived.headers.get("message-id") or [""])[0].strip()
    subject = rules.plain_subject(reading.decoded((arrived.headers.get("subject") or [""])[0]))
    Mailing.objects.create(
        id=new_id(at),
        person=person,
        kind="answer",
        about_id=row.pk,
        words={
            "body": outcome.answer,
            "subject": re.sub(r"[\x00-\x1f\ud800-\udfff]", " ", subject),
            "answers": message_id if re.fullmatch(r"<[!-;=?-~]{1,250}>", message_id) else "",
            "reply": arrived.recipient.lower() if outcome.may_try_again else "",
        },
        due_at=at,
    )


def _stop(arrived: Arrived, why: str, at: datetime, answered: Answered) -> Answered:
    """Refused at the door, or dropped because a machine sent it. That it was is logged and kept, its words are not."""
    log.warning("A mail was stopped: %s", why)
    try:
        with change():
            row = Received.objects.create(
                id=new_id(at), digest=arrived.digest, person=None, outcome=why[:40], at=at
            )
            # The person whose address was borrowed did nothing: the entry is nobody's.
            record([_fact(row, None, at, was_taken=False)])
    except IntegrityError:
        return answered
    return answered


def _fact(row: Received, person: Person | None, at: datetime, *, was_taken: bool) -> Fact:
    return Fact(
        events.MAIL_RECEIVED if was_taken else events.MAIL_REFUSED,
        f"e:{row.pk}",
        person.pseudonym if person else "system",
        at,
        parent=f"m:{row.message_id}" if row.message_id else "",
    )


def _digest(raw: bytes, headers: dict[str, list[str]], sender: str, recipient: str) -> bytes:
    """The same for the same mail, by whatever way it comes again: what servers add on top does not count."""
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)
    said = [
        "\n".join(headers.get(one, ())) for one in ("from", "date", "message-id", "subject", "auto-submitted")
    ]
    words = "\x00".join([sender.casefold(), recipient.casefold(), *said]).encode("utf-8", "replace")
    return sha256(words + b"\x00" + (body[1] if len(body) > 1 else b"")).digest()
