"""Lists: the spaces where one sits, which are changed on their pages alone, and those of one's own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput, NotFound
from lockgate.mastodon import lists as own
from lockgate.mastodon import reading
from lockgate.mastodon.ids import SPACE, own_list, space_id
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.speaking import Asked, NotAllowed, Paged
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace


def every(asked: Asked) -> list[dict[str, Any]]:
    return [*map(own.drawn, own.of(asked.viewer)), *map(_drawn, Reader.of(asked).places())]


def one(asked: Asked, number: str) -> dict[str, Any]:
    mine = own_list(number)
    if mine is not None:
        return own.drawn(own.one(asked.viewer, mine))
    return _drawn(_place(Reader.of(asked), number))


def create(asked: Asked) -> dict[str, Any]:
    fields = asked.fields
    row = own.keep(
        by=asked.viewer,
        at=asked.at,
        title=fields.text("title"),
        replies_policy=fields.text("replies_policy") or "list",
        exclusive=fields.flag("exclusive"),
    )
    return own.drawn(row)


def change(asked: Asked, number: str) -> dict[str, Any]:
    fields = asked.fields
    row = own.alter(
        by=asked.viewer,
        number=_mine(asked, number),
        title=fields.text("title") if "title" in fields else None,
        replies_policy=fields.text("replies_policy") or None,
        exclusive=fields.flag("exclusive") if "exclusive" in fields else None,
    )
    return own.drawn(row)


def remove(asked: Asked, number: str) -> dict[str, Any]:
    own.remove(by=asked.viewer, number=_mine(asked, number))
    return {}


def members(asked: Asked, number: str) -> Paged:
    mine = own_list(number)
    return _of_space(asked, number) if mine is None else _of_own(asked, mine)


def put_on(asked: Asked, number: str) -> dict[str, Any]:
    """Whoever one may know of: there is nobody whom one has to follow first."""
    mine = _mine(asked, number)
    own.one(asked.viewer, mine)
    own.put_on(by=asked.viewer, at=asked.at, number=mine, whom=_people(asked))
    return {}


def take_off(asked: Asked, number: str) -> dict[str, Any]:
    """Also of those whom one may no longer know of: that they were on it is one's own."""
    mine = _mine(asked, number)
    on_it = {whom for _place, whom in own.members(own.one(asked.viewer, mine))}
    own.take_off(by=asked.viewer, number=mine, whom=_people(asked, besides=on_it))
    return {}


def timeline(asked: Asked, number: str) -> Paged:
    reader, mine = Reader.of(asked), own_list(number)
    if mine is not None:
        return reading.of_list(asked, reader, own.one(reader.viewer, mine))
    place = _place(reader, number)
    return reading.feed(asked, reader, {place.audience_id: place.hears_from})


def with_person(asked: Asked, number: str) -> list[dict[str, Any]]:
    """One's own lists on which somebody is, and the rooms where one sits with them."""
    reader = Reader.of(asked)
    kind, of = reading.kind_of(number)
    if kind == SPACE:
        return [_drawn(_place(reader, number))]
    reading.person_card(reader, of)
    seated = {audience for audience, _one in spaces.sitting([of], list(reader.seated.heard), reader.at)}
    return [
        *map(own.drawn, own.with_person(reader.viewer, of)),
        *(_drawn(one) for one in reader.places() if one.audience_id in seated),
    ]


def _mine(asked: Asked, number: str) -> int:
    """The number of a list of one's own. What a space is, and who sits there, is not changed from an app."""
    mine = own_list(number)
    if mine is None:
        _place(Reader.of(asked), number)
        raise NotAllowed(
            _("Lists are the spaces where you sit, and are not changed from an app."),
            _("Open a space on its page, or ask its owner for seats."),
        )
    return mine


def _people(asked: Asked, besides: Collection[int] = frozenset()) -> list[int]:
    """Those named by ``account_ids``. Raises NotFound alike for who never was and whom one may not know of, but for
    those of ``besides``."""
    numbers = [reading.kind_of(one) for one in asked.fields.texts("account_ids", most=own.MOST_MEMBERS + 1)]
    persons = [of for kind, of in numbers if kind != SPACE]
    reader = Reader.of(asked)
    asked_for = set(persons) - set(besides)
    if spaces.known_to(reader.viewer, reader.at, among=asked_for) != asked_for:
        raise NotFound
    for kind, of in numbers:
        if kind == SPACE and reader.place(of) is None:
            raise NotFound
    if not persons or len(persons) < len(numbers):
        raise BadInput(_("A list is of people: name them by “account_ids”."))
    return persons


def _of_own(asked: Asked, mine: int) -> Paged:
    """By the order in which they were put on it, the latest first; those whom one may still know of."""
    reader, fields = Reader.of(asked), asked.fields
    row = own.one(reader.viewer, mine)
    known = own.known_members(reader.viewer, row, reader.at)
    before, after = fields.number("max_id"), fields.number("min_id") or fields.number("since_id") or 0
    limit = fields.limit(40, 80) if fields.text("limit") != "0" else own.MOST_MEMBERS
    rows = [
        (place, whom)
        for place, whom in own.members(row)
        if whom in known and (before is None or place < before) and place > after
    ]
    # Upwards the page is the one next above, not the newest.
    rows = rows[-limit:] if fields.number("min_id") and before is None else rows[:limit]
    drawn = _accounts(reader, [whom for _place, whom in rows])
    return Paged(drawn, str(rows[-1][0]), str(rows[0][0])) if rows else Paged([])


def _of_space(asked: Asked, number: str) -> Paged:
    reader = Reader.of(asked)
    place = _place(reader, number)
    sitting = [one.person_id for one in spaces.sitters(reader.viewer, place.audience_id, reader.at)]
    limit = asked.fields.limit(40, 80) if asked.fields.text("limit") != "0" else 500
    return Paged(_accounts(reader, sitting[:limit]))


def _accounts(reader: Reader, persons: list[int]) -> list[dict[str, Any]]:
    cards = people.cards(persons)
    joined = dict(Person.objects.filter(pk__in=cards).values_list("pk", "joined_at"))
    return [reader.draw.person(cards[one], joined.get(one)) for one in persons if one in cards]


def _place(reader: Reader, number: str) -> PlaceInSpace:
    kind, of = reading.kind_of(number)
    place = reader.place(of) if kind == SPACE else None
    if place is None:
        raise NotFound
    return place


def _drawn(place: PlaceInSpace) -> dict[str, Any]:
    return {
        "id": space_id(place.audience_id),
        "title": place.name,
        "replies_policy": "list",
        "exclusive": False,
    }
