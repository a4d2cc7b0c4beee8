"""Amend: the author corrects words where they stand. Nothing is replaced unseen: whoever hears them reads both
wordings, the gate rules on the new one as on any other, and what needs a signature is not put there without one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import NotFound
from lockgate.base.rows import execute
from lockgate.base.transactions import change, is_postgresql
from lockgate.gateway import events
from lockgate.gateway.judging import Judgement, check_words
from lockgate.gateway.models import Draft, Message, Passage, State
from lockgate.gateway.operations.place import protect, ruled_fact, ruling_row
from lockgate.gateway.operations.redraw import redraw
from lockgate.gateway.operations.release import locked
from lockgate.gateway.operations.standing import judged_where_it_stands, keep_wording, standing
from lockgate.gateway.queries import attachments_of, message
from lockgate.gateway.refusals import NothingToSay, NotRevisable
from lockgate.gateway.types import MessageView
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

MOST_WORDINGS = 50


def amend(
    *,
    by: Person,
    at: datetime,
    message_id: int,
    body: str,
    alongside: Callable[[Sequence[int]], None] | None = None,
) -> MessageView:
    """Put other words where a message stands, under the marking that it has. Answers the message.

    Every place must take them at once; else RefusedByPolicy, and nothing changes: words that a signer has to read are
    sent as a message of their own. Raises NotFound unless ``by`` wrote it and may still see it; NotRevisable where some
    of it waits, has gone to a channel, was sealed, or ``by`` may not write any more; NothingToSay. The same words again
    change nothing. ``alongside`` is called in the transaction with the ids of the passages.
    """
    seen = message(by, message_id, at)
    if not seen.is_mine:
        raise NotFound
    body = check_words(body)
    if not body.strip():
        raise NothingToSay(_("There are no words to send yet."))
    if not seen.can_amend:
        raise _too_late()
    if body == seen.body:
        return seen
    places = standing(seen.id)
    judged = judged_where_it_stands(
        by=by,
        at=at,
        seen=seen,
        body=body,
        files=attachments_of([seen.id]).get(seen.id, []),
        places=places,
        sentence=_("%(places)s would not take these words at once: %(why)s"),
        mend=_("Send them as a message of their own; it then waits for whoever signs."),
    )
    with change():
        _put(by, at, seen, body, places, judged)
        if alongside is not None:
            alongside([one.pk for one in places])
    return message(by, seen.id, at)


def _put(
    by: Person, at: datetime, seen: MessageView, body: str, places: Sequence[Passage], judged: Judgement
) -> None:
    rows = Message.objects.filter(pk=seen.id, author=by)
    row = (rows.select_for_update() if is_postgresql() else rows).first()
    if row is None:
        raise NotFound
    passages = [found for one in places if (found := locked(one.pk)) is not None]
    heard = {one.audience_id for one in passages}
    # Asked again now that nobody else can change it: a recall, a move, a file, a seat that ended, a deadline.
    if (
        row.revision != seen.revision
        or {one.id for one in attachments_of([row.pk]).get(row.pk, [])}
        != {one.id for one in seen.attachments}
        or any(one.state != State.DELIVERED for one in passages)
        or {one.pk for one in standing(row.pk)} != {one.pk for one in passages}
        or spaces.speaks_in(by, at, heard) != heard
        or any((seal := one.audience.sealed_until) is not None and seal <= at for one in passages)
    ):
        raise _too_late()
    if row.revision >= MOST_WORDINGS:
        raise NotRevisable(
            _("These words have been changed %(n)s times, and that is enough.") % {"n": MOST_WORDINGS - 1},
            _("Write a new message."),
        )
    keep_wording(row, at)
    row.body, row.content_hash, row.revision = body, judged.digest, row.revision + 1
    row.save(update_fields=["body", "content_hash", "revision"])
    facts = [
        Fact(
            events.MESSAGE_REVISED,
            f"m:{row.pk}",
            by.pseudonym,
            at,
            marking=row.marking,
            body=judged.content,
        )
    ]
    for passage, one in zip(passages, judged.rulings, strict=True):
        ruling = ruling_row(new_id(at), row.pk, row.revision, one, judged.digest, at)
        ruling.save(force_insert=True)
        passage.ruling = ruling
        passage.save(update_fields=["ruling"])
        facts += [
            ruled_fact(passage.pk, row.pk, one, row.marking, at),
            Fact(
                events.PASSAGE_AMENDED,
                f"x:{passage.pk}",
                by.pseudonym,
                at,
                parent=f"m:{row.pk}",
                marking=row.marking,
            ),
        ]
    files = attachments_of([row.pk]).get(row.pk, [])
    protect(row.pk, [one.place for one in judged.rulings], body, files, row.marking, at)
    record(facts)
    for passage in passages:
        redraw(
            passage_id=passage.pk,
            audience_id=passage.audience_id,
            thread_id=passage.thread_id,
            at=at,
            is_revised=True,
        )
        if passage.thread_id is not None:
            # The last answer stands below its post in the feeds.
            execute("UPDATE gateway_passage SET version = version + 1 WHERE id = %s", [passage.thread_id])
    Draft.objects.filter(author=by, slot=f"message:{row.pk}").delete()


def _too_late() -> NotRevisable:
    return NotRevisable(
        _("These words can’t be changed any more where they stand."),
        _("Look at the message again; take it back, or write a new one."),
    )
