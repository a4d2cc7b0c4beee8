"""Who reads: one viewer at one moment, and where they sit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lockgate.mastodon.entities import Drawing
from lockgate.mastodon.filters import standing
from lockgate.mastodon.models import Filter
from lockgate.mastodon.speaking import Asked
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace, Seated


@dataclass(frozen=True, slots=True)
class Reader:
    """One viewer at one moment: where they sit, asked once a request, and how answers are drawn for them."""

    viewer: Person
    at: datetime
    seated: Seated
    draw: Drawing
    filters: Sequence[Filter] = ()

    @classmethod
    def of(cls, asked: Asked) -> Reader:
        return cls.at_moment(
            asked.viewer, asked.at, base=asked.base, token_id=asked.speaker.token_id if asked.speaker else 0
        )

    @classmethod
    def at_moment(
        cls, viewer: Person, at: datetime, *, base: str, token_id: int, has_photos: bool = True
    ) -> Reader:
        drawing = Drawing(base, token_id, at, has_photos)
        return cls(viewer, at, spaces.seated(viewer, at), drawing, standing(viewer, at))

    def places(self) -> list[PlaceInSpace]:
        """One for each space; of a space with several audiences, the one that is named first."""
        return list({one.audience_id: one for one in self.seated.places}.values())

    def place(self, audience: int) -> PlaceInSpace | None:
        return next((one for one in self.seated.places if one.audience_id == audience), None)

    def place_named(self, slug: str) -> PlaceInSpace | None:
        return next((one for one in self.seated.places if one.slug == slug), None)

    def for_all(self) -> dict[int, int]:
        """The audiences at which every employee sits: the company's own rooms, and what it says outside."""
        rooms = {one.audience_id for one in self.seated.places}
        company = {one.audience_id for one in self.seated.places if is_for_all(one)}
        return {
            audience: floor
            for audience, floor in self.seated.heard.items()
            if audience in company or audience not in rooms
        }

    def knows(self) -> Collection[int]:
        return spaces.known_to(self.viewer, self.at)


def is_talk(place: PlaceInSpace) -> bool:
    """Whether it is a talk of a few, which clients know as a conversation."""
    return place.space_kind == "circle" and not place.lane


def is_for_all(place: PlaceInSpace) -> bool:
    """Whether every employee, and nobody else, sits there."""
    return place.space_kind == "company" and place.kind == "inside"
