"""Values that cross the door of conversations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from lockgate.gateway.types import AttachmentView
from lockgate.people.types import PersonCard


@dataclass(frozen=True, slots=True)
class Asks:
    """What a post asks beside its words. ``kind`` is "question", "announcement", "poll", "praise" or "event"; the rest
    is for polls and, from ``begins_at`` on, for events."""

    kind: str
    options: tuple[str, ...] = ()
    is_multiple: bool = False
    is_anonymous: bool = False
    closes_at: datetime | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    time_zone: str = ""


class FeedKey(NamedTuple):
    """One line of a feed before its words are fetched: (passage id, version) is the key of its fragment. ``shown`` is
    the same of the post that it quotes or boosts, where the reader hears that one now."""

    position: int
    passage_id: int
    version: int
    shown: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A post or an answer in a list of what some people said."""

    position: int
    passage_id: int


@dataclass(frozen=True, slots=True)
class Latest:
    """What was said last in a room: a post, or an answer to ``root_id``."""

    position: int
    passage_id: int
    root_id: int


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
    reactions: tuple[tuple[str, int], ...] = ()
    mentions: Mapping[str, str] = field(default_factory=dict)
    is_accepted: bool = False
    # As of a FeedItem.
    shows_id: int | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PollCard:
    """A poll as everybody who hears it sees it: no result, which hangs on who looks."""

    options: tuple[str, ...]
    is_multiple: bool
    is_anonymous: bool
    closes_at: datetime | None
    voters: int


@dataclass(frozen=True, slots=True)
class EventCard:
    """When an event is, as everybody who hears it sees it."""

    begins_at: datetime
    ends_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class LinkCard:
    """What a page that a post links to says of itself."""

    address: str
    host: str
    title: str
    description: str


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
    audience_id: int = 0
    reactions: tuple[tuple[str, int], ...] = ()
    mentions: Mapping[str, str] = field(default_factory=dict)
    # "" where nothing is asked, else "open" or "answered".
    question: str = ""
    is_announcement: bool = False
    poll: PollCard | None = None
    is_praise: bool = False
    event: EventCard | None = None
    link: LinkCard | None = None
    # The body, without the options of a poll, which stand in ``poll``.
    words: str = ""
    # The passage that it quotes or boosts. Who reads this may not hear that one: ask ``queries.shown`` for it.
    shows_id: int | None = None
    is_boost: bool = False
    # Whether it may be shown again anywhere at all.
    may_be_shown: bool = False
    # When its words were last changed where it stands; None where they are those that were delivered.
    edited_at: datetime | None = None

    @property
    def has_card(self) -> bool:
        return self.is_boost or self.shows_id is not None


@dataclass(frozen=True, slots=True)
class ShownOf:
    """A post that another one shows, by ids, and how."""

    passage_id: int
    author_id: int
    is_boost: bool


@dataclass(frozen=True, slots=True)
class Shows:
    """How often a viewer hears a post boosted and quoted, and whether one of the boosts is theirs."""

    boosts: int = 0
    quotes: int = 0
    is_boosted: bool = False


@dataclass(frozen=True, slots=True)
class BoostedIn:
    """Who boosted a post in one place, as a viewer who hears both may know: ``others`` counts those whose names they
    may not."""

    place: str
    place_name: str
    place_url: str
    kind: str
    people: tuple[PersonCard, ...]
    others: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A delivered passage that a viewer hears now, as operations need it."""

    passage_id: int
    audience_id: int
    position: int
    thread_id: int | None
    message_id: int
    author_id: int
    author_name: str
    body: str
    is_public: bool
    marking: int
    place_name: str
    delivered_at: datetime

    @property
    def root_id(self) -> int:
        return self.thread_id or self.passage_id


@dataclass(frozen=True, slots=True)
class Marks:
    """A viewer's own marks: kinds of reactions by passage, and what they saved."""

    reacted: Mapping[int, frozenset[str]]
    saved: frozenset[int]


@dataclass(frozen=True, slots=True)
class ReactedBy:
    """Who reacted with one kind, as a viewer may know: ``others`` counts those whose names they may not."""

    kind: str
    people: tuple[PersonCard, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Line:
    """A post in a short list."""

    passage_id: int
    message_id: int
    author_name: str
    body: str
    place_name: str
    place_url: str
    kind: str
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """One line of the lists of an announcement. ``at`` is when they confirmed, or were exempted."""

    person: PersonCard
    at: datetime | None = None
    why: str = ""
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Readers:
    """Exactly who has read an announcement, who has not, and who need not."""

    read: tuple[Reader, ...]
    unread: tuple[Reader, ...]
    exempt: tuple[Reader, ...]
    reminded_at: datetime | None

    @property
    def asked(self) -> int:
        """How many of those who hear it are asked for a receipt."""
        return len(self.unread) + sum(not one.has_left for one in self.read)

    @property
    def confirmed(self) -> int:
        return sum(not one.has_left for one in self.read)


@dataclass(frozen=True, slots=True)
class OptionResult:
    number: int
    words: str
    count: int
    chosen_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll for one viewer. ``results`` is None while they are not shown to this viewer."""

    passage_id: int
    options: tuple[str, ...]
    is_multiple: bool
    is_anonymous: bool
    closes_at: datetime | None
    is_closed: bool
    has_voted: bool
    may_vote: bool
    voters: int
    results: tuple[OptionResult, ...] | None


@dataclass(frozen=True, slots=True)
class EventView:
    """An event for one viewer. ``coming`` are (answer, those whom they may know, how many others)."""

    passage_id: int
    message_id: int
    title: str
    body: str
    place_name: str
    marking: int
    begins_at: datetime
    ends_at: datetime
    time_zone: str
    mine: str = ""
    is_over: bool = False
    may_answer: bool = False
    coming: tuple[tuple[str, tuple[PersonCard, ...], int], ...] = ()


@dataclass(frozen=True, slots=True)
class FaqLine:
    """A question of the FAQ with its answer."""

    question_id: int
    message_id: int
    question: str
    answer: str
    answered_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tools:
    """What one viewer may do with a post or a thread beside answering."""

    tends: bool = False
    is_author: bool = False
    may_react: bool = False
    may_pin: bool = False
    is_pinned: bool = False
    may_accept: bool = False
    accepted_id: int | None = None
    asks_receipt: bool = False
    has_receipt: bool = False
    sees_readers: bool = False
    poll: PollView | None = None
    event: EventView | None = None
    may_put_in_faq: bool = False
    is_in_faq: bool = False
