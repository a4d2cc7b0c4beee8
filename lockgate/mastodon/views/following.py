"""Following people and topics, as the house does: one is told of what they bring, as far as one hears it. It lets
nobody hear anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from lockgate.attention import operations as attention
from lockgate.attention import queries as attending
from lockgate.base.refusal import NotFound
from lockgate.mastodon import reading
from lockgate.mastodon.ids import PERSON
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, NotAllowed, Paged
from lockgate.people import queries as people
from lockgate.spaces import queries as spaces

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


def follow(asked: Asked, number: str) -> dict[str, Any]:
    """A person is followed. Rooms are joined by a seat that their owner gives; an app can only say how it stands."""
    reader = Reader.of(asked)
    kind, of = reading.kind_of(number)
    drawn = reading.account(reader, number)
    if kind == PERSON:
        if of == reader.viewer.pk:
            raise NotAllowed(_("You cannot follow yourself."))
        attention.follow(by=reader.viewer, at=reader.at, kind="person", key=drawn["acct"])
    return reading.relationships(reader, [number])[0]


def unfollow(asked: Asked, number: str) -> dict[str, Any]:
    reader = Reader.of(asked)
    kind, of = reading.kind_of(number)
    drawn = reading.account(reader, number)
    if kind != PERSON:
        raise NotAllowed(_("A seat is not given up from an app."), _("Ask an owner of the space to end it."))
    if of != reader.viewer.pk:
        attention.unfollow(by=reader.viewer, at=reader.at, kind="person", key=drawn["acct"])
    return reading.relationships(reader, [number])[0]


def following(asked: Asked, number: str) -> Paged:
    """Whom the viewer follows, of those whom they may still know of. Whom others follow nobody reads."""
    reader = Reader.of(asked)
    reading.account(reader, number)
    if reading.kind_of(number) != (PERSON, reader.viewer.pk):
        return Paged([])
    rows = [(at, int(key)) for at, key in attending.follows_by_time(reader.viewer, "person")]
    known = spaces.known_to(reader.viewer, reader.at, among=[one for _at, one in rows])
    page, older, newer = _page(asked, [row for row in rows if row[1] in known], usual=40, most=80)
    cards = people.cards([one for _at, one in page])
    return Paged([reader.draw.person(cards[one]) for _at, one in page if one in cards], older, newer)


# Topics


def one_topic(asked: Asked, name: str) -> dict[str, Any]:
    """A topic that somebody used looks like one that nobody did."""
    reader, word = Reader.of(asked), _word(name)
    return reader.draw.topic(word, is_followed=attending.is_followed(reader.viewer, "topic", word))


def follow_topic(asked: Asked, name: str) -> dict[str, Any]:
    word = _word(name)
    attention.follow(by=asked.viewer, at=asked.at, kind="topic", key=word)
    return Reader.of(asked).draw.topic(word, is_followed=True)


def unfollow_topic(asked: Asked, name: str) -> dict[str, Any]:
    word = _word(name)
    attention.unfollow(by=asked.viewer, at=asked.at, kind="topic", key=word)
    return Reader.of(asked).draw.topic(word, is_followed=False)


def followed_topics(asked: Asked) -> Paged:
    reader = Reader.of(asked)
    rows = attending.follows_by_time(reader.viewer, "topic")
    page, older, newer = _page(asked, rows, usual=100, most=200)
    return Paged([reader.draw.topic(word, is_followed=True) for _at, word in page], older, newer)


def timeline(asked: Asked, name: str) -> Paged:
    """What the viewer hears on a topic, or on any of several. Nothing here comes from elsewhere."""
    if asked.fields.flag("remote"):
        return Paged([])
    words = {word for one in (name, *asked.fields.texts("any")) if (word := attending.topic(one))}
    return reading.on_topics(asked, Reader.of(asked), words) if words else Paged([])


def _word(name: str) -> str:
    word = attending.topic(name)
    if not word:
        raise NotFound
    return word


def _page(
    asked: Asked, rows: Sequence[tuple[datetime, T]], *, usual: int, most: int
) -> tuple[Sequence[tuple[datetime, T]], str, str]:
    """One page of one's own follows, the latest first, and its cursors: when they were begun. The number of a row would
    count everybody's."""
    fields, limit = asked.fields, asked.fields.limit(usual, most)
    before, lowest = fields.number("max_id"), fields.number("min_id")
    after = max(lowest or 0, fields.number("since_id") or 0)
    found = [row for row in rows if (not before or _cursor(row[0]) < before) and _cursor(row[0]) > after]
    page = found[-limit:] if lowest is not None and not before else found[:limit]
    if not page:
        return [], "", ""
    is_last = page[-1] == rows[-1]
    return page, "" if is_last else str(_cursor(page[-1][0])), str(_cursor(page[0][0]))


def _cursor(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
