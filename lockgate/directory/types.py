"""Values that cross the door of directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SCOPES = ("users:read", "users:write", "groups:read", "groups:write")


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as its maker sees it again: never the key itself."""

    id: int
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    used_on: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who says what follows. ``record`` stands in the archive ("k:7" for a key); ``word`` is "scim", "ldap", "csv" or
    "sso". ``key_id`` names the key of SCIM."""

    word: str
    record: str
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a directory says of one person. None: it says nothing of that, and it stays as it is.

    ``manager`` is the id, external id, user name or address of whom they report to; empty where it is nobody."""

    user_name: str | None = None
    email: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    title: str | None = None
    department: str | None = None
    language: str | None = None
    external_id: str | None = None
    manager: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class ManagerView:
    """To whom somebody reports: a person here, or (``name`` empty) as the directory calls one who is not known yet."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class UserView:
    """A person as a directory reads them back."""

    id: str
    user_name: str
    email: str
    name: str
    given_name: str
    family_name: str
    title: str
    department: str
    language: str
    external_id: str
    is_active: bool
    created_at: datetime
    updated_at: datetime
    groups: tuple[tuple[str, str], ...] = ()
    manager: ManagerView | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """``members`` are (id, name); None where they were not asked for."""

    id: str
    name: str
    external_id: str
    created_at: datetime
    updated_at: datetime
    members: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison of a filter: ``field`` of a user or group, ``op`` of eq ne co sw ew pr gt ge lt le."""

    field: str
    op: str
    value: str | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Both:
    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Either:
    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Without:
    inner: Filter


Filter = Step | Both | Either | Without


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a whole list; ``where`` says where it stands there."""

    where: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class LastSync:
    """How the last look at the LDAP server went: ``outcome`` is done, stopped or failed, and ``why`` says why. Empty
    while none has ended. ``is_late`` where the next one is overdue."""

    outcome: str
    why: str
    ended_at: datetime | None
    due_at: datetime
    joined: int
    changed: int
    came_back: int
    left: int
    same: int
    not_taken: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a synchronisation did, or would do: addresses, in the order of its source. ``lines`` counts who reports to
    somebody else now; ``unknown_managers`` who is to report to somebody that is not here."""

    joined: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    came_back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    same: int = 0
    lines: int = 0
    unknown_managers: int = 0
    not_understood: tuple[str, ...] = ()
    is_dry: bool = False
    stopped: str = ""
