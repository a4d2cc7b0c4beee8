"""What this room refuses, by name."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.approvals.types import Verdict
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import BadInput, Refusal


class NoOneCanSign(Refusal):
    """Every person who could sign is the author, or has left."""

    code = "no-one-can-sign"


class AlreadyDecided(Refusal):
    """Somebody was first. ``by``, ``verdict`` and ``decided_at`` tell who, what and when."""

    code = "already-decided"

    def __init__(self, by: str, verdict: Verdict, decided_at: datetime, word: str) -> None:
        told = {
            Verdict.APPROVE: _("%(who)s approved this at %(when)s."),
            Verdict.CHANGE: _("%(who)s asked for a change at %(when)s."),
            Verdict.REJECT: _("%(who)s rejected this at %(when)s."),
        }[verdict]
        when = rfc3339(decided_at)[:16].replace("T", " ") + " UTC"
        super().__init__(told % {"who": by, "when": when}, _("Your answer was not recorded."))
        self.by = by
        self.verdict = verdict
        self.decided_at = decided_at
        self.word = word


class NoLongerAsked(Refusal):
    """The request is void: the words changed, or another desk said no."""

    code = "no-longer-asked"


class DeskTaken(BadInput):
    code = "desk-taken"
