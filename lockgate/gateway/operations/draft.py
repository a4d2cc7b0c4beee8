"""Drafts: what one types is kept, also when the browser is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.gateway.judging import MAX_PLACES, check_words
from lockgate.gateway.models import Draft
from lockgate.people.models import Person


def save_draft(
    *,
    by: Person,
    at: datetime,
    body: str,
    marking: int,
    places: Sequence[str],
    deliver_at: datetime | None = None,
    justification: str = "",
    slot: str = "new",
) -> None:
    """Keep the words as they are now. Places need not exist yet or any more: a draft promises nothing."""
    if len(slot) > 40:
        raise BadInput("A draft's slot has 40 characters at most.")
    body = check_words(body)
    with change():
        if not body.strip() and not places:
            Draft.objects.filter(author=by, slot=slot).delete()
            return
        Draft.objects.update_or_create(
            author=by,
            slot=slot,
            defaults={
                "body": body,
                "marking": marking if 0 <= marking <= 3 else 1,
                "places": [key[:80] for key in places[:MAX_PLACES]],
                "deliver_at": deliver_at,
                "justification": justification[:500],
                "saved_at": at,
            },
        )


def discard_draft(*, by: Person, slot: str = "new") -> None:
    with change():
        Draft.objects.filter(author=by, slot=slot).delete()
