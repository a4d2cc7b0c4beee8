"""Values that cross the door of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

SCOPES = ("read", "post", "mark", "spaces", "webhooks", "export")
"""What an access token may be allowed: to read what its person hears; to post, change and take back; to mark (react,
save, pin, choose, confirm); to join, leave and tend spaces; to tend webhooks; to take out what one has written."""


class PersonCard(NamedTuple):
    """A person as others see them in a list."""

    id: int
    slug: str
    name: str
    title: str
    firm: str
    is_guest: bool
    department: str
    site: str
    language: str
    hue: int
    is_bot: bool = False
    photo: str = ""

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


@dataclass(frozen=True, slots=True)
class TokenView:
    """An access token as its owner sees it; its words are never seen again."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    ends_at: datetime | None
    used_on: date | None
    speaks_for: str = ""
