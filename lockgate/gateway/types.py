"""Values that cross the gateway's door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from lockgate.policy.types import Finding, Outcome, PlaceFacts, Ruling
from lockgate.spaces.types import Hearers

KEEPS_ITS_THREADS = frozenset({"circle", "deal"})
"""Kinds of space that nothing is moved out of, or into: what was said there was said to those few."""

LATE: Final = 251_658_240_000
"""A minute, as ids count time: what was delivered later than this after it was written stands in an index of its own.
"""

WHERE_UNREAD: Final = {"inside": Outcome.ALLOW, "guests": Outcome.TIP, "outside": Outcome.HOLD}
"""What comes of a file, by the kind of place, whose words could not be read, or not all."""


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """Where a person may speak: a space they sit in, or a public channel account.

    ``kind`` ("inside", "guests", "outside") says who could hear, and so its colour and its shape.
    """

    key: str
    name: str
    kind: str
    ceiling: int
    audience_id: int
    account_id: int | None = None
    connector: str = ""
    desk: str = ""
    space_kind: str = ""

    @property
    def facts(self) -> PlaceFacts:
        return PlaceFacts(key=self.key, kind=self.kind, ceiling=self.ceiling, connector=self.connector)

    @property
    def is_public(self) -> bool:
        return self.account_id is not None


PDF = "application/pdf"
SMALL_SIDE = 720
SMALL_BYTES = 120_000


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file with a message; ``content`` is never here, it is fetched by id."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    alt: str
    width: int | None
    height: int | None
    version: int = 1
    excerpt: str = ""

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def has_first_page(self) -> bool:
        """Whether a picture of its first page can be shown: the work process draws it a little after it came."""
        return self.media_type == PDF and bool(self.width)

    @property
    def address(self) -> str:
        """What a page shows of a picture: a small version, unless it is small itself."""
        if self.has_first_page:
            return f"/attachments/{self.id}/small"
        is_large = max(self.width or 0, self.height or 0) > SMALL_SIDE or self.size > SMALL_BYTES
        return f"/attachments/{self.id}/small" if is_large else f"/attachments/{self.id}"


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """A version of a file that another has replaced, and the file that stands in its slot now."""

    file: AttachmentView
    replaced_at: datetime
    now_id: int


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One of the files that stood in a slot; ``replaced_at`` is None for the one that stands there."""

    file: AttachmentView
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceRuling:
    """A ruling for one place, with who would sign it where it holds (names of desks and persons)."""

    place: PlaceChoice
    ruling: Ruling
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as the gate reads it: the words that were found in it, and whether these are all."""

    view: AttachmentView
    words: str = ""
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what was read: ``start`` is where it begins in the whole; ``file`` and ``name`` say of which file it
    is the words (None: the message itself)."""

    start: int
    text: str
    file: int | None = None
    name: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the composer shows while one types. ``action`` names what the button will do:
    "post", "send-for-approval", "schedule", "give-reason", "mend", "choose-place" or "write"."""

    rulings: tuple[PlaceRuling, ...]
    hearers: Hearers
    channels: tuple[str, ...]
    action: str
    inside_goes: bool
    parts: tuple[Part, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return max((one.ruling.outcome for one in self.rulings), default=Outcome.ALLOW)

    @property
    def findings(self) -> list[tuple[Finding, list[PlaceChoice]]]:
        """Each finding once, with the places that it concerns, in the order of the text."""
        gathered: dict[tuple[str, int, int], tuple[Finding, list[PlaceChoice]]] = {}
        for one in self.rulings:
            for finding in one.ruling.findings:
                kept = gathered.setdefault((finding.rule, finding.start, finding.end), (finding, []))
                if finding.outcome > kept[0].outcome:
                    gathered[finding.rule, finding.start, finding.end] = (finding, kept[1])
                kept[1].append(one.place)
        return sorted(gathered.values(), key=lambda pair: (pair[0].start, -pair[0].outcome))


@dataclass(frozen=True, slots=True)
class PassageState:
    """Where one passage stands, for those who may know."""

    passage_id: int
    place: str
    place_name: str
    kind: str
    state: str
    deliver_at: datetime | None = None
    delivered_at: datetime | None = None
    outside_url: str = ""
    last_word: str = ""
    outcome: Outcome = Outcome.ALLOW
    findings: tuple[Finding, ...] = ()
    policy_version: str = ""
    audience_id: int = 0
    position: int | None = None
    can_recall: bool = False


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A passage that waits for its time, for its author; ``thread_id`` of an answer."""

    passage_id: int
    message_id: int
    body: str
    deliver_at: datetime
    thread_id: int | None
    audience_id: int
    files: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: the message and the state of each passage."""

    message_id: int
    revision: int
    passages: tuple[PassageState, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A place that is opened for its first words, and from when on their author sits there."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    slot: str
    body: str
    marking: int
    places: tuple[str, ...]
    deliver_at: datetime | None
    justification: str
    saved_at: datetime | None
    attachments: tuple[AttachmentView, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RevisionView:
    number: int
    body: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as a viewer may see it: the passages they hear (or wrote, or must sign), nothing of others."""

    id: int
    author_id: int
    body: str
    marking: int
    revision: int
    justification: str
    written_at: datetime
    passages: tuple[PassageState, ...]
    attachments: tuple[AttachmentView, ...]
    revisions: tuple[RevisionView, ...]
    is_mine: bool
    thread_id: int | None
    can_revise: bool
    earlier_files: tuple[EarlierFile, ...] = ()
    can_give_versions: bool = False
    can_amend: bool = False
    # The passage that it quotes or boosts. Whether the viewer hears that one is to be asked.
    shows_id: int | None = None
    is_boost: bool = False


@dataclass(frozen=True, slots=True)
class ShownAgain:
    """A post, and the keys of the viewer's places where it may be shown again."""

    passage_id: int
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Boosted:
    """What became of a boost: its own passage, the post that it shows, and the name of the place."""

    passage_id: int
    original_id: int
    place_name: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A delivered passage of a space by its ids: no words, for whoever tells people that there is something."""

    passage_id: int
    message_id: int
    audience_id: int
    position: int
    thread_id: int | None
    thread_message_id: int | None
    author_id: int


@dataclass(frozen=True, slots=True)
class Brought:
    """Words that were written elsewhere and before, as they are brought in. ``conversation`` is what the words belong
    to there: the same for all that became one thread."""

    body: str
    written_at: datetime
    conversation: int
    attachments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of words that were brought in. Without ids they were left where they are: ``ruling`` says why, or
    their own ``marking`` is above what the place may hear."""

    message_id: int | None
    passage_id: int | None
    thread_id: int | None
    ruling: Ruling
    marking: int

    @property
    def why_left_out(self) -> str:
        """Which rule keeps it out, in words. Its own words are not repeated."""
        gravest = sorted({one.title for one in self.ruling.findings if one.outcome == self.ruling.outcome})
        titles = ", ".join(gravest)
        if self.ruling.outcome == Outcome.JUSTIFY:
            return _("A reason is asked for (%(rules)s): give --reason.") % {"rules": titles}
        if self.ruling.outcome == Outcome.HOLD:
            return _("It would wait for approval (%(rules)s).") % {"rules": titles}
        if self.ruling.outcome == Outcome.REFUSE:
            return _("It is refused there (%(rules)s).") % {"rules": titles}
        return _("Its own words are marked higher than what the space may hear.")
