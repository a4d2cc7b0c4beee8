"""What a reader lays over a post: a star, a place among the saved, a pin at the top of the room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import ReactedBy
from lockgate.mastodon import reading, rules
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, NotAllowed, Paged
from lockgate.mastodon.views.statuses import number_of


def favourite(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    talk.react(by=asked.viewer, at=asked.at, passage_id=of, kind=rules.FAVOURITE)
    return reading.status(Reader.of(asked), of)


def unfavourite(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    talk.withdraw(by=asked.viewer, at=asked.at, passage_id=of, kind=rules.FAVOURITE)
    return reading.status(Reader.of(asked), of)


def bookmark(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    talk.save(by=asked.viewer, at=asked.at, passage_id=of)
    return reading.status(Reader.of(asked), of)


def unbookmark(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    talk.unsave(by=asked.viewer, at=asked.at, passage_id=of)
    return reading.status(Reader.of(asked), of)


def pin(asked: Asked, number: str) -> dict[str, Any]:
    """At the top of its room, where every reader sees it: for who tends the room."""
    of = number_of(number)
    try:
        talk.pin(by=asked.viewer, at=asked.at, passage_id=of)
    except NotFound as error:
        raise _why_not(asked, of) from error
    return reading.status(Reader.of(asked), of) | {"pinned": True}


def unpin(asked: Asked, number: str) -> dict[str, Any]:
    of = number_of(number)
    try:
        talk.unpin(by=asked.viewer, at=asked.at, passage_id=of)
    except NotFound as error:
        raise _why_not(asked, of) from error
    return reading.status(Reader.of(asked), of)


def _why_not(asked: Asked, number: int) -> NotAllowed:
    """Why the viewer does not pin what they hear. Raises NotFound for what they do not, like what never was."""
    heard = conversations.heard(asked.viewer, number, asked.at)
    if heard.is_public or heard.thread_id is not None:
        return NotAllowed(
            _("Only a post that begins a thread in a space can be pinned."),
            _("Save it for yourself instead."),
        )
    return NotAllowed(
        _("Posts are pinned for everybody in a space, by those who tend it."),
        _("Ask an owner or a moderator there, or save it for yourself."),
    )


def favourited_by(asked: Asked, number: str) -> Paged:
    reader = Reader.of(asked)
    limit = asked.fields.limit(40, 80)
    by = conversations.reacted_by(reader.viewer, number_of(number), reader.at)
    return Paged([reader.draw.person(one) for one in _who(by)][:limit])


def favourites(asked: Asked) -> Paged:
    reader, limit = Reader.of(asked), asked.fields.limit(20, 40)
    ids = conversations.reacted_with(reader.viewer, rules.FAVOURITE, reader.at)
    return Paged(reading.posts(reader, _page(asked, ids)[:limit]))


def bookmarks(asked: Asked) -> Paged:
    reader, limit = Reader.of(asked), asked.fields.limit(20, 40)
    ids = conversations.saved(reader.viewer, reader.at)
    return Paged(reading.posts(reader, _page(asked, ids)[:limit]))


def _page(asked: Asked, ids: list[int]) -> list[int]:
    """What comes after the post with ``max_id``. The order is that in which they were marked, so ids are no cursors but
    places in it; one that is not in it any more ends the list."""
    last = asked.fields.number("max_id")
    if last is None:
        return ids
    return ids[ids.index(last) + 1 :] if last in ids else []


def _who(by: list[ReactedBy]) -> list[Any]:
    return [person for one in by if one.kind == rules.FAVOURITE for person in one.people]
