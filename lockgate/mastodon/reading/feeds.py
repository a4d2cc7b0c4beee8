"""Feeds, by the cursors of clients."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lockgate.base.ids import MOST
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedKey
from lockgate.mastodon import mutes, rules
from lockgate.mastodon.ids import person_id
from lockgate.mastodon.reading.posts import posts
from lockgate.mastodon.reading.reader import Reader
from lockgate.mastodon.speaking import Asked, Paged
from lockgate.spaces.types import Seated


def feed(asked: Asked, reader: Reader, heard: dict[int, int], *, most: int = 40) -> Paged:
    """One page of the posts in these audiences, by max_id, since_id or min_id."""
    limit = asked.fields.limit(20, most)
    before, after, upwards = cursors(asked, reader)
    if upwards:
        keys = conversations.newer(
            reader.viewer, reader.at, after=after, limit=limit, seated=Seated([], dict(heard))
        )[::-1]
    else:
        floors = {audience: max(floor, after + 1) for audience, floor in heard.items()}
        page = conversations.home(
            reader.viewer, reader.at, before=before, limit=limit, seated=Seated([], floors)
        )
        keys = list(page.keys)
    return paged(reader, keys, muted=mutes.muted(reader.viewer, reader.at))


def by_author(asked: Asked, reader: Reader, author: int) -> Paged:
    limit = asked.fields.limit(20, 40)
    before, after, _upwards = cursors(asked, reader)
    keys = conversations.of_author(reader.viewer, author, reader.at, before=before, after=after, limit=limit)
    return paged(reader, keys)


def tagged(asked: Asked, reader: Reader, tags: set[str]) -> Paged:
    """Posts of the last thousand heard that bear one of these tags."""
    limit = asked.fields.limit(20, 40)
    before, after, _upwards = cursors(asked, reader)
    found: list[FeedKey] = []
    floors = {audience: max(floor, after + 1) for audience, floor in reader.seated.heard.items()}
    for _turn in range(10):
        page = conversations.home(
            reader.viewer, reader.at, before=before, limit=100, seated=Seated([], floors)
        )
        items = conversations.items([one.passage_id for one in page.keys])
        found += [
            key
            for key in page.keys
            if key.passage_id in items and tags & set(rules.tags(items[key.passage_id].body))
        ]
        before = page.older
        if len(found) >= limit or before is None:
            break
    return paged(reader, found[:limit], muted=mutes.muted(reader.viewer, reader.at))


def cursors(asked: Asked, reader: Reader) -> tuple[int | None, int, bool]:
    """(before, after, upwards) as positions. A client pages by ids of posts; feeds are ordered by when they were
    delivered, which is later where somebody signed first."""
    fields = asked.fields

    def position(number: int) -> int:
        return conversations.position_of(reader.viewer, number, reader.at) or number

    before = fields.number("max_id")
    lowest, since = fields.number("min_id"), fields.number("since_id")
    after = lowest if lowest is not None else since
    return (
        position(before) if before else None,
        min(position(after), MOST - 1) if after else 0,
        lowest is not None and before is None,
    )


def paged(reader: Reader, keys: Sequence[FeedKey], *, muted: Collection[int] = ()) -> Paged:
    """These posts but those of whom the reader muted; the cursors stand where the page ends all the same."""
    drawn = posts(reader, [one.passage_id for one in keys])
    if muted:
        hidden = {person_id(one) for one in muted}
        drawn = [one for one in drawn if one["account"]["id"] not in hidden]
    if not keys:
        return Paged(drawn)
    return Paged(drawn, str(keys[-1].passage_id), str(keys[0].passage_id))
