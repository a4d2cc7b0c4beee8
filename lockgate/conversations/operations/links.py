"""Looking at what posts link to, by the work process, with nobody's rights."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from lockgate.base.transactions import change
from lockgate.channels.operations import look_at
from lockgate.conversations import rules
from lockgate.conversations.models import LinkPreview
from lockgate.gateway.operations import redraw

_WAITING = ("held", "returned", "scheduled")
_SOME = 5


def look_at_links(*, at: datetime) -> int:
    """Look at the links of some delivered posts, each once; answers how many were settled. A post of a room or marking
    whose links are not to be looked at is settled without a look."""
    rows = list(
        LinkPreview.objects.filter(looked_at__isnull=True)
        .exclude(passage__state__in=_WAITING)
        .select_related("passage__audience", "passage__message")
        .order_by("pk")[:_SOME]
    )
    for row in rows:
        # Taken before the look: a crash then leaves a post without a card, and nothing is asked twice.
        if not LinkPreview.objects.filter(pk=row.pk, looked_at__isnull=True).update(looked_at=at):
            continue
        passage = row.passage
        if passage.state != "delivered" or not rules.may_look(
            settings.LINK_PREVIEWS, marking=passage.marking, ceiling=passage.audience.ceiling
        ):
            continue
        said = look_at(row.address)
        if said is None:
            continue
        with change():
            LinkPreview.objects.filter(pk=row.pk).update(
                host=said.host, title=said.title, description=said.description
            )
            redraw(passage_id=row.pk, audience_id=passage.audience_id, thread_id=passage.thread_id, at=at)
    return len(rows)
