"""What a viewer was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lockgate.base.ids import floor_id
from lockgate.notices.models import Happening, Notice
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


def one(viewer: Person, notice_id: int) -> NoticeView | None:
    """One of the viewer's own notices; None where it is not theirs or not there."""
    row = Notice.objects.filter(pk=notice_id, person=viewer).first()
    return (
        NoticeView(row.pk, row.kind, row.message_id, row.words, row.at, row.seen_at is not None)
        if row
        else None
    )


def told_between(begins: datetime, ends: datetime) -> Sequence[tuple[int, int]]:
    """(notice id, person id) of what was told in a span of time, for whoever carries it further; no words."""
    rows = Notice.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends), seen_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", "person_id"))


def happened_between(begins: datetime, ends: datetime) -> Sequence[tuple[int, int, str]]:
    """(audience id, passage id, kind) of what happened in a span of time; for whoever asks for seats again."""
    rows = Happening.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends))
    return list(rows.order_by("pk").values_list("audience_id", "passage_id", "kind"))
