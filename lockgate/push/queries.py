"""Reads of push, each person their own."""

from __future__ import annotations

from django.conf import settings

from lockgate.people.models import Person
from lockgate.push.binding import opened, stands
from lockgate.push.encryption import public_key
from lockgate.push.models import Subscription
from lockgate.push.types import AppSubscription, Device

__all__ = ["devices", "is_on", "of_app", "public_key"]


def is_on() -> bool:
    """Whether this installation pushes at all."""
    return bool(settings.PUSH)


def devices(viewer: Person) -> list[Device]:
    """The viewer's browsers that are told, the latest first. One where they signed out is none, though its row stands
    until the next message would go there."""
    rows = Subscription.objects.filter(person=viewer, token_id__isnull=True).order_by("-pk")
    return [
        Device(one.pk, one.name, one.digest, one.created_at, one.told_at)
        for one in rows
        if (what := opened(one)) is not None and stands(viewer, what)
    ]


def of_app(viewer: Person, token_id: int) -> AppSubscription | None:
    """What the app that speaks with this token asked to be told of; None where it did not."""
    row = Subscription.objects.filter(person=viewer, token_id=token_id).first()
    what = opened(row) if row is not None else None
    if row is None or what is None:
        return None
    return AppSubscription(row.pk, what.keys.endpoint, row.alerts, row.policy)
