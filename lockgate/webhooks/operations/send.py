"""Send: claim a call that is due, ask again what its ears may be told, sign it, call, settle.

A call may arrive twice (a crash after it was taken and before that was written down): its id is the same each time, by
which whoever is called knows it again, as the specification has it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
from django.db.models import F

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.channels.outgoing import Line
from lockgate.channels.sealing import unseal
from lockgate.channels.types import AccountFacts, ChannelError
from lockgate.gateway import queries as gate
from lockgate.notices.operations import tell
from lockgate.spaces import queries as spaces
from lockgate.webhooks import events, rules
from lockgate.webhooks.models import Call, Endpoint, State, Taken
from lockgate.webhooks.operations.opening import let_rest

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=7)
_GONE = 410


def send_due(*, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Make the calls that are due; answers how many were worked on. ``clock`` is asked for each, since a slow
    server may take long and rights are asked at the moment of sending. Safe in several processes."""
    _look_after_lapsed(clock())
    for worked in range(limit):
        claimed = _claim(clock())
        if claimed is None:
            return worked
        _carry_out(claimed, clock)
    return limit


def _claim(at: datetime) -> Call | None:
    number = (
        Call.objects.filter(state=State.WAITING, due_at__lte=at)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)
        .first()
    )
    if number is None:
        return None
    with change():
        # Only whoever turns "waiting" into "claimed" has it.
        if not Call.objects.filter(pk=number, state=State.WAITING).update(
            state=State.CLAIMED, taken_until=at + LEASE, fence=F("fence") + 1
        ):
            return None
    return Call.objects.select_related("endpoint__owner__firm", "endpoint__hears_as__firm").get(pk=number)


def _carry_out(call: Call, clock: Callable[[], datetime]) -> None:
    at = clock()
    body = payload(call, at)
    if body is None:
        _settle(call, State.MOOT, "", at)
        return
    try:
        secret = unseal(bytes(call.endpoint.secret), slug=f"webhook-{call.endpoint_id}", name="secret")
        status = _called(call.endpoint.url, secret, f"msg_{call.pk}", body, at)
    except (ChannelError, Refusal) as error:
        _failed(call, error.sentence, clock())
        return
    if status == _GONE:
        _end(call.endpoint, "gone", clock())
    elif 200 <= status < 300:
        _settle(call, State.SENT, "", clock())
    else:
        _failed(call, str(status), clock())


def payload(call: Call, at: datetime) -> bytes | None:
    """What is sent now: ids, and no word. None where its ears may not be told any more."""
    endpoint = call.endpoint
    if endpoint.ended_at is not None or not endpoint.owner.is_active or not endpoint.hears_as.is_active:
        return None
    if not endpoint.owner.firm.is_house:
        return None
    places = {one.audience_id: one for one in spaces.places_of(endpoint.hears_as, at)}
    if call.audience_id not in places:
        return None
    # What was taken back is heard by nobody: of it, its place and that its coming was told must do.
    is_gone = call.kind == "post.recalled"
    if is_gone and not _came(call):
        return None
    if not is_gone and gate.marking_heard(endpoint.hears_as, call.passage_id, at) is None:
        return None
    return orjson.dumps(
        {
            "type": call.kind,
            "timestamp": rfc3339(call.happened_at),
            "data": {
                "passage": str(call.passage_id),
                "message": str(call.message_id),
                "thread": str(call.thread_id) if call.thread_id is not None else None,
                "place": places[call.audience_id].key,
            },
        }
    )


def _came(call: Call) -> bool:
    """Whether this endpoint was told that the post came."""
    return Call.objects.filter(
        endpoint=call.endpoint_id, passage_id=call.passage_id, kind__in=rules.DELIVERIES, state=State.SENT
    ).exists()


def _called(url: str, secret: str, number: str, body: bytes, at: datetime) -> int:
    """The status that the call was answered with. Raises ChannelError: the way out is the connectors' own, which
    goes to no address inside and follows no redirect."""
    parts = urlsplit(url)
    stamp = int(at.timestamp())
    facts = AccountFacts(
        slug="webhook", base_url=f"{parts.scheme}://{parts.netloc}", config={}, secrets={"secret": secret}
    )
    headers = {
        "Content-Type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": str(stamp),
        "webhook-signature": rules.signature(secret, number, stamp, body),
    }
    with Line(facts, "Webhook") as line:
        answer = line.ask("POST", parts.path or "/", is_write=False, content=body, headers=headers)
    return answer.status


def _failed(call: Call, word: str, at: datetime) -> None:
    since = call.endpoint.failing_since or at
    attempts = call.attempts + 1
    due = rules.next_try(attempts, at)
    with change():
        Endpoint.objects.filter(pk=call.endpoint_id, failing_since__isnull=True).update(failing_since=at)
        if due is not None:
            Call.objects.filter(pk=call.pk, fence=call.fence, state=State.CLAIMED).update(
                state=State.WAITING, taken_until=None, attempts=attempts, due_at=due, last_word=word[:300]
            )
    if due is None:
        _settle(call, State.FAILED, word, at)
    if at - since >= rules.GIVEN_UP_AFTER:
        _end(call.endpoint, "failing", at)


def _settle(call: Call, state: State, word: str, at: datetime) -> None:
    with change():
        kept = Call.objects.filter(pk=call.pk, fence=call.fence, state=State.CLAIMED).update(
            state=state, taken_until=None, attempts=call.attempts + 1, settled_at=at, last_word=word[:300]
        )
        if not kept or state == State.MOOT:
            return
        if state == State.SENT:
            Endpoint.objects.filter(pk=call.endpoint_id, failing_since__isnull=False).update(
                failing_since=None
            )
        action = events.CALL_SENT if state == State.SENT else events.CALL_FAILED
        record([Fact(action, f"w:{call.endpoint_id}", "system", at)])


def _end(endpoint: Endpoint, why: str, at: datetime) -> None:
    """It said that it is gone, or took nothing for days: its owner is told."""
    with change():
        rows = Endpoint.objects.filter(pk=endpoint.pk, ended_at__isnull=True)
        if not rows.update(ended_at=at, why_ended=why):
            return
        let_rest(endpoint.pk, at)
        record([Fact(events.ENDPOINT_ENDED, f"w:{endpoint.pk}", "system", at)])
        tell([endpoint.owner_id], "webhook-ended", words={"word": endpoint.name}, message_id=None, at=at)


def _look_after_lapsed(at: datetime) -> None:
    """What a process that died left behind is called again, under its own id."""
    lapsed = Call.objects.filter(taken_until__lt=at, state=State.CLAIMED)
    if lapsed.exists():
        with change():
            lapsed.update(state=State.WAITING, taken_until=None)


def forget_settled(*, at: datetime) -> int:
    """Rows that were settled long ago go; the archive keeps that they were. Answers how many."""
    Taken.objects.filter(at__lt=at - KEPT).delete()
    return Call.objects.filter(settled_at__lt=at - KEPT).delete()[0]
