"""Values that cross the door of mastodon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lockgate.people.models import Person


@dataclass(frozen=True, slots=True)
class AppView:
    """A client application as it registered itself. Its name and website are its own words, checked by nobody."""

    id: int
    client_id: str
    name: str
    website: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """A new application with its secret, which is shown this once."""

    app: AppView
    secret: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks by a token: a person through an app, or an app alone (``person`` is None)."""

    token_id: int
    person: Person | None
    scopes: frozenset[str]
    app_id: int
    app_name: str
    app_website: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A token just made. ``words`` is the token itself, shown this once."""

    words: str
    scopes: tuple[str, ...]
    created_at: datetime
    person: Person | None


@dataclass(frozen=True, slots=True)
class Connected:
    """One app that speaks for a person, as their own page lists it."""

    token_id: int
    name: str
    website: str
    scopes: tuple[str, ...]
    created_at: datetime
    used_on: str
