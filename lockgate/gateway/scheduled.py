"""What somebody wrote that goes later. Entered by ``queries``."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from lockgate.base.ids import MOST
from lockgate.gateway.attached import attachments_of
from lockgate.gateway.models import Passage, State
from lockgate.gateway.types import Scheduled
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def scheduled_of(
    viewer: Person,
    at: datetime,
    *,
    before: int | None = None,
    after: int = 0,
    limit: int = 20,
    upwards: bool = False,
) -> list[Scheduled]:
    """The viewer's own passages that wait for their time, the one written last first, between these ids of passages;
    with ``upwards`` those next above ``after``. Not those of rooms from which they were cleared."""
    rows = Passage.objects.filter(
        Q(audience__in=list(spaces.audible(viewer, at))) | Q(account__isnull=False),
        message__author=viewer,
        state=State.SCHEDULED,
        pk__lt=MOST if before is None else min(before, MOST),
        pk__gt=min(after, MOST),
    ).select_related("message")
    found = list(rows.order_by("pk" if upwards else "-pk")[:limit])
    if upwards:
        found.reverse()
    files = attachments_of([one.message_id for one in found])
    return [
        Scheduled(
            one.pk,
            one.message_id,
            one.message.body,
            one.deliver_at,
            one.thread_id,
            one.audience_id,
            tuple(files.get(one.message_id, ())),
        )
        for one in found
        if one.deliver_at is not None
    ]
