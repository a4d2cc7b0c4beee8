"""Bring in: many messages at once that were written elsewhere and before, through the gate like any others.

No side door: each is read and ruled on for its place, and has its message, ruling, passage and archive entries. What
differs is what follows. Nobody is notified and nobody is asked to sign: a rule that would hold the words, or refuse
them, leaves them where they are, and whoever brings them in is told which rule and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import NotFound
from lockgate.base.rows import insert, stored
from lockgate.base.transactions import change
from lockgate.gateway import events, rules
from lockgate.gateway.judging import Judgement, check_words, chosen, judge
from lockgate.gateway.models import Attachment, Passage, State
from lockgate.gateway.operations.place import (
    PASSAGE_COLUMNS,
    RULING_COLUMNS,
    delivered_fact,
    findings_as_text,
    protect,
    ruled_fact,
)
from lockgate.gateway.operations.submit import MESSAGE_COLUMNS, check_marking, own_files
from lockgate.gateway.types import AttachmentView, Brought, BroughtIn, PlaceChoice
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


@dataclass(frozen=True, slots=True)
class _Row:
    """One of them that may go, with the ids that it is about to have."""

    told: BroughtIn
    words: Brought
    judged: Judgement
    body: str
    files: Sequence[AttachmentView]
    ruling_id: int
    thread: int | None


def bring_in(
    *,
    by: Person,
    at: datetime,
    place: str,
    words: Sequence[Brought],
    marking: int,
    justification: str = "",
    roots: Mapping[int, int] | None = None,
    is_rehearsal: bool = False,
    alongside: Callable[[Sequence[BroughtIn]], None] | None = None,
) -> list[BroughtIn]:
    """Deliver ``words``, oldest first, in the space ``place`` ("space:<slug>"); answers what became of each, in order.

    ``by`` answers for them here: they are the author of record, and what the words say of who wrote them is part of the
    words. ``roots`` {conversation: passage} names the threads that stand already; of the others the first that may go
    opens one. All is one transaction, in which ``alongside`` is called last. Raises NotFound where ``by`` may not speak
    there. With ``is_rehearsal`` everything is ruled on and nothing changes.
    """
    check_marking(marking)
    (there,) = chosen(by, [place], at)
    judged = [_judged(one, by, there, marking, at) for one in words]
    known = dict(roots or {}) if is_rehearsal else _standing(there, dict(roots or {}))
    told: list[BroughtIn] = []
    going: list[_Row] = []
    # Each a millisecond after the one before, up to now: in the feed they stand in the order in which they are given.
    first = at - timedelta(milliseconds=len(words))
    for place_in_line, (one, (judgement, body, files)) in enumerate(zip(words, judged, strict=True)):
        ruling = judgement.rulings[0].ruling
        if not rules.may_go(ruling, justification) or judgement.marking > there.ceiling:
            told.append(BroughtIn(None, None, None, ruling, judgement.marking))
            continue
        moment = first + timedelta(milliseconds=place_in_line)
        message, passage = new_id(moment), new_id(moment)
        thread = known.setdefault(one.conversation, passage)
        row = _Row(
            BroughtIn(message, passage, thread, ruling, judgement.marking),
            one,
            judgement,
            body,
            files,
            new_id(moment),
            None if thread == passage else thread,
        )
        told.append(row.told)
        going.append(row)
    if is_rehearsal:
        return told
    with change():
        # The room may have been cleared while we read: the seat is asked for again inside the transaction.
        if not spaces.speaks_in(by, at, {there.audience_id}):
            raise NotFound
        if going:
            _lay_down(going, by=by, at=at, there=there, justification=justification)
        if alongside is not None:
            alongside(told)
    return told


def _judged(
    one: Brought, by: Person, there: PlaceChoice, marking: int, at: datetime
) -> tuple[Judgement, str, list[AttachmentView]]:
    """The gate's answer, and the words and files that it stands on."""
    body, files = check_words(one.body), own_files(by, one.attachments)
    judged = judge(body=body, marking=marking, places=[there], attachments=files, at=at)
    return judged, body, files


def _standing(there: PlaceChoice, roots: dict[int, int]) -> dict[int, int]:
    """Those threads that can still be answered there."""
    stands = set(
        Passage.objects.filter(
            pk__in=set(roots.values()),
            audience_id=there.audience_id,
            state=State.DELIVERED,
            thread__isnull=True,
        ).values_list("pk", flat=True)
    )
    return {conversation: root for conversation, root in roots.items() if root in stands}


def _lay_down(
    going: Sequence[_Row], *, by: Person, at: datetime, there: PlaceChoice, justification: str
) -> None:
    now = stored(at)
    messages, rulings, passages = [], [], []
    facts: list[Fact] = []
    for row in going:
        number, passage, judged = row.told.message_id or 0, row.told.passage_id or 0, row.judged
        ruled = judged.rulings[0]
        body, digest, marking = check_words(row.words.body), judged.digest, judged.marking
        messages.append(
            (number, by.pk, body, marking, 1, digest, justification, stored(row.words.written_at))
        )
        rulings.append(
            (
                row.ruling_id,
                number,
                1,
                there.key,
                int(ruled.ruling.outcome),
                findings_as_text(ruled),
                ruled.ruling.policy_version,
                digest,
                now,
            )
        )
        # The passage's own id orders it: it was given in the order of the messages.
        passages.append(
            (
                *(passage, number, there.audience_id, None, row.thread, row.ruling_id, marking),
                *(str(State.DELIVERED), None, passage, now, 1, 0, "", ""),
            )
        )
        facts += [
            Fact(
                events.MESSAGE_BROUGHT_IN,
                f"m:{number}",
                by.pseudonym,
                at,
                marking=marking,
                body=judged.content,
            ),
            ruled_fact(passage, number, ruled, marking, at),
            delivered_fact(passage, number, marking, at, by.pseudonym),
        ]
    insert("gateway_message", MESSAGE_COLUMNS, messages)
    insert("gateway_ruling", RULING_COLUMNS, rulings)
    for row in going:
        if row.words.attachments:
            Attachment.objects.filter(pk__in=row.words.attachments, owner=by).update(
                message_id=row.told.message_id
            )
    insert("gateway_passage", PASSAGE_COLUMNS, passages)
    record(facts)
    for row in going:
        protect(row.told.message_id or 0, [there], row.body, row.files, row.judged.marking, at, is_new=True)
    for thread, count in Counter(row.thread for row in going if row.thread is not None).items():
        Passage.objects.filter(pk=thread).update(
            answers_count=F("answers_count") + count, version=F("version") + 1
        )
