"""Take: a call from a system that we know becomes its bot's words, through the gate. In doubt it is refused.

Who is not known, whose signature is not ours, or who says a time that is past, is told the same and nothing more.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.channels.sealing import unseal
from lockgate.conversations import operations as conversations
from lockgate.conversations import queries as talk
from lockgate.gateway.types import Submitted
from lockgate.webhooks import events, rules
from lockgate.webhooks.models import Source, Taken


class NotBelieved(Refusal):
    code = "not-believed"
    status = 401


class AlreadyTaken(Refusal):
    code = "already-taken"
    status = 409


# Compared where there is no source, so that an unknown one takes as long as a known one.
_NOBODYS = rules.new_secret()


def take(
    *, at: datetime, reference: str, number: str, timestamp: str, signatures: str, body: bytes
) -> Submitted:
    """What was called in, as its bot submitted it. Raises NotBelieved; AlreadyTaken where this call came before;
    BadInput; and what the gate raises, which the caller is told as any speaker is."""
    refused = NotBelieved(_("This call is not signed by a source that we know, or it is old."))
    source = (
        Source.objects.filter(reference=reference, ended_at__isnull=True)
        .select_related("owner", "bot__firm", "audience__space")
        .first()
    )
    secret = unseal(bytes(source.secret), slug=f"webhook-{source.pk}", name="secret") if source else _NOBODYS
    believed = rules.is_signed(
        secret, number=number, timestamp=timestamp, signatures=signatures, body=body, at=at
    )
    if source is None or not believed or not source.owner.is_active or not source.bot.is_active:
        raise refused
    said = _read(body)
    answers = _answered(source, said["answers"], at)
    digest = hashlib.sha256(number.encode()).hexdigest()
    refusal: Refusal | None = None
    with change():
        # Under the source's row, so that of two same calls at one moment the second finds the first.
        Source.objects.select_for_update().get(pk=source.pk)
        if Taken.objects.filter(source=source, number=digest).exists():
            raise AlreadyTaken(_("This call came before, and was taken."))
        try:
            sent = conversations.submit(
                by=source.bot,
                at=at,
                body=said["text"],
                marking=source.marking,
                places=() if answers is not None else (source.audience.key,),
                answers=answers,
                slot="",
            )
        except Refusal as refused_by_gate:
            # Nothing was said; that it was tried stands in the record, and must not be undone with us.
            refusal = refused_by_gate
        else:
            Taken.objects.create(source=source, number=digest, message_id=sent.message_id, at=at)
            Source.objects.filter(pk=source.pk).update(used_at=at)
            about = f"m:{sent.message_id}"
            record([Fact(events.CALL_TAKEN, f"w:{source.pk}", source.bot.pseudonym, at, parent=about)])
    if refusal is not None:
        raise refusal
    return sent


def _answered(source: Source, words: str, at: datetime) -> int | None:
    """The passage that is answered: in the place of the source, or none."""
    if not words:
        return None
    number = read_id(words)
    if number is None or talk.heard(source.bot, number, at).audience_id != source.audience_id:
        raise NotFound
    return number


def _read(body: bytes) -> dict[str, Any]:
    """{"text": Markdown} and perhaps {"answers": passage id}; in an envelope of Standard Webhooks, its ``data``."""
    if len(body) > rules.MOST_BODY:
        raise BadInput(_("A call has 64 kB at most."))
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(_("This is not JSON: %(why)s.") % {"why": error}) from error
    if isinstance(said, dict) and isinstance(said.get("data"), dict):
        said = said["data"]
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        raise BadInput(_("“text” is missing."), _('Send {"text": "…"}.'))
    if "\x00" in said["text"]:
        raise BadInput(_("The text holds a NUL character, which cannot be stored."), _("Remove it."))
    if not isinstance(said.get("answers", ""), str):
        raise BadInput(_("“%(name)s” is an id: digits in a text.") % {"name": "answers"})
    return {"text": said["text"], "answers": said.get("answers", "")}
