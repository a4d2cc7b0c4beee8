"""Values that cross the door of people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonCard:
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

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
