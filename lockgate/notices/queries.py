"""What a viewer was told."""

from __future__ import annotations

from lockgate.notices.models import Notice
from lockgate.notices.types import NoticeView
from lockgate.people.models import Person


def of(viewer: Person, *, limit: int = 50) -> list[NoticeView]:
    """The viewer's own notices, newest first."""
    return [
        NoticeView(row.pk, row.kind, row.message_id, row.words, row.at, row.seen_at is not None)
        for row in Notice.objects.filter(person=viewer).order_by("-id")[:limit]
    ]


def unseen(viewer: Person) -> int:
    """How many the viewer has not seen, counted to 100 and no further."""
    return Notice.objects.filter(person=viewer, seen_at__isnull=True)[:100].count()
