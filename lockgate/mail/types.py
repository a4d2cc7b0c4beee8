"""Values that cross the door of mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class How(StrEnum):
    """How somebody hears of a thing by e-mail."""

    NOW = "now"
    DAILY = "daily"
    OFF = "off"


class What(StrEnum):
    """What somebody may hear of by e-mail."""

    POSTS = "posts"
    APPROVALS = "approvals"
    NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class RoomChoice:
    """One of the person's rooms, and how they hear of it; "" where the general choice holds."""

    audience_id: int
    slug: str
    name: str
    kind: str
    how: str


@dataclass(frozen=True, slots=True)
class Choices:
    """A person's choices as their own page shows them. ``are_defaults`` where they never chose."""

    posts: How
    approvals: How
    notices: How
    rooms: tuple[RoomChoice, ...]
    # Their address takes no letters, so none are sent.
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What the listener says to the server that brought a mail: 250 taken, 4xx later, 5xx refused."""

    code: int
    sentence: str

    @property
    def line(self) -> str:
        status = {2: "2.0.0", 4: "4.3.0", 5: "5.7.1"}[self.code // 100]
        # A reply is one line of ASCII for servers; the words for people go by mail.
        words = " ".join(self.sentence.split()).encode("ascii", "replace").decode()
        return f"{self.code} {status} {words[:400]}"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that came with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it was understood: what its author wrote anew, and what came with it."""

    subject: str
    words: str
    files: tuple[Enclosed, ...] = field(default=())
    left_out: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mail of a mailbox and what is to be said of it: ``where`` it lies, its Message-ID, and why."""

    where: str
    mail_id: str
    why: str


@dataclass(frozen=True, slots=True)
class MailboxImport:
    """What became of a mailbox. ``found`` is ``brought`` and ``known`` (in the space already) and ``left_out``; what is
    ``noted`` was brought in, with something to be said."""

    found: int
    brought: int
    known: int
    threads: int
    left_out: tuple[LeftOut, ...]
    noted: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail. ``name`` for the log; ``answer`` is what its author is told by mail, "" where there is
    nothing to say."""

    name: str
    answer: str = ""
    message_id: int | None = None
    was_taken: bool = False
    may_try_again: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """What did not go through mailboxes in a span of time, in numbers.

    ``said`` are posts and answers delivered in spaces, without those that came from a mailbox file. ``copies`` is how
    many mailboxes a mail to the same people would have lain in: for each of them, who sat in the room at the end of its
    day, without its author. ``letters`` are the mails that we sent all the same, ``came_in`` those that people wrote to
    us instead of signing in. Whether a mail would have been written otherwise, and what answers it had drawn,
    nobody knows, and it is not counted.
    """

    days: int
    said: int
    copies: int
    letters: int
    came_in: int

    @property
    def fewer(self) -> int:
        return max(0, self.copies - self.letters)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom somebody wants to invite, as they typed it."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as those who sit in the room see it. ``letter`` is the state of its mailing."""

    name: str
    address: str
    by: str
    backlog: str
    invited_at: datetime
    letter: str
    sits_here: bool


@dataclass(frozen=True, slots=True)
class Week:
    """What was said in one week that has ended, and in how many mailboxes a mail to the same people would have lain."""

    begins_on: date
    ends_on: date
    said: int
    copies: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """The last weeks, the newest first, and the mails of the whole company in them."""

    weeks: tuple[Week, ...]
    letters: int
    came_in: int

    @property
    def said(self) -> int:
        return sum(one.said for one in self.weeks)

    @property
    def copies(self) -> int:
        return sum(one.copies for one in self.weeks)

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((one.copies for one in self.weeks), default=0)

    @property
    def fewer(self) -> int:
        return max(0, self.copies - self.letters)
