"""Who may hear what, told in the words of the promises and in nothing of the house: this file imports none of it.

A *place* is a room or a lane of one. Time is a whole number that only grows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FOR_EVER = 10**9


@dataclass
class Place:
    """``room`` is the space it belongs to; ``firm`` whose lane it is; ``sealed`` until when nobody of ours hears."""

    room: str
    entry: str = "private"
    guests: bool = False
    firm: str = ""
    sealed: int = 0
    ceiling: int = 2
    archived: bool = False

    @property
    def is_lane(self) -> bool:
        return bool(self.firm)


@dataclass
class Stay:
    """One seat: hears what was said from ``hears`` on, while it lasts."""

    begins: int
    hears: int
    ends: int = FOR_EVER
    role: str = "member"


@dataclass
class Said:
    """One message in one place. ``at`` is when it was delivered, None when it was taken back."""

    passage: int
    message: int
    author: str
    place: str
    at: int | None
    root: Said | None = None
    saved_by: set[str] = field(default_factory=set)
    reacted: set[str] = field(default_factory=set)


class Oracle:
    """``firms`` is {person: firm}; "" is the house."""

    def __init__(self, firms: dict[str, str]) -> None:
        self.firms = firms
        self.places: dict[str, Place] = {}
        self.stays: dict[tuple[str, str], Stay] = {}
        self.asking: set[tuple[str, str]] = set()
        self.papers: dict[str, tuple[int, int]] = {}
        self.gone: set[str] = set()
        self.said: list[Said] = []
        self.now = 1

    # -- what is true

    def is_ours(self, person: str) -> bool:
        return not self.firms[person]

    def stay(self, person: str, place: str) -> Stay | None:
        one = self.stays.get((person, place))
        if one is None or person in self.gone or not one.begins <= self.now < one.ends:
            return None
        return one

    def hears(self, person: str, said: Said) -> bool:
        one = self.stay(person, said.place)
        return one is not None and said.at is not None and one.hears <= said.at

    def may_speak(self, person: str, place: str) -> bool:
        one, where = self.stay(person, place), self.places[place]
        is_shut = bool(where.sealed) and where.sealed <= self.now
        return one is not None and one.role != "observer" and not where.archived and not is_shut

    def feed(self, person: str) -> set[int]:
        return {one.passage for one in self.said if one.root is None and self.hears(person, one)}

    def found(self, person: str) -> set[int]:
        return {one.passage for one in self.said if self.hears(person, one)}

    def sees(self, person: str, message: int) -> bool:
        """Somebody who wrote it sees it, too, while they still sit where they said it."""
        return any(
            self.hears(person, one) or (one.author == person and self.stay(person, one.place))
            for one in self.said
            if one.message == message
        )

    def places_of(self, person: str) -> set[str]:
        return {place for place in self.places if self.stay(person, place)}

    def doors(self, person: str) -> set[str]:
        """Rooms that somebody may find without sitting there."""
        if not self.is_ours(person) or person in self.gone:
            return set()
        return {
            name
            for name, one in self.places.items()
            if one.entry != "private" and not one.archived and not self.stay(person, name)
        }

    def beside(self, place: str) -> list[str]:
        """The lanes that go with a place: with the buyers' own all of the room's; with a firm's lane its box."""
        here = self.places[place]
        return [
            name
            for name, one in self.places.items()
            if name != place
            and one.room == here.room
            and one.is_lane
            and (not here.is_lane or (one.firm == here.firm and bool(one.sealed) and not here.sealed))
        ]

    def admits(self, person: str, place: str) -> bool:
        """Whether this person may ever be given a seat here now."""
        where = self.places[place]
        if person in self.gone or self.stays_or_will(person, place):
            return False
        if self.is_ours(person):
            return True
        until, ceiling = self.papers.get(person, (FOR_EVER, 3))
        is_theirs = not where.firm or where.firm == self.firms[person]
        return where.guests and is_theirs and until > self.now and ceiling >= where.ceiling

    def stays_or_will(self, person: str, place: str) -> bool:
        one = self.stays.get((person, place))
        return one is not None and self.now < one.ends and one.begins < one.ends

    # -- what is done

    def sit(self, person: str, place: str, *, past: bool, role: str = "member", ends: int = FOR_EVER) -> None:
        where = self.places[place]
        begins = max(self.now, where.sealed) if self.is_ours(person) else self.now
        if not self.is_ours(person):
            ends = min(ends, self.papers.get(person, (FOR_EVER, 3))[0])
        self.stays[person, place] = Stay(begins, 0 if past else self.now, ends, role)

    def seat(self, person: str, place: str, *, past: bool, role: str = "member") -> None:
        for one in (place, *self.beside(place)):
            if not self.stays_or_will(person, one):
                self.sit(person, one, past=past, role=role)

    def end(self, person: str, place: str) -> None:
        one = self.stays.get((person, place))
        if one is not None and one.ends > self.now:
            one.ends = max(self.now, one.begins) if one.begins > self.now else self.now

    def leave(self, person: str, place: str) -> None:
        for one in (place, *self.beside(place)):
            self.end(person, one)

    def clear(self, room: str) -> None:
        for person, place in list(self.stays):
            if self.places[place].room == room and not self.is_ours(person):
                self.end(person, place)

    def file_paper(self, person: str, until: int, ceiling: int) -> None:
        self.papers[person] = until, ceiling
        for (whose, place), one in self.stays.items():
            if whose == person and one.ends > self.now:
                if self.places[place].ceiling > ceiling:
                    self.end(person, place)
                else:
                    one.ends = until

    def break_glass(self, person: str, room: str, lasts: int) -> None:
        for place, one in self.places.items():
            if one.room == room and one.sealed <= self.now and not self.stay(person, place):
                self.sit(person, place, past=True, role="observer", ends=self.now + lasts)
