"""Gather: what happened since the last look becomes calls to the endpoints whose ears hear it.

Looked at from behind by a minute each time, because what was committed late bears an earlier id; an endpoint is told a
thing once, which the database holds to. Rights are asked here only to write no needless rows: what counts is asked
again at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lockgate.base.ids import id_time, new_id
from lockgate.base.transactions import change
from lockgate.gateway import queries as gate
from lockgate.notices import queries as notices
from lockgate.notices.queries import Happened
from lockgate.spaces import queries as spaces
from lockgate.webhooks import rules
from lockgate.webhooks.models import Call, Endpoint, Looked, State

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)
NOTED_EVERY = timedelta(seconds=30)
"""Where nothing is to be told, so often it is written how far was looked."""
_MOST_WAITING = 10_000
_KINDS = {"revised": "post.revised", "recalled": "post.recalled"}


def gather(*, at: datetime) -> bool:
    """Write the calls that are due from what happened until ``at``; answers whether there is more to look at. Where
    nobody wants to be called, nothing is written at all."""
    running = list(Endpoint.objects.filter(ended_at__isnull=True).select_related("hears_as__firm"))
    if not running:
        return False
    kept = Looked.objects.filter(id=1).values_list("until", flat=True).first()
    # Nothing that happened before the first of them was opened is told.
    first = min(one.created_at for one in running)
    since = max(kept or first, first)
    begins, ends = since - LATE, min(at, since + STRIDE)
    # Read outside of the transaction: SQLite has one write lock, and posts wait for it.
    happened = notices.happened_between(begins, ends)
    made = [call for one in running for call in _calls(one, happened, begins, at)] if happened else []
    if made or kept is None or ends - kept >= NOTED_EVERY:
        with change():
            Call.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
            Looked.objects.update_or_create(id=1, defaults={"until": ends})
    return ends < at


def _calls(one: Endpoint, happened: Sequence[Happened], begins: datetime, at: datetime) -> Iterator[Call]:
    floors = spaces.audible(one.hears_as, at)
    if one.audience_id is not None:
        floors = {key: value for key, value in floors.items() if key == one.audience_id}
    rows = [row for row in happened if row.audience_id in floors]
    if not rows or Call.objects.filter(endpoint=one, state=State.WAITING).count() >= _MOST_WAITING:
        return
    heard_now = gate.heard_of({(row.passage_id, row.kind) for row in rows}, begins)
    # The same minute is looked at again and again.
    passages = {row.passage_id for row in rows} | {heard.passage_id for heard in heard_now}
    calls = list(Call.objects.filter(endpoint=one, passage_id__in=passages))
    known = {(call.passage_id, call.kind, call.happened_at) for call in calls}
    told = {
        call.passage_id: call
        for call in calls
        if call.kind in rules.DELIVERIES and call.state not in (State.FAILED, State.MOOT)
    }
    for heard in heard_now:
        kind = "answer.delivered" if heard.thread_id else "post.delivered"
        happened_at = id_time(heard.position)
        # What was said before anybody asked is not told.
        if (
            happened_at >= one.created_at
            and kind in one.kinds
            and floors.get(heard.audience_id, heard.position + 1) <= heard.position
            and (heard.passage_id, kind, happened_at) not in known
        ):
            yield _call(
                one,
                kind,
                heard.passage_id,
                heard.message_id,
                heard.thread_id,
                heard.audience_id,
                happened_at,
                at,
            )
    for row in rows:
        kind = _KINDS.get(row.kind, "")
        # Who was not told that it came is not told that it changed or went.
        came = told.get(row.passage_id)
        happened_at = id_time(row.number)
        if kind in one.kinds and came is not None and (row.passage_id, kind, happened_at) not in known:
            yield _call(
                one, kind, row.passage_id, came.message_id, came.thread_id, row.audience_id, happened_at, at
            )


def _call(
    one: Endpoint,
    kind: str,
    passage: int,
    message: int,
    thread: int | None,
    audience: int,
    happened_at: datetime,
    at: datetime,
) -> Call:
    return Call(
        id=new_id(at), endpoint=one, kind=kind, passage_id=passage, message_id=message, thread_id=thread,
        audience_id=audience, happened_at=happened_at, due_at=at,
    )  # fmt: skip
