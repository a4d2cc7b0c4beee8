"""Give a new version of a file: the one before stays, and the gate reads the new one as it read the first."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change, is_postgresql
from lockgate.gateway import events
from lockgate.gateway.models import Attachment, Message, State
from lockgate.gateway.operations.attach import attach, detach
from lockgate.gateway.operations.place import protect, ruled_fact, ruling_row
from lockgate.gateway.operations.redraw import redraw
from lockgate.gateway.operations.release import locked
from lockgate.gateway.operations.revise import revise
from lockgate.gateway.operations.standing import judged_where_it_stands, standing
from lockgate.gateway.queries import attachments_of, message
from lockgate.gateway.refusals import NotRevisable
from lockgate.gateway.types import AttachmentView, MessageView
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def give_version(
    *, by: Person, at: datetime, attachment_id: int, name: str, content: bytes, alt: str = ""
) -> MessageView:
    """Put a new file where ``attachment_id`` stands; whoever hears the message can still open the one before.

    What waits is ruled on anew and asked of its signers anew, as by ``revise``. What stands in spaces changes at once,
    if every place would take it without a signature; else RefusedByPolicy, and nothing changes. Raises NotFound unless
    ``by`` wrote the message and may see it, NotRevisable where it has gone to a channel or on its way, and what
    ``attach`` raises.
    """
    old = Attachment.objects.filter(pk=attachment_id, message__isnull=False).first()
    if old is None or old.message_id is None:
        raise NotFound
    seen = message(by, old.message_id, at)
    if not seen.is_mine:
        raise NotFound
    if old.replaced_at is not None or not seen.can_give_versions:
        raise _too_late()
    new = attach(by=by, at=at, name=name, content=content, alt=alt or old.alt)
    try:
        if seen.can_revise:
            with change():
                _swap(by, old, new.id, at)
                return revise(by=by, at=at, message_id=seen.id, body=seen.body, marking=seen.marking)
        _replace(by, at, seen, old, new)
    except Exception:
        # Nothing of it is left among the files of what the person writes next.
        detach(by=by, attachment_id=new.id)
        raise
    return message(by, seen.id, at)


def _replace(by: Person, at: datetime, seen: MessageView, old: Attachment, new: AttachmentView) -> None:
    places = standing(seen.id)
    files = [new if one.id == old.pk else one for one in attachments_of([seen.id])[seen.id]]
    judged = judged_where_it_stands(
        by=by,
        at=at,
        seen=seen,
        body=seen.body,
        files=files,
        places=places,
        sentence=_("%(places)s would not take this file at once: %(why)s"),
        mend=_("Send it with a message of its own; it then waits for whoever signs."),
    )
    with change():
        rows = Message.objects.filter(pk=seen.id)
        row = (rows.select_for_update() if is_postgresql() else rows).get()
        passages = [found for one in places if (found := locked(one.pk)) is not None]
        heard = {one.audience_id for one in passages}
        if (
            row.revision != seen.revision
            or any(one.state != State.DELIVERED for one in passages)
            or {one.pk for one in standing(seen.id)} != {one.pk for one in passages}
            or spaces.speaks_in(by, at, heard) != heard
        ):
            raise _too_late()
        _swap(by, old, new.id, at, content=judged.content, marking=row.marking)
        row.content_hash = judged.digest
        row.save(update_fields=["content_hash"])
        facts = []
        for passage, one in zip(passages, judged.rulings, strict=True):
            ruling = ruling_row(new_id(at), row.pk, row.revision, one, judged.digest, at)
            ruling.save(force_insert=True)
            passage.ruling = ruling
            passage.save(update_fields=["ruling"])
            facts.append(ruled_fact(passage.pk, row.pk, one, row.marking, at))
        protect(
            row.pk,
            [one.place for one in judged.rulings],
            row.body,
            files,
            row.marking,
            at,
        )
        record(facts)
        for passage in passages:
            redraw(
                passage_id=passage.pk,
                audience_id=passage.audience_id,
                thread_id=passage.thread_id,
                at=at,
                is_revised=True,
            )


def _swap(
    by: Person,
    old: Attachment,
    new_id: int,
    at: datetime,
    *,
    content: bytes | None = None,
    marking: int | None = None,
) -> None:
    """The new file takes the slot, and its record is written, with the ``content`` that the message has from now on
    where no revision tells it. Whoever comes second finds that the slot is taken."""
    if not Attachment.objects.filter(pk=old.pk, replaced_at__isnull=True).update(replaced_at=at):
        raise _too_late()
    Attachment.objects.filter(pk=new_id, owner=by).update(
        message_id=old.message_id, slot=old.slot or old.pk, version=old.version + 1
    )
    record(
        [
            Fact(
                events.FILE_REPLACED,
                f"m:{old.message_id}",
                by.pseudonym,
                at,
                marking=marking,
                body=content,
            )
        ]
    )


def _too_late() -> NotRevisable:
    return NotRevisable(
        _("This file can’t be replaced: it has gone further, or another version stands there already."),
        _("Look at the message again, or send the file with a new one."),
    )
