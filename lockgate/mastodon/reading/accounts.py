"""Persons whom the reader may know of, and rooms where they sit, as accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import linebreaks

from lockgate.attention import queries as attention
from lockgate.base.refusal import NotFound
from lockgate.mastodon import mutes, notes
from lockgate.mastodon.entities import relationship
from lockgate.mastodon.ids import PERSON, SPACE, behind, person_id, space_id
from lockgate.mastodon.reading.reader import Reader
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.profiles import queries as profiles


def account(reader: Reader, number: str) -> dict[str, Any]:
    """A person whom the reader may know of, or a room where they sit; NotFound alike for all else."""
    kind, found = _behind(number)
    if kind == SPACE:
        place = reader.place(found)
        if place is None:
            raise NotFound
        return reader.draw.space(place)
    if found not in reader.knows():
        raise NotFound
    return whole(reader, Person.objects.select_related("firm", "department", "site").get(pk=found))


def whole(reader: Reader, person: Person) -> dict[str, Any]:
    """Somebody whom the reader may know of, by themselves: with what they say they work on, as the reader may see it.
    Beside a post a person is told shorter."""
    drawn = reader.draw.person(people.card(person), person.joined_at)
    said = (
        profiles.profile(reader.viewer, person.slug, reader.at).written.works_on if person.is_active else ""
    )
    return drawn | {"note": drawn["note"] + str(linebreaks(said, autoescape=True))} if said else drawn


def person_card(reader: Reader, number: int) -> PersonCard:
    if number not in reader.knows():
        raise NotFound
    return people.cards([number])[number]


def kind_of(number: str) -> tuple[int, int]:
    return _behind(number)


def named(reader: Reader, acct: str) -> dict[str, Any]:
    """The account called ``acct``: "name", "@name" or "name@this-host". Addresses have dots where short names have
    hyphens, and people type either."""
    name, _at, host = acct.strip().removeprefix("@").lower().partition("@")
    name = name.replace(".", "-")
    ours = reader.draw.base.partition("://")[2].lower()
    if host and host not in {ours, ours.partition(":")[0]}:
        raise NotFound
    place = reader.place_named(name)
    if place is not None:
        return reader.draw.space(place)
    found = people.by_slug(name)
    if found is None or found.pk not in reader.knows():
        raise NotFound
    return whole(reader, found)


def found(
    reader: Reader, words: str, limit: int, *, skipped: int = 0, of_followed: bool = False
) -> list[dict[str, Any]]:
    """Rooms where the reader sits and persons whom they may know of, whose name holds these words; of persons, those
    whom they follow alone if so asked. A talk bears the names of those in it and is found among the conversations."""
    words = words.strip()[:80]
    low = words.removeprefix("@").partition("@")[0].lower()
    if not low:
        return []
    rooms = [
        one
        for one in reader.places()
        if one.space_kind != "circle" and (low in one.name.lower() or low in one.slug)
    ]
    # Whoever follows 500 people may have them all looked through.
    most = 10_000 if of_followed else skipped + limit
    persons = profiles.called(reader.viewer, words, reader.at, limit=most)
    if of_followed:
        followed = attention.follows(reader.viewer)["person"]
        persons = [one for one in persons if str(one.id) in followed]
    drawn = [*(reader.draw.space(one) for one in rooms), *(reader.draw.person(one) for one in persons)]
    return drawn[skipped : skipped + limit]


def relationships(reader: Reader, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """What the reader is to each account that they may know of; the others are left out."""
    known = reader.knows()
    muted = mutes.muted(reader.viewer, reader.at)
    followed = attention.follows(reader.viewer)["person"]
    told = []
    for number in numbers:
        of = behind(number)
        if of is None:
            continue
        kind, one = of
        if kind == SPACE and reader.place(one) is not None:
            told.append(relationship(space_id(one), is_seated=True))
        elif kind == PERSON and one in known:
            drawn = relationship(person_id(one), is_followed=str(one) in followed)
            told.append(drawn | {"muting": one in muted})
    return _noted(reader, told)


def _noted(reader: Reader, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With what the reader noted down about each person."""
    persons = {one["id"]: of[1] for one in told if (of := behind(one["id"])) and of[0] == PERSON}
    words = notes.about(reader.viewer, persons.values())
    return [one | {"note": words.get(persons.get(one["id"], 0), "")} for one in told]


def _behind(number: str) -> tuple[int, int]:
    of = behind(number)
    if of is None:
        raise NotFound
    return of
