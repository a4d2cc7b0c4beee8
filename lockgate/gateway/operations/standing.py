"""What stands already and is to be changed: where it stands, and whether every place would take the change at once.
Shared by amend (words) and versions (files)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.gateway import events, rules
from lockgate.gateway.judging import Judgement
from lockgate.gateway.models import Passage, State
from lockgate.gateway.refusals import RefusedByPolicy
from lockgate.gateway.types import MessageView
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


def refuse_unless_it_may_go(
    *, by: Person, at: datetime, seen: MessageView, judged: Judgement, sentence: str, mend: str
) -> None:
    """Nothing, where each place would take it without a signature and under the marking that the message has. Else a
    record of what was refused, and RefusedByPolicy with why: ``sentence`` takes %(places)s and %(why)s."""
    stopped = [
        one
        for one in judged.rulings
        if not rules.may_go(one.ruling, seen.justification) or judged.marking != seen.marking
    ]
    if not stopped:
        return
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
