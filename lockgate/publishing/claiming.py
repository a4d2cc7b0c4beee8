"""Taking up what is due: a lease with a fence. Two workers never hold a delivery under the same fence."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from lockgate.base.transactions import change
from lockgate.publishing.models import Delivery
from lockgate.publishing.rules import Patience
from lockgate.publishing.types import Claim, DeliveryState

READ_BACK_LEASE = timedelta(seconds=60)


def patience() -> Patience:
    """The rules' own, unless settings DELIVERY_LEASE_SECONDS and DELIVERY_ABSENCE_SECONDS say otherwise."""
    return Patience(
        lease=timedelta(seconds=getattr(settings, "DELIVERY_LEASE_SECONDS", 60)),
        absence=timedelta(seconds=getattr(settings, "DELIVERY_ABSENCE_SECONDS", 120)),
    )


def claim(*, at: datetime, limit: int = 10) -> list[Claim]:
    """Take up to ``limit`` deliveries that are due, the longest waiting first, each under a new fence.

    Not inside another transaction: once this returns, the lease stands in the database. What has not left
    yet waits while its account is paused; look-ups and recalls go on.
    """
    due = _due(at)
    # A plain read first: an idle worker must not take SQLite's write lock twice a second.
    if not due.exists():
        return []
    until = at + patience().lease
    claims: list[Claim] = []
    with change(durable=True):
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")[:limit]
        for row in list(rows):
            was = DeliveryState(row.state)
            # Planned, or claimed by somebody whose lease ran out before `sent` was kept: nothing has left.
            state = DeliveryState.CLAIMED if was is DeliveryState.PLANNED else was
            taken = Delivery.objects.filter(pk=row.pk, fence=row.fence, state=row.state).update(
                state=state.value, fence=F("fence") + 1, due_at=until
            )
            if taken:
                claims.append(Claim(row.pk, row.passage_id, row.fence + 1, state))
    return claims


def claim_read_backs(*, at: datetime, limit: int = 10) -> list[int]:
    """Ids of live deliveries to be read back now; each is left alone by others for a minute."""
    due = Delivery.objects.filter(state=DeliveryState.LIVE, read_back_due_at__lte=at)
    if not due.exists():
        return []
    with change():
        ids = list(
            due.select_for_update(skip_locked=True)
            .order_by("read_back_due_at")
            .values_list("pk", flat=True)[:limit]
        )
        Delivery.objects.filter(pk__in=ids).update(read_back_due_at=at + READ_BACK_LEASE)
    return ids


def _due(at: datetime) -> QuerySet[Delivery]:
    not_sent = Q(state__in=[DeliveryState.PLANNED, DeliveryState.CLAIMED])
    return Delivery.objects.filter(due_at__lte=at).exclude(not_sent & Q(account__paused_at__isnull=False))
