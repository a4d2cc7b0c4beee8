"""What one was told, as notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import escape

from lockgate.gateway import queries as gate
from lockgate.mastodon.entities import instant
from lockgate.mastodon.reading.reader import Reader
from lockgate.notices import queries as told
from lockgate.notices.types import NoticeView
from lockgate.people import queries as people
from lockgate.web.waiting import sentence

KIND = "mention"
"""The one kind that every client shows with its words; "status" or "poll" would bear other words."""

_MOST = 200


def notices(
    reader: Reader, *, before: int | None = None, after: int = 0, limit: int = 40, upwards: bool = False
) -> list[dict[str, Any]]:
    """Notices of the reader's own, newest first, of what they may still know."""
    rows = [
        one
        for one in _known(reader, told.of(reader.viewer, limit=_MOST))
        if (before is None or one.id < before) and one.id > after
    ]
    return _drawn(reader, rows[-limit:] if upwards else rows[:limit])


def notice(reader: Reader, number: int) -> dict[str, Any] | None:
    """One of them, asked for anew; None where it is not theirs or they may not know of it any more."""
    row = told.one(reader.viewer, number)
    drawn = _drawn(reader, _known(reader, [row])) if row else []
    return drawn[0] if drawn else None


def _known(reader: Reader, rows: Sequence[NoticeView]) -> list[NoticeView]:
    """Whether they may still know is asked now, not when it was told."""
    messages = {one.message_id for one in rows if one.message_id is not None}
    seen = gate.places_seen(reader.viewer, messages, reader.at)
    return [one for one in rows if one.message_id is None or _may_still_know(one, seen)]


def _may_still_know(one: NoticeView, seen: dict[int, set[str]]) -> bool:
    places = seen.get(one.message_id or 0, set())
    return bool(places) and one.words.get("place", next(iter(places))) in places


def _drawn(reader: Reader, rows: Sequence[NoticeView]) -> list[dict[str, Any]]:
    if not rows:
        return []
    me = reader.draw.person(people.card(reader.viewer), reader.viewer.joined_at)
    return [_notice(reader, one, me) for one in rows]


def _notice(reader: Reader, one: NoticeView, me: dict[str, Any]) -> dict[str, Any]:
    status = reader.draw.status(
        number=one.id,
        message_id=one.message_id or 0,
        author=me,
        body="",
        marking=1,
        place="",
        is_for_all=True,
        visibility="direct",
        created=one.at,
        files=(),
        mentioned={},
    )
    status["content"] = f"<p>{escape(sentence(one))}</p>"
    if one.message_id is None:
        status["url"] = reader.draw.base + "/"
    return {
        "id": str(one.id),
        "type": KIND,
        "created_at": instant(one.at),
        "account": me,
        "group_key": f"ungrouped-{one.id}",
        "status": status,
    }
