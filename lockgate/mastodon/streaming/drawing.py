"""What a listener is sent, drawn for them at the moment of sending: token, seat and passage are asked for anew.

All of it is called in one thread beside the event loop.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from django.utils import translation

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.live.types import Happened
from lockgate.mastodon import filters, lists, mutes, queries, reading
from lockgate.mastodon.ids import PERSON, behind, person_id, space_id
from lockgate.mastodon.reading import Reader
from lockgate.mastodon.streaming.names import DIRECT, NOTICES, USER, Stream, shows
from lockgate.mastodon.types import Speaker
from lockgate.notices import queries as notices
from lockgate.people.models import Person

_KEPT = 128


class TokenEnded(Exception):
    """Who listens by this token may not listen any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, by its number."""

    notice: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One event. ``streams`` are those on which it goes out; None is every one that shows posts. ``talk`` is the
    conversation that it changes, which is what the stream of talks is told instead."""

    event: str
    payload: str
    streams: Collection[Stream] | None
    talk: str = ""

    def on(self, stream: Stream) -> tuple[str, str] | None:
        """(event, payload) as they go out on ``stream``; None where nothing does."""
        if self.talk and stream == DIRECT:
            return "conversation", self.talk
        return (self.event, self.payload) if shows(stream, self.streams) else None


class Drawing:
    """Draws for all listeners. What looks the same for every colleague is drawn once and kept a little while; whether
    one may have it is asked each time all the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, str], Drawn] = OrderedDict()

    def draw(
        self, token_id: int, base: str, what: Happened | Told, numbers: Collection[int] = ()
    ) -> Drawn | None:
        """The event for whoever speaks by this token; None where it is not for them. ``numbers`` are those
        of their own lists that they listen to. Raises TokenEnded."""
        at = now()
        speaker = queries.speaker_of(token_id, at)
        if speaker is None or speaker.person is None:
            raise TokenEnded
        with translation.override(speaker.person.language):
            if isinstance(what, Told):
                return _notice(speaker, base, what.notice, at)
            if what.kind == "recalled":
                # Who could hear it was asked when it was told; there is nothing left to ask about, nor to show.
                return Drawn("delete", str(what.passage), None)
            drawn = self._post(speaker, base, what, at)
            return drawn if drawn is None else _for_reader(speaker.person, drawn, numbers, at)

    def _post(self, speaker: Speaker, base: str, what: Happened, at: datetime) -> Drawn | None:
        person = speaker.person
        assert person is not None
        key = (what.id, base, person.language)
        muted = mutes.muted(person, at)
        kept = self._kept.get(key) if person.firm.is_house and not muted else None
        # Who filters words or muted a thread has it drawn for themselves.
        if kept is not None and not filters.standing(person, at) and not notices.muted_threads(person):
            return kept if conversations.position_of(person, what.passage, at) is not None else None
        reader = Reader.at_moment(person, at, base=base, token_id=speaker.token_id, has_photos=False)
        try:
            status = reading.status(reader, what.passage)
        except NotFound:
            return None
        if status["account"]["id"] in {person_id(one) for one in muted}:
            return None
        event = "update" if what.kind == "delivered" else "status.update"
        talk = _talk(reader, what.audience) if what.kind == "delivered" else ""
        drawn = Drawn(event, _words(status), _streams(reader, what.audience, status), talk)
        if person.firm.is_house and not talk and what.kind == "delivered" and is_alike(status):
            self._kept[key] = drawn
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return drawn


def _for_reader(person: Person, drawn: Drawn, numbers: Collection[int], at: datetime) -> Drawn:
    """With the lists of the reader's own that show it, and without their home where they read its author on a list
    alone. Whose it is stands in the words, which may have been drawn for somebody else."""
    apart = lists.apart(person)
    if not numbers and not apart:
        return drawn
    status = orjson.loads(drawn.payload)
    author, answered = _person(status["account"]["id"]), _person(status["in_reply_to_account_id"])
    streams = set(drawn.streams or ())
    if author in apart:
        streams.discard(USER)
    if author is not None and numbers:
        showing = lists.showing(person, numbers, author=author, answered=answered, at=at)
        streams |= {("list", str(one)) for one in showing}
    return replace(drawn, streams=frozenset(streams))


def _person(number: str | None) -> int | None:
    of = behind(number) if number else None
    return of[1] if of is not None and of[0] == PERSON else None


def is_alike(status: dict[str, Any]) -> bool:
    """Whether a post that was just delivered looks the same to each colleague: addresses of files are signed for one
    token, a poll and marks hang on who looks."""
    return not (
        status["media_attachments"]
        or status["poll"]
        or status["quote"]
        or status["reblog"]
        or status["favourited"]
        or status["bookmarked"]
        or status["filtered"]
        or status["muted"]
    )


def living(tokens: Collection[int]) -> frozenset[int]:
    """Of these tokens, those that still speak."""
    return queries.living(tokens, now())


def told_since(begins: datetime) -> list[tuple[int, int]]:
    """(notice, person) of what was told since."""
    return list(notices.told_between(begins, now()))


def _notice(speaker: Speaker, base: str, number: int, at: datetime) -> Drawn | None:
    assert speaker.person is not None
    drawn = reading.notice(Reader.at_moment(speaker.person, at, base=base, token_id=speaker.token_id), number)
    return Drawn("notification", _words(drawn), (USER, NOTICES)) if drawn else None


def _talk(reader: Reader, audience: int) -> str:
    """The conversation as this reader sees it; nothing where the room is no talk."""
    place = reader.place(audience)
    if place is None or not reading.is_talk(place):
        return ""
    return _words(reading.talk(reader, space_id(audience))[1])


def _streams(reader: Reader, audience: int, status: dict[str, Any]) -> frozenset[Stream]:
    streams: set[Stream] = {USER, ("list", space_id(audience))}
    tags = [one["name"] for one in status["tags"]]
    streams |= {(name, tag) for tag in tags for name in ("hashtag", "hashtag:local")}
    if audience in reader.for_all():
        streams |= {("public",), ("public:local",)}
        if status["media_attachments"]:
            streams |= {("public:media",), ("public:local:media",)}
    return frozenset(streams)


def _words(entity: dict[str, Any]) -> str:
    return orjson.dumps(entity).decode()
