"""Take: a text that the gateway brings becomes its sender's words in the talk of the last text that they had from us.

Fails closed: without a secret, a fitting signature, a time of now and a text that never came before, nothing is taken,
and whoever calls is told the same for each. Whose number it is, is what the phone network says; so of what is
Confidential nothing can be answered by text, and who wants certainty signs in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

import orjson
from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.conversations import queries as conversations
from lockgate.gateway import operations as gateway
from lockgate.people.models import Person
from lockgate.sms import events, rules
from lockgate.sms.models import Number, State, Taken, Texting
from lockgate.sms.operations.numbers import end
from lockgate.sms.types import Incoming
from lockgate.spaces import queries as spaces

ANSWERED_WITHIN = timedelta(days=7)
MOST_AN_HOUR = 30


class NotBelieved(Refusal):
    code = "not-believed"
    status = 401


class AlreadyTaken(Refusal):
    code = "already-taken"
    status = 409


def take(*, at: datetime, timestamp: str, signed: str, body: bytes) -> None:
    """What a text said goes through the gate, or its sender is told by text why not. Raises NotBelieved, AlreadyTaken
    where it came before, BadInput. Whether anybody here has that number, the gateway is not told."""
    if len(body) > rules.MOST_BODY or not rules.is_signed(
        settings.SMS_SECRET, timestamp=timestamp, signed=signed, body=body, at=at
    ):
        raise NotBelieved(_("This call is not signed by the gateway, or it is old."))
    came = _read(body)
    digest = sha256(came.message.encode()).digest()
    owner = Number.objects.filter(number=came.number, verified_at__isnull=False)
    number = owner.select_related("person__firm").first()
    person = number.person if number is not None and number.person.is_active else None
    try:
        with change():
            # The row first: where the same text comes twice at once, the second waits here and is then refused.
            row = Taken.objects.create(id=new_id(at), digest=digest, person=person, at=at)
            if person is None:
                record([Fact(events.TEXT_REFUSED, f"t:{row.pk}", "system", at)])
                return
            with override(person.language):
                said = _carry_out(person, came.text, at)
            record(
                [
                    Fact(
                        events.TEXT_REFUSED if said else events.TEXT_RECEIVED,
                        f"t:{row.pk}",
                        person.pseudonym,
                        at,
                    )
                ]
            )
            if said:
                Texting.objects.create(
                    id=new_id(at),
                    person=person,
                    kind="answer",
                    about_id=row.pk,
                    words=rules.cut(said),
                    due_at=at,
                )
    except IntegrityError as error:
        if Taken.objects.filter(digest=digest).exists():
            raise AlreadyTaken(_("This call came before, and was taken.")) from error
        raise


def _carry_out(person: Person, text: str, at: datetime) -> str:
    """Why the words were not taken; "" where they were."""
    if rules.is_stop(text):
        end(by=person, at=at)
        return ""
    if Taken.objects.filter(person=person, at__gt=at - timedelta(hours=1)).count() > MOST_AN_HOUR:
        return _("Too many texts in one hour. Try again later.")
    last = Texting.objects.filter(
        person=person, kind="post", state=State.SENT, settled_at__gt=at - ANSWERED_WITHIN
    ).order_by("-settled_at", "-pk")
    passage = last.values_list("about_id", flat=True).first()
    nothing = _("There is nothing here that you can answer by text. Your words were not sent.")
    try:
        heard = conversations.heard(person, passage, at) if passage else None
    except NotFound:
        heard = None
    if heard is None:
        return nothing
    # Of what they were not told a word they answer nothing blindly.
    if heard.marking >= Marking.CONFIDENTIAL or spaces.words_stay({heard.audience_id}):
        return nothing
    try:
        sent = gateway.submit(
            by=person,
            at=at,
            body=text,
            marking=max(heard.marking, Marking.INTERNAL),
            answers=heard.passage_id,
            slot="",
        )
    except NotFound:
        return nothing
    except Refusal as refusal:
        return f"{refusal.sentence} {_('Your words were not sent. Sign in to say them.')}"
    states = {one.state for one in sent.passages}
    return "" if states <= {"delivered", "held"} else _("The talk does not take these words.")


def _read(body: bytes) -> Incoming:
    """{"id": …, "from": "+33…", "text": …}."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(_("This is not JSON: %(why)s.") % {"why": error}) from error
    fields = [said.get(name) if isinstance(said, dict) else None for name in ("id", "from", "text")]
    message, number, text = fields
    if not isinstance(message, str) or not isinstance(number, str) or not isinstance(text, str):
        raise BadInput(_("“id”, “from” and “text” are texts."))
    plain = rules.number(number[:40])
    if not 0 < len(message) <= 200 or plain is None or "\x00" in text:
        raise BadInput(_("“id”, “from” and “text” are texts."))
    return Incoming(message, plain, text[:4000])
