"""What a viewer was told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import BigIntegerField, BooleanField, Case, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from lockgate.base.ids import floor_id
from lockgate.notices import rules
from lockgate.notices.models import Happening, MutedThread, Notice, Quiet, SeenUpTo
from lockgate.notices.types import MOST_COUNTED, NoticeView, QuietHours
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
    is_seen = bool(getattr(row, "is_seen"))  # noqa: B009  (annotated above)
    return NoticeView(row.pk, row.kind, row.message_id, row.words, row.at, is_seen, row.thread_id)


def told_between(begins: datetime, ends: datetime) -> Sequence[tuple[int, int]]:
    """(notice id, person id) of what was told in a span of time, for whoever carries it further; no words."""
    rows = Notice.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends), seen_at__isnull=True)
    return list(rows.filter(pk__gt=_MARK).order_by("pk").values_list("pk", "person_id"))


class Happened(NamedTuple):
    """Something that happened; its number bears its time."""

    number: int
    audience_id: int
    passage_id: int
    kind: str


def happened_between(begins: datetime, ends: datetime) -> Sequence[Happened]:
    """What happened in a span of time; for whoever asks for seats again."""
    rows = Happening.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends))
    return [
        Happened(*row) for row in rows.order_by("pk").values_list("pk", "audience_id", "passage_id", "kind")
    ]


def told_of(message_id: int) -> set[int]:
    """Ids of the persons who were told something of this message: for whoever tells each of them once."""
    rows = Notice.objects.filter(message_id=message_id)
    rows = rows.filter(Q(kind__startswith="followed-") | Q(kind__in=["boosted", "quoted"]))
    return set(rows.values_list("person_id", flat=True))


def muted_threads(viewer: Person, threads: Collection[int] | None = None) -> set[int]:
    """Of these threads, or of all, those that the viewer muted."""
    rows = MutedThread.objects.filter(person=viewer)
    if threads is not None:
        rows = rows.filter(thread_id__in=list(threads))
    return set(rows.values_list("thread_id", flat=True))


def muters(thread: int) -> set[int]:
    """Ids of those who muted a thread: for whoever tells of it, or carries it elsewhere."""
    return set(MutedThread.objects.filter(thread_id=thread).values_list("person_id", flat=True))


def is_muted(viewer: Person, thread: int | None) -> bool:
    """Whether the viewer muted this thread: for whatever carries a notice further, at the moment of sending."""
    return thread is not None and viewer.pk in muters(thread)


def quiet_hours(person_id: int) -> QuietHours:
    """When a person is not to be disturbed, as they chose."""
    row = Quiet.objects.filter(person=person_id).first()
    return _hours(row) if row is not None else QuietHours()


def quiet_until(person_id: int, at: datetime) -> datetime | None:
    """Until when a person is to be left in peace at ``at``; None where they may be disturbed. For whatever rings,
    mails or pushes; what stands on a page does not disturb."""
    row = Quiet.objects.filter(person=person_id).select_related("person").first()
    if row is None:
        return None
    try:
        zone = ZoneInfo(row.person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return rules.quiet_until(_hours(row), zone, at)


def _hours(row: Quiet) -> QuietHours:
    return QuietHours(
        row.begins, row.ends, frozenset(day for day in range(7) if row.days >> day & 1), row.until
    )
