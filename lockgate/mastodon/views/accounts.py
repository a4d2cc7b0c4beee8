"""Persons and rooms as accounts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.mastodon import mutes as mutes_kept
from lockgate.mastodon import reading
from lockgate.mastodon.ids import SPACE
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, NotAllowed, Paged
from lockgate.people import queries as people
from lockgate.profiles import queries as profiles
from lockgate.spaces.types import PlaceInSpace


def lookup(asked: Asked) -> dict[str, Any]:
    return reading.named(Reader.of(asked), asked.fields.text("acct"))


def search(asked: Asked) -> list[dict[str, Any]]:
    fields = asked.fields
    return reading.found(
        Reader.of(asked),
        fields.text("q"),
        fields.limit(40, 80),
        skipped=min(fields.number("offset") or 0, 10_000),
        of_followed=fields.flag("following"),
    )


def directory(asked: Asked) -> list[dict[str, Any]]:
    """The people whom the viewer may know of. Who is active is told to nobody: that order is by name."""
    reader, fields = Reader.of(asked), asked.fields
    found = profiles.known(
        reader.viewer,
        reader.at,
        skipped=min(fields.number("offset") or 0, 1_000_000),
        limit=fields.limit(40, 80),
        is_newest_first=fields.text("order") == "new",
    )
    return [reader.draw.person(card, joined) for card, joined in found]


def many(asked: Asked) -> list[dict[str, Any]]:
    reader = Reader.of(asked)
    told = []
    for number in asked.fields.texts("id")[:40]:
        try:
            told.append(reading.account(reader, number))
        except NotFound:
            continue
    return told


def relationships(asked: Asked) -> list[dict[str, Any]]:
    return reading.relationships(Reader.of(asked), asked.fields.texts("id")[:80])


def familiar_followers(asked: Asked) -> list[dict[str, Any]]:
    told = reading.relationships(Reader.of(asked), asked.fields.texts("id")[:80])
    return [{"id": one["id"], "accounts": []} for one in told]


def one(asked: Asked, number: str) -> dict[str, Any]:
    return reading.account(Reader.of(asked), number)


def statuses(asked: Asked, number: str) -> Paged:
    reader = Reader.of(asked)
    kind, of = reading.kind_of(number)
    if kind == SPACE:
        place = _place(reader, number)
        if asked.fields.flag("pinned"):
            lines = conversations.pinned(reader.viewer, place.slug, reader.at, lane=place.lane)
            pinned = reading.posts(reader, [line.passage_id for line in lines])
            return Paged([status | {"pinned": True} for status in pinned])
        return reading.feed(asked, reader, {place.audience_id: place.hears_from})
    reading.person_card(reader, of)
    # Posts are pinned to rooms, not to persons.
    if asked.fields.flag("pinned"):
        return Paged([])
    return reading.by_author(asked, reader, of)


def nobody(asked: Asked, number: str) -> list[Any]:
    """Followers and the like of an account that the viewer may know of: nobody reads who follows whom."""
    reading.account(Reader.of(asked), number)
    return []


def mute(asked: Asked, number: str) -> dict[str, Any]:
    """Not met in the timelines of one's apps. Notices still come: they are the house's, whoever caused them."""
    reader = Reader.of(asked)
    kind, whom = reading.kind_of(number)
    if kind == SPACE:
        _place(reader, number)
        raise NotAllowed(_("A space is not muted from an app."), _("Give up your seat there on its page."))
    reading.person_card(reader, whom)
    seconds = asked.fields.number("duration") or 0
    mutes_kept.mute(by=asked.viewer, at=asked.at, whom=whom, seconds=seconds)
    return reading.relationships(reader, [number])[0]


def unmute(asked: Asked, number: str) -> dict[str, Any]:
    reader = Reader.of(asked)
    reading.account(reader, number)
    kind, whom = reading.kind_of(number)
    if kind != SPACE:
        mutes_kept.unmute(by=asked.viewer, whom=whom)
    return reading.relationships(reader, [number])[0]


def mutes(asked: Asked) -> Paged:
    """Whom one muted, of those whom one may still know of."""
    reader, fields = Reader.of(asked), asked.fields
    known = reader.knows()
    before, after = fields.number("max_id"), fields.number("min_id") or fields.number("since_id") or 0
    rows = [
        (row, whom)
        for row, whom in mutes_kept.listed(reader.viewer, reader.at)
        if whom in known and (before is None or row < before) and row > after
    ][: fields.limit(40, 80)]
    cards = people.cards([whom for _row, whom in rows])
    drawn = [reader.draw.person(cards[whom]) for _row, whom in rows if whom in cards]
    return Paged(drawn, str(rows[-1][0]), str(rows[0][0])) if rows else Paged([])


def not_done(asked: Asked, number: str) -> dict[str, Any]:
    reading.account(Reader.of(asked), number)
    raise NotAllowed(_("Nobody is blocked here: colleagues are heard where you both sit."))


def undone(asked: Asked, number: str) -> dict[str, Any]:
    """Taking back what cannot be done is done already."""
    reader = Reader.of(asked)
    reading.account(reader, number)
    return reading.relationships(reader, [number])[0]


def _place(reader: Reader, number: str) -> PlaceInSpace:
    kind, of = reading.kind_of(number)
    place = reader.place(of) if kind == SPACE else None
    if place is None:
        raise NotFound
    return place
