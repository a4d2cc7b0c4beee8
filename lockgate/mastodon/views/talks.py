"""Talks of a few, which clients know as conversations."""

from __future__ import annotations

from typing import Any

from lockgate.attention import operations as attention
from lockgate.conversations import queries as conversations
from lockgate.mastodon import operations, reading
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, Paged


def every(asked: Asked) -> Paged:
    return reading.talks(asked, Reader.of(asked))


def read(asked: Asked, number: str) -> dict[str, Any]:
    """What was said there of late is read, on the pages too."""
    reader = Reader.of(asked)
    place, drawn = reading.talk(reader, number)
    newest = conversations.of_space(reader.viewer, place.slug, reader.at, limit=90).keys
    passages = {one.passage_id for one in newest} | {int(drawn["last_status"]["id"])}
    attention.mark_read(by=reader.viewer, at=reader.at, passages=sorted(passages))
    return reading.talk(reader, number)[1]


def put_away(asked: Asked, number: str) -> dict[str, Any]:
    """Off the list, until more is said. Nobody leaves a talk by this: that is done on its page."""
    reader = Reader.of(asked)
    place, _drawn = reading.talk(reader, number)
    latest = conversations.latest(reader.viewer, [place.audience_id], reader.at)[place.audience_id]
    operations.put_away(by=reader.viewer, audience_id=place.audience_id, up_to=latest.position)
    return {}


def timeline(asked: Asked) -> Paged:
    """All that was said in talks, as older clients ask for it."""
    reader = Reader.of(asked)
    heard = {one.audience_id: one.hears_from for one in reader.places() if reading.is_talk(one)}
    return reading.feed(asked, reader, heard)
