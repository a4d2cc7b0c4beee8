"""Remind: a request whose time is nearly up, or past, is told to those who can act and to the author."""

from __future__ import annotations

from datetime import datetime

from lockgate.approvals import operations as approvals
from lockgate.approvals.types import ReminderKind
from lockgate.base.clock import rfc3339
from lockgate.base.transactions import change
from lockgate.notices.operations import tell


def remind(*, at: datetime) -> int:
    """Tell who must be told; answers how many requests it concerned. Nothing ever expires silently."""
    with change():
        nudges = approvals.remind(at=at)
        for nudge in nudges:
            words = {"desk": nudge.desk_name, "due": rfc3339(nudge.due_at)}
            kind = "overdue" if nudge.kind == ReminderKind.OVERDUE else "due"
            tell(nudge.signer_ids, kind, words=words, message_id=nudge.message_id, at=at)
            if nudge.kind == ReminderKind.OVERDUE:
                tell([nudge.author_id], "late", words=words, message_id=nudge.message_id, at=at)
    return len(nudges)
