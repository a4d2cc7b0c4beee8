"""Values that cross the policy room's door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class Outcome(IntEnum):
    """What a rule or a ruling comes to. Ordered: the gravest finding decides."""

    ALLOW = 0
    TIP = 1
    JUSTIFY = 2
    HOLD = 3
    REFUSE = 4

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What a rule needs to know of a place. ``key`` is "space:<slug>" or "channel:<slug>"; ``kind`` is
    "inside", "guests" or "outside"; ``ceiling`` its highest marking; ``connector`` names a channel's kind."""

    key: str
    kind: str
    ceiling: int
    connector: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Code points start:end of a text that repeat ``words`` consecutive words of a protected message.

    ``message_id`` and ``audience_id`` are for the gateway and the archive, never for a page: whoever writes
    the draft may not be allowed to know that the other message exists.
    """

    start: int
    end: int
    words: int
    message_id: int
    audience_id: int
    marking: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a place will not simply take the words. Offsets are code points of the original text.

    ``rule`` is "<pack>/<rule id>"; ``version`` the number of the pack's version; ``desk`` the slug of the
    desk that signs where ``outcome`` is HOLD ("" = the channel's own desk). ``explanation`` and ``mend`` are plain
    sentences that quote nothing the author did not write.
    """

    rule: str
    version: int
    title: str
    outcome: Outcome
    start: int
    end: int
    explanation: str
    mend: str
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The gate's answer for one place: an outcome, its reasons, the policy it stands on, what it judged.

    ``policy_version`` is e.g. "standards@12 secrets@3", or "none" where no policy matched (then HOLD).
    ``content_hash`` is SHA-256 of the canonical content, 32 bytes. ``least_marking`` is the least marking that the
    words themselves ask for ("COMPANY CONFIDENTIAL" asks for Confidential), whatever their author chose.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    policy_version: str
    content_hash: bytes
    least_marking: int = 0


@dataclass(frozen=True, slots=True)
class RulingDay:
    """The day a ruling is made, for rules with dates (a project public from a date)."""

    on: date


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A reviewer's signature under a version."""

    reviewer_id: int
    reviewer: str
    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a pack as the policy page shows it. ``is_standing``: it is in force now."""

    id: int
    pack: str
    number: int
    title: str
    source: str
    digest: str
    proposed_by_id: int
    proposed_by: str
    proposed_at: datetime
    reviews: tuple[SignedOff, ...]
    published_at: datetime | None
    published_by: str
    is_standing: bool


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule as the policy page tells it. ``outcomes`` by audience: inside, guests, outside."""

    id: str
    kind: str
    title: str
    why: str
    mend: str
    desk: str
    outcomes: dict[str, str]
    looks_for: int


@dataclass(frozen=True, slots=True)
class PackView:
    """A pack and what stands of it: ``standing`` is None while no version is published."""

    slug: str
    title: str
    about: str
    applies: tuple[str, ...]
    rules: tuple[RuleView, ...]
    standing: VersionView | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft of a pack would say of a text, by kind of place; or why the draft cannot be read (``error`` with
    its ``line``, 0 for the whole)."""

    rulings: dict[str, Ruling]
    error: str = ""
    line: int = 0
