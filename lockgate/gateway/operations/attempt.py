"""Words that no place takes: why, and that they were tried is on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.refusals import ReasonNeeded, RefusedByPolicy
from lockgate.gateway.types import PlaceRuling
from lockgate.people.models import Person
from lockgate.policy.types import Outcome


def refuse_if_must(
    by: Person,
    at: datetime,
    content: bytes,
    ruled: Sequence[PlaceRuling],
    justification: str,
    message_id: int,
) -> None:
    if all(one.ruling.outcome == Outcome.REFUSE for one in ruled):
        record_attempt(by, at, content, ruled, message_id)
        reasons = list(
            dict.fromkeys(
                f.explanation
                for one in ruled
                for f in one.ruling.findings
                if f.explanation and f.outcome == Outcome.REFUSE
            )
        )
        raise RefusedByPolicy(
            ngettext(
                "%(places)s does not take these words: %(why)s",
                "%(places)s do not take these words: %(why)s",
                len(ruled),
            )
            % {"places": ", ".join(one.place.name for one in ruled), "why": " ".join(reasons)},
            _("Change the words or the places."),
            ruled,
        )
    unreasoned = [one for one in ruled if one.ruling.outcome == Outcome.JUSTIFY and not justification]
    if unreasoned:
        raise ReasonNeeded(
            _("%(places)s asks for a word of reason before these words go.")
            % {"places": ", ".join(one.place.name for one in unreasoned)},
            _("Say why they may, or change them."),
            ruled,
        )


def record_attempt(
    by: Person, at: datetime, content: bytes, ruled: Sequence[PlaceRuling], message_id: int
) -> None:
    with change():
        record(
            [
                Fact(
                    action=events.MESSAGE_REFUSED,
                    record=f"m:{message_id}",
                    actor=by.pseudonym,
                    at=at,
                    rule=ruled[0].ruling.policy_version,
                    body=content,
                )
            ]
        )
