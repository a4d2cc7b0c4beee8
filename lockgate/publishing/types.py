"""Values that cross publishing's door."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """The life of one delivery to one channel account.

    planned -> claimed -> sent -> live | refused | unknown; unknown -> live | planned (looked up, surely
    absent); live -> recalling -> recalled. ``sent`` is committed before the request leaves, so that whoever
    finds it after a crash knows to look up and not to send. The database refuses every other step.
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    LIVE = "live"
    REFUSED = "refused"
    RECALLING = "recalling"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease on one delivery. ``fence`` rises with each claim; whoever holds an older one settles nothing.

    ``state`` says what the claim is for: claimed = send it; sent or unknown = look it up, never send it;
    recalling = take it away and see that it is gone. ``taken`` is this process's monotonic clock when it was
    taken, so that the time a claim waited its turn is counted.
    """

    delivery_id: int
    passage_id: int
    fence: int
    state: DeliveryState
    taken: float = field(default_factory=time.monotonic, compare=False)


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt came to, for the gateway to record. ``sentence`` is safe to show.

    ``due_at`` is when the next try is made; None with planned, unknown or recalling means that Lockgate has
    tried often enough and a person must press "try again". ``is_news`` is false when the state is the one
    that the delivery had before (a look-up that found nothing out), so that nobody is told the same twice.
    """

    delivery_id: int
    passage_id: int
    state: DeliveryState
    sentence: str
    reference: str = ""
    url: str = ""
    differences: tuple[str, ...] = ()
    due_at: datetime | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    is_news: bool = True

    @property
    def needs_a_person(self) -> bool:
        waits = {DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.RECALLING}
        return self.state is DeliveryState.REFUSED or (self.state in waits and self.due_at is None)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a delivery, by reference. ``path`` is relative to the attachments folder."""

    path: str
    name: str
    media_type: str
    alt: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen on the channel when a delivery was read back. ``differences`` are plain sentences."""

    delivery_id: int
    passage_id: int
    is_there: bool
    differences: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadBackView:
    """What stood on the channel when it was last looked at."""

    at: datetime
    is_there: bool
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery as a page shows it. ``sentence`` is the last word on it, safe to show."""

    delivery_id: int
    passage_id: int
    message_id: int
    account_slug: str
    account_name: str
    connector: str
    state: DeliveryState
    sentence: str
    reference: str
    url: str
    attempts: int
    look_ups: int
    planned_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    settled_at: datetime | None
    needs_a_person: bool
    is_paused: bool
    read_back: ReadBackView | None = None
    recall_why: str = ""
    recall_asked_by: str = ""
    recall_asked_at: datetime | None = None
    verified_gone_at: datetime | None = None
