"""Revise: the author changes words that wait. Every signature given or asked for is void from that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.approvals import operations as approvals
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events, rules
from lockgate.gateway.judging import check_words, judge
from lockgate.gateway.models import Draft, Message, Passage, State
from lockgate.gateway.operations.asking import ask_desks
from lockgate.gateway.operations.attach import copy_attachment
from lockgate.gateway.operations.place import protect, ruled_fact, ruling_row
from lockgate.gateway.operations.recall import recall
from lockgate.gateway.operations.release import choice_of, locked, release
from lockgate.gateway.operations.standing import keep_wording
from lockgate.gateway.operations.submit import check_marking, submit
from lockgate.gateway.queries import attachments_of, message
from lockgate.gateway.refusals import NothingToSay, NotRevisable
from lockgate.gateway.showing import shown_by
from lockgate.gateway.types import MessageView, PassageState, PlaceRuling, Submitted
from lockgate.people.models import Person
from lockgate.policy.types import Outcome

_WAITING = (State.HELD, State.RETURNED)
_GONE_OUT = (State.DELIVERED, State.QUEUED, State.UNKNOWN, State.RECALLING, State.SCHEDULED)


def revise(
    *,
    by: Person,
    at: datetime,
    message_id: int,
    body: str,
    marking: int,
    justification: str = "",
    alongside: Callable[[Submitted], None] | None = None,
) -> MessageView:
    """Replace the words that wait; each place rules on them again. Answers the message that now bears them.

    What has gone out already keeps its words: a reader, or a channel, has them. Then the new words become a message of
    their own to the places that still wait, and the old ones are taken back there, so that no message ever stands in
    the world in two wordings. Raises NotFound unless ``by`` wrote it and may still see it, NotRevisable where nothing
    waits, and what ``submit`` raises. ``alongside`` is handed to ``submit`` where the new words become a message of
    their own.
    """
    # Whoever was cleared from the room changes nothing there any more, and is told nothing of it.
    seen = message(by, message_id, at)
    if not seen.is_mine:
        raise NotFound
    body = check_words(body)
    if not body.strip():
        raise NothingToSay(_("There are no words to send yet."))
    check_marking(marking)
    justification = justification.strip()[:500]
    waits = [one for one in seen.passages if one.state in _WAITING]
    if waits and any(one.state in _GONE_OUT for one in seen.passages):
        return _say_anew(by, at, seen, waits, body, marking, justification, alongside)
    with change():
        row = Message.objects.filter(pk=message_id, author=by).first()
        if row is None:
            raise NotFound
        passages = [
            found
            for pk in Passage.objects.filter(message=row).order_by("id").values_list("pk", flat=True)
            if (found := locked(pk)) is not None
        ]
        waiting = [one for one in passages if one.state in _WAITING]
        if any((seal := one.audience.sealed_until) is not None and seal <= at for one in waiting):
            raise NotRevisable(
                _("The deadline has passed, so what was submitted stays as it is."),
                _("Say what is to be added in your lane."),
            )
        if not waiting or any(one.state in _GONE_OUT for one in passages):
            raise NotRevisable(
                _("These words no longer wait, so they stay as they are."),
                _("Take them back, or write a new message."),
            )
        files = attachments_of([row.pk]).get(row.pk, [])
        shown = shown_by(waiting[0])
        if shown is not None:
            marking = max(marking, shown.marking)
        judged = judge(
            body=body,
            marking=marking,
            places=[choice_of(one) for one in waiting],
            attachments=files,
            at=at,
            message_id=row.pk,
            shows=shown.message_id if shown is not None else None,
        )
        content, digest, marking, ruled = judged.content, judged.digest, judged.marking, judged.rulings
        keep_wording(row, at)
        row.body, row.marking, row.content_hash = body, marking, digest
        row.justification = justification or row.justification
        row.revision += 1
        row.save()
        facts = [
            Fact(
                events.MESSAGE_REVISED,
                f"m:{row.pk}",
                by.pseudonym,
                at,
                marking=marking,
                body=content,
            )
        ]
        for passage, one in zip(waiting, ruled, strict=True):
            approvals.void(passage_id=passage.pk, why=_("The author changed the words."), at=at, by=by)
            ruling = ruling_row(new_id(at), row.pk, row.revision, one, digest, at)
            ruling.save(force_insert=True)
            passage.ruling = ruling
            passage.message = row
            passage.last_word = ""
            passage.version += 1
            facts.append(ruled_fact(passage.pk, row.pk, one, marking, at))
        protect(row.pk, [one.place for one in ruled], body, files, marking, at)
        # The log tells of the new words and their rulings before it tells what follows from them.
        record(facts)
        for passage, one in zip(waiting, ruled, strict=True):
            _follow(by, at, passage, one, digest)
        Draft.objects.filter(author=by, slot=f"message:{row.pk}").delete()
    return message(by, message_id, at)


def _say_anew(
    by: Person,
    at: datetime,
    seen: MessageView,
    waits: list[PassageState],
    body: str,
    marking: int,
    justification: str,
    alongside: Callable[[Submitted], None] | None,
) -> MessageView:
    """The new words as a message of their own; then the old ones are taken back where they waited.

    Submitted first: if the gate refuses the new words, the old ones go on waiting as they did.
    """
    later = [one.deliver_at for one in waits if one.deliver_at is not None and one.deliver_at > at]
    said = submit(
        by=by,
        at=at,
        body=body,
        marking=marking,
        places=[one.place for one in waits],
        attachments=[copy_attachment(by=by, at=at, attachment_id=one.id) for one in seen.attachments],
        deliver_at=min(later) if later else None,
        justification=justification or seen.justification,
        slot=f"message:{seen.id}",
        shows=seen.shows_id,
        alongside=alongside,
    )
    for one in waits:
        recall(by=by, at=at, passage_id=one.passage_id, why=_("Said in other words."))
    return message(by, said.message_id, at)


def _follow(by: Person, at: datetime, passage: Passage, one: PlaceRuling, digest: bytes) -> None:
    """What the new ruling of a waiting passage leads to: back to the author, on its way, or asked anew."""
    row = passage.message
    if one.ruling.outcome == Outcome.REFUSE:
        passage.state = State.RETURNED
        passage.last_word = " ".join(finding.explanation for finding in one.ruling.findings)[:500]
        passage.save()
        return
    passage.marking = row.marking
    if rules.may_go(one.ruling, row.justification):
        passage.save()
        onward: list[Fact] = []
        release(passage, at=at, facts=onward)
        record(onward)
        return
    passage.state = State.HELD
    passage.save()
    ask_desks(
        passage_id=passage.pk,
        message_id=row.pk,
        author=by,
        audience_id=passage.audience_id,
        place_key=one.place.key,
        desks=rules.desks_of(one.ruling, one.place),
        content_hash=digest,
        policy_version=one.ruling.policy_version,
        justification=row.justification,
        at=at,
    )
