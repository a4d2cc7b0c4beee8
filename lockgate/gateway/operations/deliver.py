"""Deliver: one passage from the outbox to its channel, and what came of it into the record.

The network is used between transactions, never in one. What a crash means at each step is told where it stands.
"""

from __future__ import annotations

from datetime import datetime

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations.attach import open_bytes
from lockgate.gateway.operations.release import choice_of, locked
from lockgate.notices.operations import announce, tell
from lockgate.publishing import operations as publishing
from lockgate.publishing.types import Claim, DeliveryState, Settled

_STATES = {
    DeliveryState.LIVE: State.DELIVERED,
    DeliveryState.REFUSED: State.FAILED,
    DeliveryState.UNKNOWN: State.UNKNOWN,
    DeliveryState.PLANNED: State.QUEUED,
}
_FACTS = {
    State.DELIVERED: events.PASSAGE_DELIVERED,
    State.FAILED: events.PASSAGE_FAILED,
    State.UNKNOWN: events.PASSAGE_UNKNOWN,
}


def deliver_next(*, at: datetime, limit: int = 4) -> int:
    """Claim and attempt what is due in the outbox; answers how many deliveries were attempted.

    Safe in several processes: a claim is a lease with a fence. After a crash the lease lapses, and whoever claims next looks
    up at the channel what may already be there.
    """
    claims = publishing.claim(at=at, limit=limit)
    for claim in claims:
        if claim.state == DeliveryState.RECALLING:
            _settle_recall(claim, publishing.attempt_recall(claim, at=at), at)
            continue
        settled = publishing.attempt(claim, at=at, open_attachment=open_bytes)
        # A crash here: the channel may have it, our row says "sent". The next claim looks up by the delivery's token.
        _settle(claim, settled, at)
    return len(claims)


def recall_next(*, at: datetime) -> int:
    """Recalls wait in the same outbox; kept as a name for those who look for it."""
    return deliver_next(at=at)


def _settle(claim: Claim, settled: Settled, at: datetime) -> None:
    with change():
        passage = locked(settled.passage_id)
        if passage is None or not publishing.settle(settled, claim, at=at):
            # Somebody with a younger fence has settled this: what we know is old news.
            return
        state = _STATES.get(settled.state)
        if state is None or passage.state in (State.DELIVERED, State.RECALLING, State.RECALLED):
            return
        came_anew = passage.state != state
        passage.state = state
        passage.last_word = settled.sentence[:500]
        passage.version += 1
        if state == State.DELIVERED:
            passage.position = new_id(at)
            passage.delivered_at = at
            passage.outside_url = settled.url[:500]
        passage.save()
        if came_anew and state in _FACTS:
            _record(passage, _FACTS[state], at, settled.sentence)
            _tell(passage, state, settled.sentence, at)
        if state == State.DELIVERED:
            announce([(passage.audience_id, passage.pk, "delivered")], at=at)
    if state == State.DELIVERED:
        _read_back(settled.delivery_id, settled.passage_id, at)


def _read_back(delivery_id: int, passage_id: int, at: datetime) -> None:
    # Delivered and recorded already: a crash or an error here loses a comparison, which is made at the next round.
    seen = publishing.read_back(delivery_id, at=at)
    if seen is None:
        return
    with change():
        passage = locked(passage_id)
        if passage is None:
            return
        _record(passage, events.PASSAGE_READ_BACK, at, "; ".join(seen.differences))
        if seen.differences or not seen.is_there:
            passage.last_word = " ".join(seen.differences)[:500]
            passage.version += 1
            passage.save()
            _tell(passage, "differs", passage.last_word, at)


def _settle_recall(claim: Claim, settled: Settled, at: datetime) -> None:
    with change():
        passage = locked(settled.passage_id)
        if passage is None or not publishing.settle(settled, claim, at=at):
            return
        passage.version += 1
        passage.last_word = settled.sentence[:500] or passage.last_word
        if settled.state == DeliveryState.RECALLED:
            passage.state = State.RECALLED
            passage.position = None
            _record(passage, events.PASSAGE_RECALLED, at, settled.sentence)
            announce([(passage.audience_id, passage.pk, "recalled")], at=at)
            _tell(passage, "recalled", "", at)
        passage.save()


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
