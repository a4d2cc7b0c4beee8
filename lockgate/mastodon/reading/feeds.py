"""Feeds, by the cursors of clients."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from lockgate.attention import queries as attention
from lockgate.base.ids import MOST
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedKey
from lockgate.mastodon import mutes
from lockgate.mastodon.ids import person_id
from lockgate.mastodon.reading.posts import posts, statuses
from lockgate.mastodon.reading.reader import Reader
from lockgate.mastodon.speaking import Asked, Paged
from lockgate.spaces.types import Seated

_LATEST = 60


def feed(
    asked: Asked,
    reader: Reader,
    heard: dict[int, int],
    *,
    most: int = 40,
    apart: Collection[int] = frozenset(),
) -> Paged:
    """One page of the posts in these audiences, by max_id, since_id or min_id, but for those of whom the reader reads
    elsewhere (``apart``, ids)."""
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
    return paged(reader, keys, muted=mutes.muted(reader.viewer, reader.at) | frozenset(apart))


_PAGES = 5


def by_author(asked: Asked, reader: Reader, author: int) -> Paged:
    """What somebody said, newest first: all of it, or what has files (``only_media``), bears a topic (``tagged``), or
    is no boost (``exclude_reblogs``). Of what is left out some pages are read on, so that few are sent empty."""
    fields, limit = asked.fields, asked.fields.limit(20, 40)
    is_media, is_said = fields.flag("only_media"), fields.flag("exclude_reblogs")
    tagged = fields.text("tagged")
    topic = attention.topic(tagged.removeprefix("#"))
    if tagged and not topic:
        return Paged([])
    before, after, _upwards = cursors(asked, reader)
    found: list[dict[str, Any]] = []
    older = newer = ""
    for _page in range(_PAGES if is_media or topic or is_said else 1):
        keys = conversations.of_author(
            reader.viewer, author, reader.at, before=before, after=after, limit=limit
        )
        page = paged(reader, keys)
        found += [
            one
            for one in page.items
            if (not is_media or one["media_attachments"])
            and (not is_said or not one["reblog"])
            and (not topic or any(tag["name"] == topic for tag in one["tags"]))
        ]
        older, newer = page.older or older, newer or page.newer
        if len(keys) < limit or len(found) >= limit:
            break
        before = keys[-1].position
    if len(found) > limit:
        # The next page begins below the last that is sent.
        found, older = found[:limit], str(found[limit - 1]["id"])
    return Paged(found, older, newer)


def on_topics(asked: Asked, reader: Reader, words: Collection[str]) -> Paged:
    """Posts and answers that bear one of these topics; with ``all[]`` and ``none[]`` as clients send them."""
    fields, limit = asked.fields, asked.fields.limit(20, 40)
    also = {attention.topic(one) for one in fields.texts("all")}
    never = {word for one in fields.texts("none") if (word := attention.topic(one))}
    if "" in also:
        return Paged([])
    before = fields.number("max_id") or None
    lowest = fields.number("min_id")
    after = lowest if lowest is not None else fields.number("since_id") or 0
    upwards = lowest is not None and before is None
    noted = attention.on_topics(
        reader.viewer,
        words,
        reader.at,
        also=also,
        never=never,
        before=before,
        after=after,
        limit=limit,
        upwards=upwards,
    )
    if before is None and not upwards:
        for number, topics in _topics_just_named(reader).items():
            named = set(topics)
            if number > after and named & set(words) and also <= named and not never & named:
                noted.append(number)
        noted = sorted(set(noted), reverse=True)[:limit]
    drawn = statuses(reader, noted)
    if muted := mutes.muted(reader.viewer, reader.at):
        hidden = {person_id(one) for one in muted}
        drawn = [one for one in drawn if one["account"]["id"] not in hidden]
    if fields.flag("only_media"):
        drawn = [one for one in drawn if one["media_attachments"]]
    return Paged(drawn, str(noted[-1]), str(noted[0])) if noted else Paged([])


def topics_found(reader: Reader, beginning: str, limit: int) -> list[tuple[str, bool]]:
    """(topic, whether the reader follows it) of the topics that begin so: named in what they hear, or followed."""
    begins = beginning.casefold()
    found = attention.topics_like(reader.viewer, begins, reader.at, limit=limit)
    if not found:
        named = {word for topics in _topics_just_named(reader).values() for word in topics}
        found = sorted(word for word in named if word.startswith(begins))
    followed = attention.follows(reader.viewer)["topic"]
    found += sorted(word for word in followed - set(found) if word.startswith(begins))
    return [(word, word in followed) for word in found[:limit]]


def _topics_just_named(reader: Reader) -> dict[int, tuple[str, ...]]:
    """Topics are noted a moment after a post is delivered; who has just said something looks for it at once."""
    latest = conversations.home(reader.viewer, reader.at, limit=_LATEST, seated=reader.seated).keys
    items = conversations.items([one.passage_id for one in latest])
    return {number: attention.topics(one.body) for number, one in items.items()}


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
