"""What the reader wrote that goes later, as scheduled statuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Asks
from lockgate.gateway import queries as gate
from lockgate.gateway.types import Scheduled
from lockgate.mastodon.entities import instant
from lockgate.mastodon.reading.reader import Reader, is_talk
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
    drawn = _drawn(asked, reader, rows)
    return Paged(drawn, str(rows[-1].passage_id), str(rows[0].passage_id))


def one(asked: Asked, reader: Reader, passage_id: int) -> dict[str, Any]:
    """One of them; NotFound alike for all else."""
    rows = gate.scheduled_of(reader.viewer, reader.at, before=passage_id + 1, after=passage_id - 1, limit=1)
    if not rows:
        raise NotFound
    return _drawn(asked, reader, rows)[0]


def _drawn(asked: Asked, reader: Reader, rows: Sequence[Scheduled]) -> list[dict[str, Any]]:
    polls = conversations.polls_asked({row.passage_id: row.body for row in rows})
    return [_status(asked, reader, row, *polls.get(row.passage_id, (row.body, None))) for row in rows]


def _status(
    asked: Asked, reader: Reader, waiting: Scheduled, words: str, asks: Asks | None
) -> dict[str, Any]:
    return {
        "id": str(waiting.passage_id),
        "scheduled_at": instant(waiting.deliver_at),
        "params": {
            "text": words,
            "poll": _poll(waiting, asks) if asks is not None else None,
            "media_ids": [str(file.id) for file in waiting.files] or None,
            "sensitive": False,
            "spoiler_text": None,
            "visibility": _visibility(reader, waiting),
            "in_reply_to_id": str(waiting.thread_id) if waiting.thread_id else None,
            "language": None,
            "application_id": asked.speaker.app_id if asked.speaker else 0,
            "scheduled_at": None,
            "idempotency": None,
            "with_rate_limit": False,
        },
        "media_attachments": [reader.draw.media(file) for file in waiting.files],
    }


def _poll(waiting: Scheduled, asks: Asks) -> dict[str, Any]:
    """How long it stays open, from when it goes; moved later, it is open for less."""
    open_for = int((asks.closes_at - waiting.deliver_at).total_seconds()) if asks.closes_at else None
    return {
        "options": list(asks.options),
        "expires_in": open_for,
        "multiple": asks.is_multiple,
        "hide_totals": asks.is_anonymous,
    }


def _visibility(reader: Reader, waiting: Scheduled) -> str:
    if waiting.audience_id in reader.for_all():
        return "public"
    place = reader.place(waiting.audience_id)
    return "direct" if place is not None and is_talk(place) else "private"
