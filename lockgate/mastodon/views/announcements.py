"""Announcements that ask for a receipt, as the server's announcements: dismissing one gives the receipt."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape

from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedItem, Marks
from lockgate.mastodon import rules
from lockgate.mastodon.content import hashtags, words_html
from lockgate.mastodon.entities import instant
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked
from lockgate.mastodon.views.statuses import number_of

_MOST = 40


def unread(asked: Asked) -> list[dict[str, Any]]:
    """What asks for a receipt of the viewer's and has none, the oldest first."""
    reader = Reader.of(asked)
    lines = conversations.unconfirmed(reader.viewer, reader.seated.heard, limit=_MOST)
    items = conversations.items([one.passage_id for one in lines])
    marks = conversations.marks(reader.viewer, list(items), reader.at)
    return [_drawn(reader, items[one.passage_id], marks) for one in lines if one.passage_id in items]


def dismiss(asked: Asked, number: str) -> dict[str, Any]:
    talk.confirm(by=asked.viewer, at=asked.at, passage_id=number_of(number))
    return {}


def react(asked: Asked, number: str, name: str) -> dict[str, Any]:
    of = _announced(asked, number)
    talk.react(by=asked.viewer, at=asked.at, passage_id=of, kind=_kind(name))
    return {}


def withdraw(asked: Asked, number: str, name: str) -> dict[str, Any]:
    of = _announced(asked, number)
    talk.withdraw(by=asked.viewer, at=asked.at, passage_id=of, kind=_kind(name))
    return {}


def _announced(asked: Asked, number: str) -> int:
    of = number_of(number)
    if not conversations.tools(asked.viewer, of, asked.at).asks_receipt:
        raise NotFound
    return of


def _kind(name: str) -> str:
    """Our kind behind a client's emoji; another name is refused by its own sentence."""
    return next((kind for kind, emoji in rules.EMOJI.items() if name.strip("\ufe0f") == emoji), name)


def _drawn(reader: Reader, one: FeedItem, marks: Marks) -> dict[str, Any]:
    """What asks for a receipt. Who said it and where is said in words: the entity has no author."""
    base, at = reader.draw.base, instant(one.delivered_at)
    mine = marks.reacted.get(one.passage_id, frozenset())
    return {
        "id": str(one.passage_id),
        "content": f"{words_html(one.body, base)}<p>{escape(one.author.name)} · {escape(one.place_name)}</p>",
        "starts_at": None,
        "ends_at": None,
        "published": True,
        "all_day": False,
        "published_at": at,
        "updated_at": at,
        "read": False,
        "mentions": [],
        "statuses": [],
        "tags": hashtags(one.body, base),
        "emojis": [],
        "reactions": [
            {"name": rules.EMOJI[kind], "count": count, "me": kind in mine} for kind, count in one.reactions
        ],
    }
