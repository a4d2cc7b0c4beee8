"""The small protocol that every connector speaks, and the values that cross it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an account of this connector must be told. ``secret`` ones are kept sealed."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can take and undo, as data; the composer and the gate read it."""

    label: str
    text_limit: int
    text_unit: str = "characters"  # or "graphemes"
    takes_markup: bool = False
    max_images: int = 0
    image_types: tuple[str, ...] = ()
    image_bytes: int = 0
    needs_alt_text: bool = False
    can_delete: bool = True
    can_read_back: bool = True
    takes_categories: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    name: str
    media_type: str
    alt: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class OutboundPost:
    """What is to stand on the channel. ``token`` is the intent: the same for every attempt of one delivery,
    and what look-up finds it by. ``markdown`` is what the author wrote; connectors render from it."""

    token: str
    markdown: str
    images: tuple[Image, ...]
    intended_at: datetime
    title: str = ""
    categories: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Published:
    """Where it stands: the channel's own reference, an address for people, and what was sent (for the
    comparison when it is read back)."""

    reference: str
    url: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the channel shows now. ``differences`` are plain sentences; empty means it is what was sent."""

    is_there: bool
    text: str = ""
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A channel account as a connector sees it: opened secrets live only here and are never printed."""

    slug: str
    base_url: str
    config: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Introduced:
    """What the channel answered when it was asked whom it takes us for. ``sentence`` and ``mend`` are safe to show."""

    works: bool
    sentence: str
    mend: str = ""


class ChannelError(Exception):
    """Base of what a connector may raise; ``sentence`` is safe to show and holds no secret."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ChannelRefused(ChannelError):
    """The channel said no before it took anything: safe to try again after a change."""


class SignInRefused(ChannelRefused):
    """The account's password or token is not accepted; a person must renew it."""


class TryLater(ChannelError):
    """The channel did not take the request (429, 503, connection refused): safe to send again later."""

    def __init__(self, sentence: str, after_seconds: int = 30) -> None:
        super().__init__(sentence)
        self.after_seconds = after_seconds


class OutcomeUnknown(ChannelError):
    """The request may have been carried out (time-out, reset, 5xx): look up, never send blindly."""


@runtime_checkable
class Connector(Protocol):
    """One kind of channel. Found by the entry point group ``lockgate.connectors``."""

    name: str
    capabilities: Capabilities
    fields: Sequence[Field]

    def validate(self, post: OutboundPost) -> tuple[str, ...]:
        """Plain sentences on what this channel would not take of ``post``; empty means it would."""
        ...

    def sign_in(self, account: AccountFacts) -> str:
        """Checks the credentials; answers the name the channel knows us by. Raises SignInRefused."""
        ...

    def publish(self, post: OutboundPost, account: AccountFacts) -> Published:
        """Puts ``post`` on the channel, once. Raises ChannelRefused, TryLater or OutcomeUnknown."""
        ...

    def look_up(self, post: OutboundPost, account: AccountFacts) -> Published | None:
        """Finds what an earlier attempt with the same token left there; None means surely nothing."""
        ...

    def read_back(self, post: OutboundPost, published: Published, account: AccountFacts) -> ReadBack:
        """What stands there now, compared with ``post``."""
        ...

    def delete(self, published: Published, account: AccountFacts) -> None:
        """Takes it away; deleting what is gone succeeds."""
        ...
