"""What the reader wrote that goes later, as scheduled statuses."""

from __future__ import annotations

from typing import Any

from lockgate.base.refusal import NotFound
from lockgate.gateway import queries as gate
from lockgate.gateway.types import Scheduled
from lockgate.mastodon.entities import instant
from lockgate.mastodon.reading.reader import Reader
from lockgate.mastodon.speaking import Asked, Paged


def page(asked: Asked, reader: Reader) -> Paged:
    """One page of them, the one written last first."""
    fields = asked.fields
    before, lowest = fields.number("max_id"), fields.number("min_id")
    rows = gate.scheduled_of(
        reader.viewer,
        reader.at,
        before=before,
        after=max(lowest or 0, fields.number("since_id") or 0),
        limit=fields.limit(20, 40),
        upwards=lowest is not None and before is None,
    )
    if not rows:
        return Paged([])
    drawn = [_drawn(asked, reader, one) for one in rows]
    return Paged(drawn, str(rows[-1].passage_id), str(rows[0].passage_id))


def one(asked: Asked, reader: Reader, passage_id: int) -> dict[str, Any]:
    """One of them; NotFound alike for all else."""
    rows = gate.scheduled_of(reader.viewer, reader.at, before=passage_id + 1, after=passage_id - 1, limit=1)
    if not rows:
        raise NotFound
    return _drawn(asked, reader, rows[0])


def _drawn(asked: Asked, reader: Reader, waiting: Scheduled) -> dict[str, Any]:
    return {
        "id": str(waiting.passage_id),
        "scheduled_at": instant(waiting.deliver_at),
        "params": {
            "text": waiting.body,
            "poll": None,
            "media_ids": [str(file.id) for file in waiting.files] or None,
            "sensitive": False,
            "spoiler_text": None,
            "visibility": "private",
            "in_reply_to_id": str(waiting.thread_id) if waiting.thread_id else None,
            "language": None,
            "application_id": asked.speaker.app_id if asked.speaker else 0,
            "scheduled_at": None,
            "idempotency": None,
            "with_rate_limit": False,
        },
        "media_attachments": [reader.draw.media(file) for file in waiting.files],
    }
