"""What a viewer was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import BigIntegerField, BooleanField, Case, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from lockgate.base.ids import floor_id
from lockgate.notices.models import Happening, Notice, SeenUpTo
from lockgate.notices.types import MOST_COUNTED, NoticeView
from lockgate.people.models import Person


def of(viewer: Person, *, limit: int = 50) -> list[NoticeView]:
    """The viewer's own notices, newest first."""
    return [_view(row) for row in _with_marks(Notice.objects.filter(person=viewer)).order_by("-id")[:limit]]


def unseen(viewer: Person) -> int:
    """How many the viewer has not seen, counted to 100 and no further."""
    rows = Notice.objects.filter(person=viewer, seen_at__isnull=True, pk__gt=_MARK)
    return rows[:MOST_COUNTED].count()


def one(viewer: Person, notice_id: int) -> NoticeView | None:
    """One of the viewer's own notices; None where it is not theirs or not there."""
    row = _with_marks(Notice.objects.filter(pk=notice_id, person=viewer)).first()
    return _view(row) if row else None


# Up to which notice a person has seen all; 0 where they have not said so.
_MARK = Coalesce(
    Subquery(SeenUpTo.objects.filter(person_id=OuterRef("person_id")).values("notice_id")),
    0,
    output_field=BigIntegerField(),
)


def _with_marks(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    return rows.annotate(
        is_seen=Case(
            When(seen_at__isnull=False, then=True), When(pk__lte=_MARK, then=True), default=False,
            output_field=BooleanField(),
        )
    )  # fmt: skip


def _view(row: Notice) -> NoticeView:
    return NoticeView(row.pk, row.kind, row.message_id, row.words, row.at, bool(getattr(row, "is_seen")))  # noqa: B009  (annotated above)


def told_between(begins: datetime, ends: datetime) -> Sequence[tuple[int, int]]:
    """(notice id, person id) of what was told in a span of time, for whoever carries it further; no words."""
    rows = Notice.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends), seen_at__isnull=True)
    return list(rows.filter(pk__gt=_MARK).order_by("pk").values_list("pk", "person_id"))


def happened_between(begins: datetime, ends: datetime) -> Sequence[tuple[int, int, str]]:
    """(audience id, passage id, kind) of what happened in a span of time; for whoever asks for seats again."""
    rows = Happening.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends))
    return list(rows.order_by("pk").values_list("audience_id", "passage_id", "kind"))
