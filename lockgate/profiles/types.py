"""Values that cross the door of profiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from lockgate.people.types import PersonCard


@dataclass(frozen=True, slots=True)
class Written:
    """What a person writes of themselves, bounded by ``rules``. Everything may be empty."""

    works_on: str = ""
    ask_about: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    spoken: str = ""
    ipa: str = ""
    pronouns: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is not here, from one moment until another. ``last_on`` is the last day, in the calendar of who is away;
    ``deputy`` who stands in, where there is one that the viewer may know of."""

    id: int
    person_id: int
    begins_at: datetime
    ends_at: datetime
    first_on: date
    last_on: date
    deputy: PersonCard | None = None
    words: str = ""

    def runs(self, at: datetime) -> bool:
        return self.begins_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class TeamName:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class TeamView:
    """A project team as an employee sees it; ``lead`` first among ``members``."""

    slug: str
    name: str
    about: str
    lead: PersonCard
    members: tuple[PersonCard, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's page, as one viewer may see it. A guest sees name, work, firm, photo, languages, pronouns, how the
    name is spoken, and when they are away: no phone, no skills, no line, no team."""

    card: PersonCard
    email: str
    time_zone: str
    joined_at: datetime
    written: Written
    photo: str
    away: Away | None = None
    manager: PersonCard | None = None
    reports: tuple[PersonCard, ...] = ()
    teams: tuple[TeamName, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A person in the organisation chart, with those who report to them. ``below`` counts all of these and theirs."""

    card: PersonCard
    below: int
    branches: tuple[Branch, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Photo:
    digest: str
    media_type: str
    content: bytes
