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
from lockgate.spaces import queries as spaces
from lockgate.webhooks.models import Call, Endpoint, Looked, State

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)
_MOST_WAITING = 10_000
_KINDS = {"revised": "post.revised", "recalled": "post.recalled"}


def gather(*, at: datetime) -> bool:
    """Write the calls that are due from what happened until ``at``; answers whether there is more to look at. Where
    nobody wants to be called, nothing is written at all."""
    running = list(Endpoint.objects.filter(ended_at__isnull=True).select_related("hears_as__firm"))
    if not running:
        return False
    with change():
        kept, is_first = Looked.objects.get_or_create(id=1, defaults={"until": at})
        if is_first:
            kept.until = min(one.created_at for one in running)
        # Nothing that happened before the first of them was opened is told.
        kept.until = max(kept.until, min(one.created_at for one in running))
        begins, ends = kept.until - LATE, min(at, kept.until + STRIDE)
        happened = notices.happened_between(begins, ends)
        made = [call for one in running for call in _calls(one, happened, begins, at)] if happened else []
        Call.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
        kept.until = ends
        kept.save()
    return ends < at


def _calls(
    one: Endpoint, happened: Sequence[tuple[int, int, str]], begins: datetime, at: datetime
) -> Iterator[Call]:
    floors = spaces.audible(one.hears_as, at)
    if one.audience_id is not None:
        floors = {key: value for key, value in floors.items() if key == one.audience_id}
    rows = [row for row in happened if row[0] in floors]
    if not rows or Call.objects.filter(endpoint=one, state=State.WAITING).count() >= _MOST_WAITING:
        return
    for heard in gate.heard_of({(passage, kind) for _audience, passage, kind in rows}, begins):
        kind = "answer.delivered" if heard.thread_id else "post.delivered"
        # What was said before anybody asked is not told.
        is_since = id_time(heard.position) >= one.created_at
        if (
            is_since
            and kind in one.kinds
            and floors.get(heard.audience_id, heard.position + 1) <= heard.position
        ):
            yield _call(
                one,
                kind,
                heard.passage_id,
                heard.message_id,
                heard.thread_id,
                heard.audience_id,
                id_time(heard.position),
                at,
            )
    for audience, passage, what in rows:
        kind = _KINDS.get(what, "")
        if kind not in one.kinds:
            continue
        # Who was not told that it came is not told that it changed or went.
        told = Call.objects.filter(
            endpoint=one,
            passage_id=passage,
            kind__in=["post.delivered", "answer.delivered"],
            state=State.SENT,
        ).first()
        again = Call.objects.filter(endpoint=one, passage_id=passage, kind=kind).exists()
        if told is not None and not again:
            yield _call(one, kind, passage, told.message_id, told.thread_id, audience, at, at)


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
