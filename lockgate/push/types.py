"""Values that cross the door of push."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

ALERTS = (
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
)
POLICIES = ("all", "followed", "follower", "none")
"""Of what an app may ask to be told, and of whose doing."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a browser or an app gives to be pushed to: the address at its push service, its public key (65 bytes) and
    its authentication secret (16), both in base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Device:
    """One of a viewer's own browsers that are told. ``digest`` is of its address, by which the browser knows itself."""

    id: int
    name: str
    digest: str
    since: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class AppSubscription:
    """What an app that speaks for a person asked to be told."""

    id: int
    endpoint: str
    alerts: Mapping[str, bool] = field(default_factory=dict)
    policy: str = "all"
