"""Release: what was held or scheduled goes on, but only under the policy that stands now.

A signature is bound to content and policy version. If the policy has changed since, the words are ruled on again;
what would now be held without a matching signature is asked anew, and the author is told.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.approvals import operations as approvals
from lockgate.approvals import queries as signatures
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.transactions import change, is_postgresql
from lockgate.gateway import events, rules
from lockgate.gateway.judging import judge
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations.asking import ask_desks
from lockgate.gateway.operations.place import delivered_fact, queue, queued_fact, ruled_fact, ruling_row
from lockgate.gateway.queries import attachments_of
from lockgate.gateway.showing import shown_message
from lockgate.gateway.types import PlaceChoice
from lockgate.notices.operations import announce, tell
from lockgate.policy.types import Outcome
from lockgate.spaces import queries as spaces


def release_due(*, at: datetime, limit: int = 50) -> int:
    """Send what was scheduled for now or earlier. Answers how many passages moved. Safe to run in several
    processes."""
    moved = 0
    due = list(
        Passage.objects.filter(state=State.SCHEDULED, deliver_at__lte=at)
        .order_by("deliver_at")
        .values_list("pk", flat=True)[:limit]
    )
    for passage_id in due:
        with change():
            passage = locked(passage_id)
            if passage is not None and passage.state == State.SCHEDULED and _is_due(passage, at):
                facts: list[Fact] = []
                release(passage, at=at, facts=facts)
                record(facts)
                moved += 1
    return moved


def _is_due(passage: Passage, at: datetime) -> bool:
    """Asked again under the lock: it may have been put to another time since it was found."""
    return passage.deliver_at is not None and passage.deliver_at <= at


def locked(passage_id: int) -> Passage | None:
    """The passage, locked until the transaction ends (on SQLite the write lock is held already)."""
    rows = Passage.objects.filter(pk=passage_id)
    if is_postgresql():
        rows = rows.select_for_update(of=("self",))
    return rows.select_related("message__author__firm", "audience__space", "account", "ruling").first()


def choice_of(passage: Passage) -> PlaceChoice:
    """The place of a passage, whoever asks: for the gate's own use, never for a page."""
    account = passage.account
    if account is not None:
        return PlaceChoice(
            key=f"channel:{account.slug}",
            name=account.name,
            kind="outside",
            ceiling=passage.audience.ceiling,
            audience_id=passage.audience_id,
            account_id=account.pk,
            connector=account.connector,
            desk=account.desk_slug,
        )
    return PlaceChoice(
        key=passage.audience.key,
        name=passage.audience.title,
        kind=passage.audience.kind,
        ceiling=passage.audience.ceiling,
        audience_id=passage.audience_id,
        space_kind=passage.audience.space.kind if passage.audience.space else "",
    )


def release(passage: Passage, *, at: datetime, facts: list[Fact]) -> str:
    """Let a locked passage go on, if it still may. Answers its new state; adds to ``facts``, which the caller
    records.

    The author's seat is asked for again: whoever was cleared from a room speaks there no more, also by a
    schedule or by a
    signature that comes late.
    """
    message = passage.message
    place = choice_of(passage)
    if not place.is_public and not _speaks_still(passage, at):
        return _stop(passage, _("The author may not write in this space any more."), at, facts)
    files = attachments_of([message.pk]).get(message.pk, [])
    judged = judge(
        body=message.body,
        marking=message.marking,
        places=[place],
        attachments=files,
        at=at,
        message_id=message.pk,
        shows=shown_message(passage),
    )
    ruled, digest = judged.rulings, judged.digest
    ruling = ruled[0].ruling
    if ruling.policy_version != passage.ruling.policy_version:
        row = ruling_row(new_id(at), message.pk, message.revision, ruled[0], digest, at)
        row.save(force_insert=True)
        passage.ruling = row
        facts.append(ruled_fact(passage.pk, message.pk, ruled[0], message.marking, at))
    if ruling.outcome == Outcome.REFUSE:
        return _stop(passage, _("The policy that stands now refuses these words."), at, facts)
    if not rules.may_go(ruling, message.justification) and not signatures.is_signed(
        passage.pk, digest, ruling.policy_version
    ):
        return _ask_again(passage, rules.desks_of(ruling, place), digest, ruling.policy_version, at)
    if passage.deliver_at is not None and passage.deliver_at > at:
        passage.state = State.SCHEDULED
        passage.version += 1
        passage.save()
        return passage.state
    if place.is_public:
        queue(passage.pk, message.pk, place, message.body, files, digest, message.author, at)
        facts.append(queued_fact(passage.pk, message.pk, at, message.author.pseudonym))
        passage.state = State.QUEUED
        passage.version += 1
        passage.save()
        return passage.state
    deliver_inside(passage, at=at, facts=facts)
    return passage.state


def _speaks_still(passage: Passage, at: datetime) -> bool:
    """Whether the author may still say this there. What they put into a box before its seal was broken was said in
    time, and goes on for as long as they sit there."""
    author = passage.message.author
    if spaces.speaks_in(author, at, {passage.audience_id}):
        return True
    sealed_until = passage.audience.sealed_until
    if sealed_until is None or passage.audience.space is None or passage.audience.space.archived_at:
        return False
    in_time = max(passage.message.written_at, passage.deliver_at or passage.message.written_at) < sealed_until
    return in_time and passage.audience_id in spaces.audible(author, at)


def deliver_inside(passage: Passage, *, at: datetime, facts: list[Fact]) -> None:
    """The passage takes its place in the feeds of those who sit in its audience, now."""
    message = passage.message
    passage.state = State.DELIVERED
    passage.position = new_id(at)
    passage.delivered_at = at
    passage.version += 1
    passage.save()
    facts.append(delivered_fact(passage.pk, message.pk, message.marking, at, message.author.pseudonym))
    if passage.thread_id is None:
        announce([(passage.audience_id, passage.pk, "delivered")], at=at)
        return
    Passage.objects.filter(pk=passage.thread_id).update(
        answers_count=F("answers_count") + 1, version=F("version") + 1
    )
    announce([(passage.audience_id, passage.thread_id, "answered")], at=at)


def _ask_again(
    passage: Passage, desks: tuple[str, ...], digest: bytes, policy_version: str, at: datetime
) -> str:
    message = passage.message
    was_asked = bool(signatures.asked_about([passage.pk]))
    approvals.void(passage_id=passage.pk, why=_("The policy has changed since this was signed."), at=at)
    ask_desks(
        passage_id=passage.pk,
        message_id=message.pk,
        author=message.author,
        audience_id=passage.audience_id,
        place_key=choice_of(passage).key,
        desks=desks,
        content_hash=digest,
        policy_version=policy_version,
        justification=message.justification,
        at=at,
    )
    passage.state = State.HELD
    passage.version += 1
    passage.save()
    if not was_asked:
        return passage.state
    tell(
        [message.author_id],
        "asked-again",
        words={"place": choice_of(passage).name},
        message_id=message.pk,
        at=at,
    )
    return passage.state


def _stop(passage: Passage, why: str, at: datetime, facts: list[Fact]) -> str:
    message = passage.message
    passage.state = State.REFUSED
    passage.last_word = why
    passage.version += 1
    passage.save()
    approvals.void(passage_id=passage.pk, why=why, at=at)
    facts.append(
        Fact(
            events.PASSAGE_FAILED,
            f"x:{passage.pk}",
            "system",
            at,
            parent=f"m:{message.pk}",
            body=why.encode(),
        )
    )
    tell(
        [message.author_id],
        "stopped",
        words={"place": choice_of(passage).name, "why": why},
        message_id=message.pk,
        at=at,
    )
    return passage.state


__all__ = ["choice_of", "deliver_inside", "locked", "release", "release_due"]
