"""Deliver: one passage from the outbox to its channel, and what came of it into the record.

The network is used between transactions, never in one. What a crash means at each step is told where it stands.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations.release import choice_of, locked
from lockgate.notices.operations import announce, tell
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.publishing import operations as publishing
from lockgate.publishing import queries as deliveries
from lockgate.publishing.types import Claim, DeliveryState, Settled

_STATES = {
    DeliveryState.LIVE: State.DELIVERED,
    DeliveryState.REFUSED: State.FAILED,
    DeliveryState.UNKNOWN: State.UNKNOWN,
    DeliveryState.PLANNED: State.QUEUED,
    DeliveryState.RECALLING: State.RECALLING,
    DeliveryState.RECALLED: State.RECALLED,
}
_FACTS = {
    State.DELIVERED: events.PASSAGE_DELIVERED,
    State.FAILED: events.PASSAGE_FAILED,
    State.UNKNOWN: events.PASSAGE_UNKNOWN,
    State.RECALLED: events.PASSAGE_RECALLED,
}


def deliver_next(*, at: datetime, limit: int = 4) -> int:
    """Claim and attempt what is due in the outbox (sending, looking up, taking away), then read back what has
    newly arrived; answers how many deliveries were worked on.

    Safe in several processes: a claim is a lease with a fence. After a crash the lease lapses, and whoever
    claims next looks
    up at the channel what may already be there.
    """
    claims = publishing.claim(at=at, limit=limit)
    for claim in claims:
        try:
            settled = publishing.attempt(claim, at=at)
            # A crash here: the channel may have it, our row says "sent". The next claim looks up by the token.
            settle(claim, settled, at=at)
        except publishing.ClaimLost:
            # Somebody with a younger fence took it up while we waited: what we know is old news.
            continue
    seen = publishing.claim_read_backs(at=at, limit=limit)
    for delivery_id in seen:
        read_back(delivery_id, at=at)
    return len(claims) + len(seen)


def settle(claim: Claim, settled: Settled, *, at: datetime) -> str:
    """Keep what an attempt came to: delivery, passage, archive entry, notice and happening in one transaction.
    Answers the passage's new state. Raises ClaimLost where the fence has moved on; then nothing is changed."""
    with change():
        # The passage before its delivery, as everybody locks them: a recall in this moment waits its turn.
        passage = locked(claim.passage_id)
        kept = publishing.settle(settled, claim, at=at)
        if passage is None:
            return ""
        state = _STATES[kept.state]
        came_anew = passage.state != state
        is_other_word = passage.last_word != kept.sentence[:500]
        passage.last_word = kept.sentence[:500]
        if not came_anew:
            passage.version += is_other_word
            passage.save()
            if kept.needs_a_person and kept.is_news:
                # Nothing more is tried: whoever waits for it must know, or it would be dropped in silence.
                _tell(passage, "given-up", kept.sentence, at)
            return passage.state
        if state == State.RECALLING and passage.position is None:
            # Asked back while it was under way, and it did arrive: it stands outside until it is seen to be gone.
            _take_position(passage, kept, at)
            _record(passage, events.PASSAGE_DELIVERED, at, "")
        passage.state = state
        passage.version += 1
        if state == State.DELIVERED:
            _take_position(passage, kept, at)
            announce([(passage.audience_id, passage.pk, "delivered")], at=at)
        elif state == State.RECALLED:
            passage.position = None
            announce([(passage.audience_id, passage.pk, "recalled")], at=at)
        passage.save()
        if state in _FACTS:
            _record(passage, _FACTS[state], at, kept.sentence)
            _tell(passage, state, kept.sentence, at)
    return passage.state


def retry(*, by: Person, at: datetime, passage_id: int) -> str:
    """Try a failed or given-up delivery again; its author, or a channel manager, may. Answers the passage's state."""
    with change():
        passage = locked(passage_id)
        if passage is None or not (
            passage.message.author_id == by.pk or _tends_what_is_stuck(by, passage, at)
        ):
            raise NotFound
        delivery = deliveries.of_passage(passage_id)
        if delivery is None:
            raise NotFound
        publishing.retry(delivery_id=delivery.delivery_id, by=by, at=at)
        if passage.state == State.FAILED:
            passage.state = State.QUEUED
            passage.version += 1
            passage.save()
    return passage.state


def _tends_what_is_stuck(by: Person, passage: Passage, at: datetime) -> bool:
    """Of what is not stuck a channel manager knows no more than everybody: it is not there for them to be tried."""
    return passage.state in (State.FAILED, State.UNKNOWN) and "channel_manager" in duties(by, at)


def read_back(delivery_id: int, *, at: datetime) -> None:
    """Look at what stands on the channel; a difference is recorded and told. Delivered and recorded already: a
    crash here
    loses a comparison, which is made at the next round."""
    seen = publishing.read_back(delivery_id, at=at)
    if seen is None or (seen.is_there and not seen.differences):
        return
    delivery = deliveries.delivery(delivery_id)
    with change():
        passage = locked(delivery.passage_id) if delivery else None
        if passage is None:
            return
        passage.last_word = (" ".join(seen.differences) or _("It is no longer there."))[:500]
        passage.version += 1
        passage.save()
        _tell(passage, "differs", passage.last_word, at)


def _take_position(passage: Passage, kept: Settled, at: datetime) -> None:
    passage.position = new_id(at)
    passage.delivered_at = at
    passage.outside_url = kept.url[:500]


def _record(passage: Passage, action: str, at: datetime, sentence: str) -> None:
    record(
        [
            Fact(
                action,
                f"x:{passage.pk}",
                "system",
                at,
                parent=f"m:{passage.message_id}",
                marking=passage.marking,
                body=sentence.encode() if sentence else None,
            )
        ]
    )


def _tell(passage: Passage, kind: str, sentence: str, at: datetime) -> None:
    tell(
        [passage.message.author_id],
        kind,
        words={"place": choice_of(passage).name, "word": sentence[:500]},
        message_id=passage.message_id,
        at=at,
    )
