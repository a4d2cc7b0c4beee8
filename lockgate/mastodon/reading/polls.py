"""Polls as clients show them."""

from __future__ import annotations

from typing import Any

from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedItem, PollView
from lockgate.mastodon.entities import poll_drawn
from lockgate.mastodon.reading.reader import Reader


def poll(reader: Reader, passage_id: int) -> dict[str, Any]:
    """A poll that the reader hears. Raises NotFound."""
    return poll_drawn(view(reader, passage_id))


def view(reader: Reader, passage_id: int) -> PollView:
    return conversations.poll(reader.viewer, passage_id, reader.at)


def poll_of(reader: Reader, one: FeedItem) -> dict[str, Any] | None:
    return poll(reader, one.passage_id) if one.poll is not None else None
