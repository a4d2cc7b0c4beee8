"""Writing down what a try came to, for its holder alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.base.transactions import change
from lockgate.publishing.models import Delivery, Recall
from lockgate.publishing.rules import after_recall_was_asked
from lockgate.publishing.sending import ClaimLost
from lockgate.publishing.types import Claim, DeliveryState, Settled


def settle(settled: Settled, claim: Claim, *, at: datetime) -> Settled:
    """Keep the outcome, inside the caller's transaction, which records it and moves the passage.

    Answers what was kept, and that is what the caller goes by: where a recall was asked while the delivery
    was under way, live becomes recalling, and what has surely not arrived becomes recalled. Raises ClaimLost
    where the fence has moved on; then nothing is kept and the caller writes nothing either.
    """
    with change():
        row = Delivery.objects.select_for_update().filter(pk=claim.delivery_id, fence=claim.fence).first()
        if row is None:
            raise ClaimLost(_("Somebody else has taken this up."))
        recall = Recall.objects.filter(delivery=row).first()
        kept = _turned_back(settled, at) if recall and settled.state != row.state else settled
        Delivery.objects.filter(pk=row.pk, fence=claim.fence).update(**_fields(kept, claim, at))
        if recall is not None:
            _follow(recall, kept, claim, at)
    return kept


def _turned_back(settled: Settled, at: datetime) -> Settled:
    state = after_recall_was_asked(settled.state)
    if state is settled.state:
        return settled
    if state is DeliveryState.RECALLING:
        return replace(settled, state=state, due_at=at)
    return replace(settled, state=state, due_at=None, sentence=_("It was taken back before it stood there."))


def _follow(recall: Recall, kept: Settled, claim: Claim, at: datetime) -> None:
    if kept.state is DeliveryState.RECALLED:
        Recall.objects.filter(pk=recall.pk).update(verified_gone_at=at)
    elif kept.state is DeliveryState.RECALLING and claim.state is DeliveryState.RECALLING:
        Recall.objects.filter(pk=recall.pk).update(tries=F("tries") + 1)


def _fields(kept: Settled, claim: Claim, at: datetime) -> dict[str, Any]:
    # The fence rises here too: the claim is used up, and a second settle of it changes nothing.
    fields: dict[str, Any] = {
        "state": kept.state.value,
        "sentence": kept.sentence,
        "due_at": kept.due_at,
        "fence": F("fence") + 1,
    }
    if kept.state in (DeliveryState.LIVE, DeliveryState.REFUSED, DeliveryState.RECALLED):
        fields |= {"settled_at": at, "due_at": None}
    if kept.reference:
        fields |= {"reference": kept.reference, "url": kept.url}
    if kept.detail:
        fields["detail"] = dict(kept.detail)
    if kept.state is DeliveryState.LIVE:
        fields |= {"read_back_due_at": at, "read_back_tries": 0}
    if claim.state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
        fields["look_ups"] = F("look_ups") + 1
    return fields
