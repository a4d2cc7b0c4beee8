"""What stands already and is to be changed: where it stands, whether every place would take the change at once, and the
wording that is kept. Shared by amend (words), versions (files) and revise (words that wait)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.gateway import events, rules
from lockgate.gateway.judging import Judgement, judge
from lockgate.gateway.models import Message, Passage, Revision, State
from lockgate.gateway.operations.release import choice_of
from lockgate.gateway.refusals import RefusedByPolicy
from lockgate.gateway.showing import shown_message
from lockgate.gateway.types import AttachmentView, MessageView
from lockgate.people.models import Person
from lockgate.policy.types import Outcome


def standing(message_id: int) -> Sequence[Passage]:
    """Where the message stands or is under way, with what ``choice_of`` asks."""
    return list(
        Passage.objects.filter(message_id=message_id)
        .exclude(state__in=[State.RECALLED, State.REFUSED, State.REJECTED, State.FAILED])
        .select_related("audience__space", "account")
        .order_by("id")
    )


def judged_where_it_stands(
    *,
    by: Person,
    at: datetime,
    seen: MessageView,
    body: str,
    files: Sequence[AttachmentView],
    places: Sequence[Passage],
    sentence: str,
    mend: str,
) -> Judgement:
    """What the gate says of these words and files in the places where the message stands, where each would take them
    without a signature and under the marking that the message has. Else a record of what was refused, and
    RefusedByPolicy with why: ``sentence`` takes %(places)s and %(why)s. Before the transaction, as when it was said."""
    judged = judge(
        body=body,
        marking=seen.marking,
        places=[choice_of(one) for one in places],
        attachments=list(files),
        at=at,
        message_id=seen.id,
        shows=shown_message(places[0]) if places else None,
    )
    stopped = [
        one
        for one in judged.rulings
        if not rules.may_go(one.ruling, seen.justification) or judged.marking != seen.marking
    ]
    if not stopped:
        return judged
    with change():
        record(
            [
                Fact(
                    events.CHANGE_REFUSED,
                    f"m:{seen.id}",
                    by.pseudonym,
                    at,
                    rule=stopped[0].ruling.policy_version,
                    body=judged.content,
                )
            ]
        )
    why = dict.fromkeys(
        finding.explanation
        for one in stopped
        for finding in one.ruling.findings
        if finding.explanation and finding.outcome >= Outcome.JUSTIFY
    )
    raise RefusedByPolicy(
        sentence
        % {
            "places": ", ".join(one.place.name for one in stopped),
            "why": " ".join(why) or _("it bears a higher marking."),
        },
        mend,
        stopped,
    )


def keep_wording(row: Message, at: datetime) -> None:
    """Keep the words that ``row`` has, before others replace them."""
    Revision.objects.create(
        message=row,
        number=row.revision,
        body=row.body,
        marking=row.marking,
        content_hash=bytes(row.content_hash),
        replaced_at=at,
    )
