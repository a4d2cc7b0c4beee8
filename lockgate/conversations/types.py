"""Values that cross the door of conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lockgate.gateway.types import AttachmentView
from lockgate.people.types import PersonCard


@dataclass(frozen=True, slots=True)
class FeedKey:
    """One line of a feed before its words are fetched: (passage id, version) is the key of its fragment."""

    position: int
    passage_id: int
    version: int


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of a feed, newest first. ``older`` is the cursor for the next page, or None at the end."""

    keys: tuple[FeedKey, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in a thread, or the last one below a post in a feed."""

    passage_id: int
    message_id: int
    version: int
    author: PersonCard
    body: str
    marking: int
    delivered_at: datetime
    attachments: tuple[AttachmentView, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedItem:
    """All that a rendered post shows, the same for everybody who hears it: nothing here depends on the viewer."""

    passage_id: int
    version: int
    message_id: int
    author: PersonCard
    body: str
    marking: int
    place: str
    place_name: str
    place_url: str
    kind: str
    delivered_at: datetime
    answers_count: int
    last_answer: Answer | None
    attachments: tuple[AttachmentView, ...]
    outside_url: str
    revision: int
