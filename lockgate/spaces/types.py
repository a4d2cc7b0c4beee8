"""Values that cross the door of spaces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceInSpace:
    """An audience as one of its sitters sees it: where they may write and who may ever hear it.

    ``kind`` is "inside" or "guests" ("outside" for the one public audience); ``ceiling`` its highest marking;
    ``role`` the viewer's own; ``hears_from`` the lowest passage position that they hear.
    """

    audience_id: int
    slug: str
    name: str
    about: str
    space_kind: str
    kind: str
    ceiling: int
    role: str
    hears_from: int

    @property
    def key(self) -> str:
        return f"space:{self.slug}"

    @property
    def may_write(self) -> bool:
        return self.role != "observer"


@dataclass(frozen=True, slots=True)
class Seated:
    """Where a person sits at one moment: the spaces by name, and {audience id: lowest position heard} as ``audible``
    answers it (the public audience among them, which is no space)."""

    places: list[PlaceInSpace]
    heard: dict[int, int]


@dataclass(frozen=True, slots=True)
class GuestName:
    """A guest, always named where one writes to them."""

    name: str
    firm: str


@dataclass(frozen=True, slots=True)
class Hearers:
    """Exactly who hears a set of audiences: ``people`` counts all persons, guests among them named."""

    people: int
    guests: tuple[GuestName, ...]

    @property
    def firms(self) -> int:
        return len({guest.firm for guest in self.guests})

    @property
    def colleagues(self) -> int:
        return self.people - len(self.guests)


@dataclass(frozen=True, slots=True)
class Sitter:
    """One seat as a member list shows it."""

    person_id: int
    role: str
