"""How persons, rooms and posts look to a client. Pure: whoever calls has asked what the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.core.signing import Signer
from django.utils.html import escape
from django.utils.translation import gettext as _

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.conversations.types import PollView
from lockgate.gateway.types import AttachmentView
from lockgate.mastodon import rules
from lockgate.mastodon.content import hashtags, tag_address, words_html
from lockgate.mastodon.ids import person_id, space_id, topic_id
from lockgate.people.types import PersonCard
from lockgate.spaces.types import PlaceInSpace

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MEDIA_LIVES = timedelta(days=2)


def instant(at: datetime) -> str:
    """A time as clients read it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Drawing:
    """What every entity of one answer is drawn with: addresses, and the token that pictures are signed for."""

    base: str
    token_id: int
    at: datetime
    # Not in what is drawn once for many: an address of a photo is signed for one token.
    has_photos: bool = True

    def person(self, card: PersonCard, joined: datetime | None = None) -> dict[str, Any]:
        firm = f" · {card.firm}" if card.is_guest else ""
        facts = [
            (_("Firm"), card.firm),
            (_("Department"), card.department),
            (_("Site"), card.site),
        ]
        note = f"<p>{escape(card.title)}</p>" if card.title else ""
        return _account(
            number=person_id(card.id),
            name=card.slug,
            display=card.name + firm,
            note=note,
            page=f"{self.base}/people/{card.slug}",
            picture=self.face(card),
            header=f"{self.base}/avatars/{card.hue}/-.png",
            is_group=False,
            is_bot=card.is_bot,
            created=joined or _LONG_AGO,
            facts=[(name, value) for name, value in facts if value],
        )

    def face(self, card: PersonCard) -> str:
        """Their photo, signed as files are; else a tile that tells nothing."""
        if not (card.photo and self.has_photos and self.token_id):
            return f"{self.base}/avatars/{card.hue}/{quote(card.initials)}.png"
        until = (self.at.date() + MEDIA_LIVES).isoformat()
        words = media_words(self.token_id, f"photo:{card.slug}", until)
        return f"{self.base}/photos/{self.token_id}/{card.slug}/{until}/{words}?is={card.photo}"

    def space(self, place: PlaceInSpace) -> dict[str, Any]:
        kind = _("Guests are in this room.") if place.kind == "guests" else _("Our own people alone.")
        words = " ".join(one for one in (place.about, kind) if one)
        return _account(
            number=space_id(place.audience_id),
            name=place.slug,
            display=place.name,
            note=f"<p>{escape(words)}</p>",
            page=f"{self.base}/spaces/{place.slug}",
            picture=f"{self.base}/avatars/{hue_of(place.slug)}/{quote(place.name[:1].upper())}.png",
            header=f"{self.base}/avatars/{hue_of(place.slug)}/-.png",
            is_group=True,
            created=_LONG_AGO,
            facts=[(_("Highest marking"), str(Marking(place.ceiling).label))],
        )

    def media(self, one: AttachmentView) -> dict[str, Any]:
        address = self.file(one)
        width, height = one.width or 0, one.height or 0
        size: dict[str, Any] = {}
        if one.is_image and width and height:
            side = {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
            # Both are always there: clients read "original" without looking whether it is.
            size = {"original": side, "small": dict(side)}
        return {
            "id": str(one.id),
            "type": "image" if one.is_image else "unknown",
            "url": address,
            "preview_url": address if one.is_image else None,
            "remote_url": None if one.is_image else address,
            "text_url": None,
            "meta": size or {"original": {}, "small": {}},
            "description": one.alt or (None if one.is_image else one.name),
            "blurhash": None,
        }

    def file(self, one: AttachmentView) -> str:
        """An address that a picture view can load without a header. It speaks for one token, two days at most, and the
        seat is asked for again each time it is opened."""
        until = self.at.date() + MEDIA_LIVES
        words = media_words(self.token_id, one.id, until.isoformat())
        return f"{self.base}/media_attachments/{self.token_id}/{one.id}/{until.isoformat()}/{words}"

    def topic(self, word: str, *, is_followed: bool) -> dict[str, Any]:
        """A topic as a hashtag. How often it was named, and by how many, is told to nobody."""
        return {
            "id": topic_id(word),
            "name": word,
            "url": tag_address(word, self.base),
            "history": [],
            "following": is_followed,
            "featuring": False,
        }

    def status(
        self,
        *,
        number: int,
        message_id: int,
        author: dict[str, Any],
        body: str,
        marking: int,
        place: str,
        is_for_all: bool,
        visibility: str,
        created: datetime,
        files: Sequence[AttachmentView],
        mentioned: Mapping[str, PersonCard],
        answers_count: int = 0,
        answers: tuple[int, int] | None = None,
        waits: str = "",
        poll: dict[str, Any] | None = None,
        edited: datetime | None = None,
    ) -> dict[str, Any]:
        words = words_html(body, self.base)
        line = [] if is_for_all else [place]
        if marking >= Marking.CONFIDENTIAL or (line and marking != Marking.INTERNAL):
            line.append(str(Marking(marking).label))
        if poll is not None and poll.get("is_named"):
            # An app shows every poll as if nobody could be seen in it.
            line.append(_("Who chose what is shown"))
        if waits:
            words = f"<p><strong>{escape(waits)}</strong></p>{words}"
        elif line:
            # An app has no colour for a room: who hears it is said in words.
            words += f"<p>{escape(' · '.join(line))}</p>"
        page = f"{self.base}/messages/{message_id}"
        return {
            "id": str(number),
            "uri": f"{self.base}/messages/{message_id}#{number}",
            "url": page,
            "created_at": instant(created),
            "edited_at": instant(edited) if edited is not None else None,
            "account": author,
            "content": words,
            "visibility": visibility,
            "sensitive": False,
            "spoiler_text": "",
            "media_attachments": [self.media(one) for one in files],
            "application": None,
            "mentions": [
                {
                    "id": person_id(mentioned[name].id),
                    "username": name,
                    "acct": name,
                    "url": f"{self.base}/people/{name}",
                }
                for name in rules.mentions(body, self.base.partition("://")[2])
                if name in mentioned
            ],
            "tags": hashtags(body, self.base),
            "emojis": [],
            "reblogs_count": 0,
            "favourites_count": 0,
            "replies_count": answers_count,
            "quotes_count": 0,
            "in_reply_to_id": str(answers[0]) if answers else None,
            "in_reply_to_account_id": person_id(answers[1]) if answers else None,
            "reblog": None,
            "quote": None,
            "quote_approval": {"automatic": [], "manual": [], "current_user": "denied"},
            "poll": poll,
            "card": None,
            "language": None,
            "favourited": False,
            "reblogged": False,
            "muted": False,
            "bookmarked": False,
            "pinned": False,
            "filtered": [],
        }


NOT_THERE: dict[str, Any] = {"state": "deleted", "quoted_status": None}
"""A quote whose post is not there for the reader: alike where they do not hear it and where it never was."""


def boosted(one: dict[str, Any], *, number: int, author: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A status that shows ``one`` again, as clients know it: the same with another id, author and time."""
    return one | {
        "id": str(number),
        "uri": f"{one['url']}#{number}",
        "created_at": instant(at),
        "account": author,
        "quote": None,
        "reblog": one,
    }


def may_be_quoted(*, is_allowed: bool) -> dict[str, Any]:
    """Who may quote: whoever reads it, in the rooms that the house then allows; or nobody."""
    everybody = ["followers"] if is_allowed else []
    return {
        "automatic": everybody,
        "manual": [],
        "current_user": "automatic" if is_allowed else "denied",
    }


def poll_drawn(one: PollView) -> dict[str, Any]:
    """A poll for its viewer. ``is_named`` is ours: whether the house shows who chose what."""
    shown = {result.number: result.count for result in one.results} if one.results is not None else {}
    return {
        "id": str(one.passage_id),
        "expires_at": instant(one.closes_at) if one.closes_at else None,
        "expired": one.is_closed,
        "multiple": one.is_multiple,
        "votes_count": sum(shown.values()) if shown else one.voters,
        "voters_count": one.voters,
        "voted": one.has_voted,
        "own_votes": [],
        "options": [
            {"title": words, "votes_count": shown.get(number)}
            for number, words in enumerate(one.options, start=1)
        ],
        "emojis": [],
        "is_named": not one.is_anonymous,
    }


def hue_of(slug: str) -> int:
    return sum(ord(one) * (place + 7) for place, one in enumerate(slug)) % 360


def media_words(token_id: int, attachment_id: int | str, until: str) -> str:
    return Signer(salt="lockgate.mastodon.media").signature(f"{token_id}:{attachment_id}:{until}")


def relationship(number: str, *, is_seated: bool = False, is_followed: bool = False) -> dict[str, Any]:
    """What a viewer is to an account: a room where one sits is followed. Whoever follows a person is told of all that
    they say or boost. Who follows oneself is told to nobody."""
    return {
        "id": number,
        "following": is_seated or is_followed,
        "showing_reblogs": is_followed,
        "notifying": is_followed,
        "languages": None,
        "followed_by": False,
        "blocking": False,
        "blocked_by": False,
        "muting": False,
        "muting_notifications": False,
        "muting_expires_at": None,
        "requested": False,
        "requested_by": False,
        "domain_blocking": False,
        "endorsed": False,
        "note": "",
    }


def _account(
    *,
    number: str,
    name: str,
    display: str,
    note: str,
    page: str,
    picture: str,
    header: str,
    is_group: bool,
    created: datetime,
    facts: Sequence[tuple[str, str]],
    is_bot: bool = False,
) -> dict[str, Any]:
    midnight = min(created, now()).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "id": number,
        "username": name,
        "acct": name,
        "display_name": display,
        "locked": False,
        "bot": is_bot,
        "group": is_group,
        "discoverable": False,
        "indexable": False,
        "noindex": True,
        "hide_collections": True,
        "created_at": instant(midnight),
        "note": note,
        "url": page,
        "uri": page,
        "avatar": picture,
        "avatar_static": picture,
        "avatar_description": "",
        "header": header,
        "header_static": header,
        "header_description": "",
        # Nobody's number of posts or hearers is told: it would count what the reader may not hear.
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": None,
        "emojis": [],
        "roles": [],
        "fields": [{"name": key, "value": escape(value), "verified_at": None} for key, value in facts],
    }
