"""Values that cross the door of signin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

EVERYBODY = "everybody"
# Of whom a second factor can be demanded: everybody, or those who hold a duty.
DEMANDABLE = (
    EVERYBODY,
    "administrator",
    "supervisor",
    "channel_manager",
    "policy_author",
    "policy_reviewer",
)


@dataclass(frozen=True, slots=True)
class PasskeyView:
    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can prove themselves by beside a password."""

    has_totp: bool
    codes_left: int
    passkeys: tuple[PasskeyView, ...]

    @property
    def any(self) -> bool:
        return self.has_totp or bool(self.passkeys)
