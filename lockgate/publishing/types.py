"""Values that cross publishing's door."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """The life of one delivery to one channel account.

    planned -> claimed -> sent -> live | refused | unknown; unknown -> live | planned (looked up, surely absent);
    live -> recalling -> recalled. ``sent`` is committed before the request leaves, so that whoever finds it after a crash
    knows to look up and not to send.
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
    """A lease on one delivery. ``fence`` rises with each claim; whoever holds an older one settles nothing."""

    delivery_id: int
    passage_id: int
    fence: int
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt came to, for the gateway to record. ``sentence`` is safe to show."""

    delivery_id: int
    passage_id: int
    state: DeliveryState
    sentence: str
    reference: str = ""
    url: str = ""
    differences: tuple[str, ...] = ()
