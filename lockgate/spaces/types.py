"""Values that cross the door of spaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Backlog(StrEnum):
    """How much of what was said before somebody who is invited may hear."""

    NOTHING = "nothing"
    DAY = "day"
    ALL = "all"


def place_key(slug: str, lane: str = "") -> str:
    """The key of an audience: "space:<slug>" for the main one of a space, "space:<slug>/<lane>" for another."""
    return f"space:{slug}/{lane}" if lane else f"space:{slug}"


def place_name(space: str, lane: str = "") -> str:
    return f"{space} · {lane}" if lane else space


def place_address(slug: str, lane: str = "") -> str:
    return f"/spaces/{slug}/lanes/{lane}" if lane else f"/spaces/{slug}"


def split_key(key: str) -> tuple[str, str]:
    """Slug and lane of a "space:" key."""
    slug, _slash, lane = key.removeprefix("space:").partition("/")
    return slug, lane


# A tuple, as each page makes dozens of them and a frozen dataclass takes five times as long; so are cards, hits and
# lines of feeds.
class PlaceInSpace(NamedTuple):
    """An audience as one of its sitters sees it: where they may write and who may ever hear it.

    ``kind`` is "inside" or "guests" ("outside" for the one public audience); ``ceiling`` its highest marking;
    ``role`` the viewer's own; ``hears_from`` the lowest passage position that they hear. ``lane`` is "" for the main
    audience of its space. Nothing new is said where it ``is_archived``, or ``is_shut`` because its seal was broken;
    ``is_sealed`` while the seal holds.
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
    lane: str = ""
    entry: str = "private"
    is_archived: bool = False
    is_shut: bool = False
    is_sealed: bool = False

    @property
    def key(self) -> str:
        return place_key(self.slug, self.lane)

    @property
    def address(self) -> str:
        return place_address(self.slug, self.lane)

    @property
    def lane_name(self) -> str:
        """The name of the lane without its space's."""
        return self.name.rpartition(" · ")[2]

    @property
    def may_write(self) -> bool:
        return self.role != "observer" and not self.is_archived and not self.is_shut

    @property
    def tends(self) -> bool:
        """Whether the viewer gives and ends seats here."""
        return self.role in {"owner", "moderator"}


@dataclass(frozen=True, slots=True)
class Seated:
    """Where a person sits at one moment: the spaces by name, and {audience id: lowest position heard} as ``audible``
    answers it (the public audience among them, which is no space). What is ``archived`` is heard as before, and stands
    in no list."""

    places: list[PlaceInSpace]
    heard: dict[int, int]
    archived: list[PlaceInSpace] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TalkOpened:
    """The talk of some people, and from when on whoever asked for it sits there. ``is_new`` where there was none."""

    slug: str
    since: datetime
    is_new: bool


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
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """A space that an employee may find without sitting in it: what stands on its door and nothing else.
    ``request_id`` is the viewer's own waiting request."""

    slug: str
    name: str
    about: str
    entry: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request to join, as those who tend the space read it."""

    request_id: int
    person_id: int
    words: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """Who sat where, from when until when (None: still)."""

    person_id: int
    lane: str
    role: str
    begins_at: datetime
    ends_at: datetime | None

    def runs(self, at: datetime) -> bool:
        return self.begins_at <= at and (self.ends_at is None or self.ends_at > at)


@dataclass(frozen=True, slots=True)
class Lane:
    """A firm's lane in a deal room, as the buyers see it; ``sealed`` its box for sealed submissions, if there is
    one."""

    audience_id: int
    key: str
    name: str
    firm_id: int
    firm: str
    sealed_until: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class NdaView:
    ends_at: datetime
    ceiling: int
    reference: str


@dataclass(frozen=True, slots=True)
class Glass:
    """A look into a private space that waits for a second person, or was answered."""

    id: int
    slug: str
    asked_by: int
    why: str
    asked_at: datetime
    answered_by: int | None
    is_agreed: bool
