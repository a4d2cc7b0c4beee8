"""Telling those who wanted to know."""

from __future__ import annotations

from datetime import datetime

from lockgate.base.transactions import change
from lockgate.notices.operations import tell
from lockgate.rumours import queries
from lockgate.rumours.models import Wish

_SOME = 100


def tell_answered(*, at: datetime) -> int:
    """Tell some of those who wanted an answer that there is one; answers how many wishes were settled. Whether they may
    still know of it is asked now. For the work process."""
    with change():
        rows = queries.to_tell(_SOME)
        for row in rows:
            for seen in queries.rumours(row.person, at):
                if seen.id == row.rumour_id and seen.answer_message_id is not None:
                    tell(
                        [row.person_id],
                        "rumour-answered",
                        words={"place": seen.place_name},
                        message_id=seen.answer_message_id,
                        at=at,
                    )
        Wish.objects.filter(pk__in=[row.pk for row in rows]).update(is_told=True)
    return len(rows)
