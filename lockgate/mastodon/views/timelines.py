"""Home, all our own people, tags; search; what one was told; where one has read to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.mastodon import operations, queries, reading
from lockgate.mastodon.entities import instant
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.reading.told import KIND
from lockgate.mastodon.speaking import Asked, Paged
from lockgate.notices import operations as notices
from lockgate.notices import queries as told
from lockgate.search import queries as sought

_TIMELINES = ("home", "notifications")


def home(asked: Asked) -> Paged:
    reader = Reader.of(asked)
    return reading.feed(asked, reader, reader.seated.heard, apart=reading.apart(reader))


def public(asked: Asked) -> Paged:
    """What all our own people hear. Nothing here is ever on the Internet, and nothing comes from it."""
    reader = Reader.of(asked)
    if asked.fields.flag("remote"):
        return Paged([])
    return reading.feed(asked, reader, reader.for_all())


def search(asked: Asked) -> dict[str, Any]:
    """Accounts by name, and words as the house's own search finds them in the rooms where the viewer sits."""
    reader, fields = Reader.of(asked), asked.fields
    kind, words = fields.text("type"), fields.text("q").strip()
    limit = fields.limit(20, 40)
    # Mastodon takes an offset together with a kind alone.
    skipped = min(fields.number("offset") or 0, 200) if kind else 0
    accounts: list[dict[str, Any]] = []
    if kind in {"", "accounts"}:
        accounts = reading.found(
            reader, words, limit, skipped=skipped, of_followed=fields.flag("following") and kind == "accounts"
        )
    statuses: list[dict[str, Any]] = []
    if kind in {"", "statuses"} and words.startswith(asked.base):
        number = read_id(words.rpartition("#")[2])
        if number is not None:
            try:
                statuses = [reading.status(reader, number)]
            except NotFound:
                statuses = []
    elif kind in {"", "statuses"} and words:
        hits = sought.search(reader.viewer, words[:300], at=reader.at, limit=limit + skipped).hits[skipped:]
        statuses = [reading.status(reader, one.passage_id) for one in hits]
    tags: list[dict[str, Any]] = []
    if kind in {"", "hashtags"} and (beginning := words.removeprefix("#")) and len(beginning.split()) == 1:
        found = reading.topics_found(reader, beginning, limit + skipped)[skipped:]
        tags = [reader.draw.topic(word, is_followed=is_followed) for word, is_followed in found]
    return {"accounts": accounts, "statuses": statuses, "hashtags": tags}


# What one was told


def notifications(asked: Asked) -> Paged:
    """Notices as clients can show them: the sentence is the status."""
    drawn = notices_asked(asked, Reader.of(asked))
    if not drawn:
        return Paged([])
    return Paged(drawn, drawn[-1]["id"], drawn[0]["id"])


def notification(asked: Asked, number: str) -> dict[str, Any]:
    wanted = read_id(number)
    found = reading.notice(Reader.of(asked), wanted) if wanted is not None else None
    if found is None:
        raise NotFound
    return found


def unread_count(asked: Asked) -> dict[str, Any]:
    return {"count": told.unseen(asked.viewer)}


def clear(asked: Asked) -> dict[str, Any]:
    """What one was told is seen. It stays in the record: nothing is thrown away from an app."""
    notices.mark_seen(by=asked.viewer.pk, at=asked.at)
    return {}


def dismiss(asked: Asked, number: str) -> dict[str, Any]:
    """Seen. As with all of them, it stays among what one was told."""
    seen = notification(asked, number)
    notices.mark_one_seen(by=asked.viewer.pk, at=asked.at, notice_id=int(seen["id"]))
    return {}


def notification_policy(asked: Asked) -> dict[str, Any]:
    return {
        **{
            f"for_{one}": "accept"
            for one in (
                "not_following",
                "not_followers",
                "new_accounts",
                "private_mentions",
                "limited_accounts",
                "bots",
            )
        },
        "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
    }


def notices_asked(asked: Asked, reader: Reader) -> list[dict[str, Any]]:
    """A page of what the reader was told, by cursors and kinds, the latest first."""
    fields = asked.fields
    wanted, unwanted = fields.texts("types"), fields.texts("exclude_types")
    if (wanted and KIND not in wanted) or KIND in unwanted:
        return []
    before, lowest = fields.number("max_id"), fields.number("min_id")
    return reading.notices(
        reader,
        before=before,
        after=max(lowest or 0, fields.number("since_id") or 0),
        limit=fields.limit(40, 80),
        upwards=lowest is not None and before is None,
    )


# Where one has read to


def markers(asked: Asked) -> dict[str, Any]:
    wanted = asked.fields.texts("timeline")
    kept = queries.markers(asked.viewer)
    return {name: _marker(*value) for name, value in kept.items() if not wanted or name in wanted}


def mark(asked: Asked) -> dict[str, Any]:
    for name in _TIMELINES:
        words = asked.fields.within(name).text("last_read_id")
        if not words:
            continue
        number = read_id(words)
        if number is None:
            raise BadInput(_("“last_read_id” is an id: digits in a text."))
        operations.mark_read(by=asked.viewer, timeline=name, last_read=number, at=asked.at)
    return {name: _marker(*value) for name, value in queries.markers(asked.viewer).items()}


def _marker(last: int, version: int, at: Any) -> dict[str, Any]:
    return {"last_read_id": str(last), "version": version, "updated_at": instant(at)}
