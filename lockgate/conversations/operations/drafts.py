"""What a draft asks, kept beside the gate's draft of its words."""

from __future__ import annotations

from lockgate.base.transactions import change
from lockgate.conversations import rules
from lockgate.conversations.models import DraftAsks
from lockgate.conversations.types import Asks
from lockgate.people.models import Person


def keep_asks(*, by: Person, slot: str, asks: Asks | None) -> None:
    """Keep, for the draft in ``slot``, what it asks; None keeps nothing."""
    with change():
        if asks is None or asks.kind not in rules.KINDS:
            DraftAsks.objects.filter(person=by, slot=slot[:40]).delete()
            return
        kept = {
            "kind": asks.kind,
            "options": [one[: rules.MOST_OPTION_LENGTH] for one in asks.options[:20]],
            "is_multiple": asks.is_multiple,
            "is_anonymous": asks.is_anonymous,
            "time_zone": asks.time_zone[:40],
        }
        for name in ("closes_at", "begins_at", "ends_at"):
            moment = getattr(asks, name)
            kept[name] = moment.isoformat() if moment is not None else ""
        DraftAsks.objects.update_or_create(person=by, slot=slot[:40], defaults={"asks": kept})
