"""Reads for pages. Whoever calls has made sure that its reader may see the passage or tends the account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Prefetch, QuerySet

from lockgate.publishing.models import Delivery, ReadBack
from lockgate.publishing.types import DeliveryState, DeliveryView, ReadBackView

NOT_DONE = (
    DeliveryState.PLANNED,
    DeliveryState.CLAIMED,
    DeliveryState.SENT,
    DeliveryState.UNKNOWN,
    DeliveryState.RECALLING,
)
_WAITS = (DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.RECALLING)


def of_passage(passage_id: int) -> DeliveryView | None:
    """The latest delivery of a passage, or None before there is one."""
    return of_passages([passage_id]).get(passage_id)


def of_passages(passage_ids: Collection[int]) -> dict[int, DeliveryView]:
    """The latest delivery of each of these passages that has one; two queries."""
    rows = _rows().filter(passage_id__in=passage_ids).order_by("pk")
    return {row.passage_id: _view(row) for row in rows}


def delivery(delivery_id: int) -> DeliveryView | None:
    row = _rows().filter(pk=delivery_id).first()
    return _view(row) if row else None


def waiting(at: datetime, limit: int = 200) -> list[DeliveryView]:
    """All that is not settled and was due by ``at`` or has nobody to wait for, the longest waiting first."""
    rows = _rows().filter(state__in=NOT_DONE).exclude(due_at__gt=at)
    return [_view(row) for row in rows.order_by("planned_at")[:limit]]


def by_account(account_id: int, limit: int = 50) -> list[DeliveryView]:
    """The latest deliveries to an account."""
    return [_view(row) for row in _rows().filter(account_id=account_id).order_by("-pk")[:limit]]


def counts_by_account() -> dict[int, dict[DeliveryState, int]]:
    """How many deliveries of each account are in each state; one query."""
    counted: dict[int, dict[DeliveryState, int]] = {}
    for account_id, state, number in (
        Delivery.objects.order_by().values_list("account_id", "state").annotate(number=Count("pk"))
    ):
        counted.setdefault(account_id, {})[DeliveryState(state)] = number
    return counted


def next_due_at() -> datetime | None:
    """When the outbox next has something to do; None when it has nothing."""
    return (
        Delivery.objects.filter(due_at__isnull=False)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def _rows() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("account", "recall__asked_by").prefetch_related(
        Prefetch("read_backs", ReadBack.objects.order_by("-at"))
    )


def _view(row: Delivery) -> DeliveryView:
    seen = next(iter(row.read_backs.all()), None)
    recall = getattr(row, "recall", None)
    state = DeliveryState(row.state)
    return DeliveryView(
        delivery_id=row.pk,
        passage_id=row.passage_id,
        message_id=row.message_id,
        account_slug=row.account.slug,
        account_name=row.account.name,
        connector=row.account.connector,
        state=state,
        sentence=row.sentence,
        reference=row.reference,
        url=row.url,
        attempts=row.attempts,
        look_ups=row.look_ups,
        planned_at=row.planned_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
        needs_a_person=state is DeliveryState.REFUSED or (state in _WAITS and row.due_at is None),
        is_paused=row.account.paused_at is not None,
        read_back=ReadBackView(seen.at, seen.is_there, tuple(seen.differences)) if seen else None,
        recall_why=recall.why if recall else "",
        recall_asked_by=recall.asked_by.name if recall else "",
        recall_asked_at=recall.asked_at if recall else None,
        verified_gone_at=recall.verified_gone_at if recall else None,
    )
