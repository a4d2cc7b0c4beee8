"""Values that cross the approvals door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a signer may say. Each comes with a word of reason."""

    APPROVE = "approve"
    CHANGE = "change"
    REJECT = "reject"


class Standing(StrEnum):
    """Where a passage stands after all that was asked and answered for it."""

    SIGNED = "signed"  # every desk asked has approved this very content
    WAITING = "waiting"  # at least one desk has not answered
    CHANGE_ASKED = "change_asked"  # a desk wants other words; the author edits or lets it be
    REJECTED = "rejected"  # a desk said no


@dataclass(frozen=True, slots=True)
class Decision:
    """What one answer came to. ``standing`` speaks of the whole passage, over all desks asked.

    ``content_hash`` and ``policy_version`` are what was signed: whoever delivers compares them with what
    is about to leave (or asks ``queries.is_signed``).
    """

    request_id: int
    passage_id: int
    message_id: int
    author_id: int
    desk: str
    verdict: Verdict
    word: str
    signer_id: int
    at: datetime
    standing: Standing
    was_late: bool
    content_hash: bytes
    policy_version: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request as a page shows it to somebody who may know of it.

    ``waits_for`` are the names of those who may sign, the one asked first. ``escalated_from`` and
    ``escalated_word`` are empty unless somebody passed it on. ``verdict`` is None while it is open;
    ``voided_why`` is empty unless an edit or another desk's answer made the question moot.
    """

    request_id: int
    passage_id: int
    message_id: int
    place_key: str
    author_id: int
    author_name: str
    author_slug: str
    desk: str
    desk_name: str
    asked_at: datetime
    due_at: datetime
    is_overdue: bool
    justification: str
    policy_version: str
    content_hash: bytes
    waits_for: tuple[str, ...]
    escalated_from: str = ""
    escalated_word: str = ""
    verdict: Verdict | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    word: str = ""
    voided_why: str = ""
    voided_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.verdict is None and self.voided_at is None


class ReminderKind(StrEnum):
    DUE = "due"  # the time is nearly up: tell who should answer
    OVERDUE = "overdue"  # the time is up: tell the author too


@dataclass(frozen=True, slots=True)
class Nudge:
    """Somebody is to be told that a request waits. An overdue request stays open: it never expires."""

    kind: ReminderKind
    request_id: int
    passage_id: int
    message_id: int
    place_key: str
    desk_name: str
    due_at: datetime
    author_id: int
    signer_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeskView:
    """A desk as the policy and channel pages show it."""

    slug: str
    name: str
    approver_name: str
    approver_slug: str
    deputy_name: str
    deputy_slug: str
    answer_hours: int
