"""Reads of records, always for a viewer: what was delivered, and to whoever hears it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.people.models import Person
from lockgate.records import rules
from lockgate.records.models import Record, RecordState
from lockgate.records.rules import FIXED, KINDS, MOST_ROWS
from lockgate.records.types import RecordLine, RecordView
from lockgate.spaces import queries as spaces

__all__ = ["FIXED", "KINDS", "MOST_ROWS", "record", "record_of", "records", "state_before"]


def records(viewer: Person, slug: str, at: datetime, *, limit: int = 200) -> list[RecordLine]:
    """The records told in a space, those that changed last first. Raises NotFound where ``viewer`` does not
    sit there."""
    place = spaces.place(viewer, slug, at)
    rows = _told().filter(
        record__audience=place.audience_id,
        passage__position__gte=place.hears_from,
        record__root__position__gte=place.hears_from,
    )
    latest: dict[int, RecordState] = {}
    for row in rows.order_by("-passage__position")[: limit * 20]:
        latest.setdefault(row.record_id, row)
    return [
        RecordLine(
            one.record_id, one.record.system, one.record.kind, one.record.number, one.title, _when(one)
        )
        for one in list(latest.values())[:limit]
    ]


def record(viewer: Person, record_id: int, at: datetime) -> RecordView:
    """One record with its history, as far as ``viewer`` hears it. Raises NotFound."""
    row = Record.objects.filter(pk=record_id).first()
    if row is None:
        raise NotFound
    root = conversations.heard(viewer, row.root_id, at)
    states = list(_told().filter(record=row).order_by("passage__position"))
    heard = {
        one.passage_id for one in conversations.all_heard(viewer, [one.passage_id for one in states], at)
    }
    states = [one for one in states if one.passage_id in heard]
    history = []
    before: dict[str, Any] = {}
    for one in states:
        history.append((_when(one), rules.changes(before, dict(one.values))))
        before = dict(one.values)
    last = states[-1]
    return RecordView(
        id=row.pk,
        system=row.system,
        kind=row.kind,
        number=row.number,
        title=last.title,
        address=last.address,
        values=tuple((name, value) for name, value in last.values),
        history=tuple(reversed(history)),
        root_id=row.root_id,
        message_id=root.message_id,
        place_name=root.place_name,
    )


def record_of(viewer: Person, passage_id: int, at: datetime) -> int | None:
    """The record whose thread a passage begins that ``viewer`` hears."""
    conversations.heard(viewer, passage_id, at)
    return Record.objects.filter(root=passage_id).values_list("pk", flat=True).first()


def state_before(record_id: int) -> RecordState | None:
    """What was told of a record last and may still come to be heard, for whoever compares it with what is told now."""
    rows = RecordState.objects.filter(record=record_id).exclude(
        passage__state__in=["refused", "rejected", "recalled"]
    )
    return rows.order_by("-passage_id").first()


def _told() -> QuerySet[RecordState]:
    return RecordState.objects.filter(passage__state="delivered").select_related("record", "passage")


def _when(one: RecordState) -> datetime:
    if one.passage.delivered_at is None:
        raise NotFound
    return one.passage.delivered_at
