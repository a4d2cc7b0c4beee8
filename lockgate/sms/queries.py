"""One's own number, and how the outbox stands."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from lockgate.people.models import Person
from lockgate.sms import rules
from lockgate.sms.models import Number
from lockgate.sms.types import NumberView


def is_configured() -> bool:
    """Whether texts can be sent at all."""
    return bool(settings.SMS_URL and settings.SMS_KEY and settings.SMS_SENDER)


def takes_texts() -> bool:
    """Whether an answer would be taken in."""
    return len(settings.SMS_SECRET) >= rules.LEAST_SECRET


def own(viewer: Person, at: datetime) -> NumberView | None:
    """The viewer's own number, verified or waiting for its code; None where there is none."""
    row = Number.objects.filter(person=viewer).first()
    if row is None or (row.verified_at is None and row.code_ends_at <= at):
        return None
    return NumberView(
        row.number, row.verified_at is not None, None if row.verified_at is not None else row.code_ends_at
    )
