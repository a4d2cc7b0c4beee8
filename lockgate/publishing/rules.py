"""When to try again, when an absence is believed, when to stop and ask a person. Pure: time is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lockgate.publishing.types import DeliveryState


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lease lasts, and how long after a request left an absence at the channel is believed.

    A channel may still be working on a request that we have given up on: "not there" one second after a
    time-out means nothing, and sending again then is how a post comes to stand there twice. A connector's
    call ends within 45 seconds, so a lease outlives it, and an absence is believed more than a minute later.
    """

    lease: timedelta = timedelta(seconds=60)
    absence: timedelta = timedelta(seconds=120)


MAX_SENDS = 20
# A channel that took a request and kept nothing, so often, is broken in a way that more requests don't mend.
MAX_LOST = 5
MAX_LOOK_UPS = 60
MAX_RECALLS = 60
MAX_READ_BACKS = 10

_FIRST = timedelta(seconds=15)
_LONGEST = timedelta(hours=1)
_LONGEST_ASKED = timedelta(hours=6)


def back_off(tries: int) -> timedelta:
    """15 s, 30 s, 1 min, ... up to an hour after the ``tries``-th try in vain (1 is the first)."""
    doublings = min(max(tries, 1) - 1, 12)
    return min(_FIRST * (1 << doublings), _LONGEST)


def send_again_at(at: datetime, sends: int, asked_seconds: int = 0) -> datetime | None:
    """When a send that the channel did not take is tried again; None after MAX_SENDS.

    A channel that names a time is given it (up to six hours).
    """
    if sends >= MAX_SENDS:
        return None
    asked = min(timedelta(seconds=max(asked_seconds, 0)), _LONGEST_ASKED)
    return at + max(asked, back_off(sends))


def send_lost_again_at(at: datetime, sends: int) -> datetime | None:
    """When what was surely lost on its way is sent again; None after MAX_LOST sends."""
    return None if sends >= MAX_LOST else at + back_off(sends)


def look_up_again_at(at: datetime, look_ups: int) -> datetime | None:
    return None if look_ups >= MAX_LOOK_UPS else at + back_off(look_ups)


def recall_again_at(at: datetime, tries: int) -> datetime | None:
    return None if tries >= MAX_RECALLS else at + back_off(tries)


def read_back_again_at(at: datetime, tries: int) -> datetime | None:
    return None if tries >= MAX_READ_BACKS else at + back_off(tries)


def believes_absence(at: datetime, sent_at: datetime, patience: Patience) -> bool:
    """Whether "it is not there" can be believed: long enough after the request left."""
    return at >= sent_at + patience.absence


def kept(words: str, limit: int = 4000) -> str:
    """``words`` from outside as the database takes them: no NUL (PostgreSQL refuses it), and bounded."""
    return str(words).replace("\x00", "")[:limit]


# Each step that a delivery may take; the trigger in migration 0002 keeps the same table in the database.
STEPS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PLANNED: frozenset({DeliveryState.CLAIMED, DeliveryState.RECALLED}),
    DeliveryState.CLAIMED: frozenset(
        {DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.REFUSED, DeliveryState.RECALLED}
    ),
    DeliveryState.SENT: frozenset(
        {
            DeliveryState.LIVE,
            DeliveryState.REFUSED,
            DeliveryState.UNKNOWN,
            DeliveryState.PLANNED,
            DeliveryState.RECALLING,
            DeliveryState.RECALLED,
        }
    ),
    DeliveryState.UNKNOWN: frozenset(
        {
            DeliveryState.LIVE,
            DeliveryState.REFUSED,
            DeliveryState.PLANNED,
            DeliveryState.RECALLING,
            DeliveryState.RECALLED,
        }
    ),
    DeliveryState.LIVE: frozenset({DeliveryState.RECALLING}),
    DeliveryState.REFUSED: frozenset({DeliveryState.PLANNED}),
    DeliveryState.RECALLING: frozenset({DeliveryState.RECALLED}),
    DeliveryState.RECALLED: frozenset(),
}


def after_recall_was_asked(state: DeliveryState) -> DeliveryState:
    """Where a delivery goes instead when its recall was asked while it was under way."""
    if state is DeliveryState.LIVE:
        return DeliveryState.RECALLING
    if state in (DeliveryState.PLANNED, DeliveryState.REFUSED):
        return DeliveryState.RECALLED
    return state
