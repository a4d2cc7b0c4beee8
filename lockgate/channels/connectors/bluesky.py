"""Bluesky, by XRPC to the account's own PDS. A post's record key is derived from the delivery's token, so
writing it again is writing the same record: this channel is truly once-only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lockgate.channels import images
from lockgate.channels.facets import facets
from lockgate.channels.lengths import graphemes, too_long
from lockgate.channels.outgoing import Answer, Bearer, Concealed, Line
from lockgate.channels.reading import difference
from lockgate.channels.rendering import plain
from lockgate.channels.types import (
    AccountFacts,
    Capabilities,
    ChannelError,
    ChannelRefused,
    Field,
    Image,
    OutboundPost,
    OutcomeUnknown,
    Published,
    ReadBack,
    SignInRefused,
)

_POSTS = "app.bsky.feed.post"
_MOST_BYTES = 3000
_TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_SIGN_IN_ERRORS = {"AuthenticationRequired", "ExpiredToken", "InvalidToken", "AuthMissing", "AccountTakedown"}


def record_key(token: str, intended_at: datetime) -> str:
    """The TID for a delivery: its second from ``intended_at``, the rest (30 bits) from ``token``.

    Two posts planned for the same second must not meet on one key, since the later would overwrite the
    earlier; chance allows it once in a billion, and `publish` checks for it besides.
    """
    chance = int.from_bytes(hashlib.sha256(token.encode()).digest()[:8])
    micros = int(intended_at.timestamp()) * 1_000_000 + chance % 1_000_000
    number = micros << 10 | (chance // 1_000_000) % 1024
    return "".join(_TID_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


@dataclass(frozen=True, slots=True)
class _Session:
    did: str
    handle: str
    bearer: Bearer = field(repr=False)


def _explain(answer: Answer) -> ChannelError | None:
    if answer.status in {400, 401, 403} and answer.record().get("error") in _SIGN_IN_ERRORS:
        return SignInRefused(_("Bluesky does not accept the app password of this account. Enter a new one."))
    if answer.record().get("error") == "InvalidSwap":
        # Something came to stand at our key between our look and our write: look again, don't overwrite.
        return OutcomeUnknown(_("A post stands at this place on Bluesky already; it will be looked up."))
    return None


class Bluesky:
    name = "bluesky"
    capabilities = Capabilities(
        label="Bluesky",
        text_limit=300,
        text_unit="graphemes",
        max_images=4,
        image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
        image_bytes=1_000_000,
        needs_alt_text=True,
    )
    fields: Sequence[Field] = (
        Field(
            "base_url", gettext_lazy("Address of the PDS"), gettext_lazy("For example https://bsky.social")
        ),
        Field("handle", gettext_lazy("Handle"), gettext_lazy("For example halden.bsky.social")),
        Field(
            "app_password",
            gettext_lazy("App password"),
            gettext_lazy("Never the main password."),
            secret=True,
        ),
    )

    def validate(self, post: OutboundPost) -> tuple[str, ...]:
        text = plain(post.markdown).text
        said = too_long("Bluesky", graphemes(text), self.capabilities.text_limit)
        if not said:
            size = len(text.encode())
            if size > _MOST_BYTES:
                said = (
                    _("%(count)s of %(limit)s bytes: too long for Bluesky.")
                    % {"count": size, "limit": _MOST_BYTES},
                )
        if not text and not post.images:
            said = (_("There is nothing to post."),)
        return said + images.complaints(post.images, self.capabilities)

    def sign_in(self, account: AccountFacts) -> str:
        with self._line(account) as line:
            return self._session(line, account).handle

    def publish(self, post: OutboundPost, account: AccountFacts) -> Published:
        if trouble := self.validate(post):
            raise ChannelRefused(" ".join(trouble))
        with self._line(account) as line:
            session = self._session(line, account)
            key = record_key(post.token, post.intended_at)
            standing = self._record(line, session.did, key)
            if standing is not None:
                return self._ours(standing, post, session)
            body = {
                "repo": session.did,
                "collection": _POSTS,
                "rkey": key,
                "record": self._compose(line, session, post),
                "swapRecord": None,  # write only where nothing stands: never over somebody's post
            }
            answer = line.write("POST", "/xrpc/com.atproto.repo.putRecord", json=body, auth=session.bearer)
            if not str(answer.record().get("uri", "")).endswith("/" + key):
                raise line.nonsense()
            return self._published(answer.record(), session)

    def look_up(self, post: OutboundPost, account: AccountFacts) -> Published | None:
        with self._line(account) as line:
            session = self._session(line, account)
            standing = self._record(line, session.did, record_key(post.token, post.intended_at))
            return None if standing is None else self._ours(standing, post, session)

    def read_back(self, post: OutboundPost, published: Published, account: AccountFacts) -> ReadBack:
        did, key = _parts(published.reference)
        with self._line(account) as line:
            standing = self._record(line, did, key)
        if standing is None:
            return ReadBack(is_there=False)
        shown = standing["value"]
        return ReadBack(is_there=True, text=str(shown.get("text", "")), differences=_differences(post, shown))

    def delete(self, published: Published, account: AccountFacts) -> None:
        did, key = _parts(published.reference)
        with self._line(account) as line:
            session = self._session(line, account)
            body = {"repo": did, "collection": _POSTS, "rkey": key}
            answer = line.write("POST", "/xrpc/com.atproto.repo.deleteRecord", json=body, auth=session.bearer)
            if not isinstance(answer.json(), dict):
                raise line.nonsense()

    def _line(self, account: AccountFacts) -> Line:
        return Line(account, "Bluesky", explain=_explain)

    def _session(self, line: Line, account: AccountFacts) -> _Session:
        asked = Concealed(
            {
                "identifier": account.config.get("handle", ""),
                "password": account.secrets.get("app_password", ""),
            }
        )
        made = line.prepare("/xrpc/com.atproto.server.createSession", json=asked).record()
        if not all(isinstance(made.get(key), str) for key in ("did", "handle", "accessJwt")):
            raise line.unreadable()
        line.conceal(made["accessJwt"])
        line.conceal(str(made.get("refreshJwt", "")))
        return _Session(made["did"], made["handle"], Bearer(made["accessJwt"]))

    def _record(self, line: Line, did: str, key: str) -> dict[str, Any] | None:
        """The record as it stands, or None when there is surely none. Asked without a session, as anybody would."""
        answer = line.ask(
            "GET",
            "/xrpc/com.atproto.repo.getRecord",
            is_write=False,
            params={"repo": did, "collection": _POSTS, "rkey": key},
            passes=lambda found: found.status < 500 and found.record().get("error") == "RecordNotFound",
        )
        found = answer.record()
        if (
            answer.status == 200
            and isinstance(found.get("value"), dict)
            and isinstance(found.get("uri"), str)
        ):
            return found
        # Only the PDS's own word for it counts: a proxy's 404 page is no proof that nothing stands there.
        if found.get("error") == "RecordNotFound":
            return None
        raise line.unreadable()

    def _compose(self, line: Line, session: _Session, post: OutboundPost) -> dict[str, Any]:
        words = plain(post.markdown)
        record: dict[str, Any] = {
            "$type": _POSTS,
            "text": words.text,
            "createdAt": _stamp(post.intended_at),
            "langs": [post.language],
        }
        marks = facets(words, lambda handle: self._resolve(line, handle))
        if marks:
            record["facets"] = marks
        if post.images:
            pictures = [self._upload(line, session, image) for image in post.images]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": pictures}
        return record

    def _resolve(self, line: Line, handle: str) -> str | None:
        answer = line.ask(
            "GET",
            "/xrpc/com.atproto.identity.resolveHandle",
            is_write=False,
            params={"handle": handle},
            passes=lambda found: found.status == 400,  # "Unable to resolve handle": nobody is called that
        )
        did = answer.record().get("did")
        return did if isinstance(did, str) else None

    def _upload(self, line: Line, session: _Session, image: Image) -> dict[str, Any]:
        ready = images.prepare(image, self.capabilities)
        seen = images.look(ready.content)
        answer = line.prepare(
            "/xrpc/com.atproto.repo.uploadBlob",
            content=ready.content,
            headers={"Content-Type": ready.media_type},
            auth=session.bearer,
        )
        blob = answer.record().get("blob")
        if not isinstance(blob, dict):
            raise line.unreadable()
        return {"alt": ready.alt, "image": blob, "aspectRatio": {"width": seen.width, "height": seen.height}}

    def _ours(self, standing: Mapping[str, Any], post: OutboundPost, session: _Session) -> Published:
        shown = standing["value"]
        if shown.get("createdAt") != _stamp(post.intended_at) or difference(
            plain(post.markdown).text, str(shown.get("text", ""))
        ):
            raise ChannelRefused(
                _("Another post stands where this one would. Send it again with another time.")
            )
        return self._published(standing, session)

    def _published(self, standing: Mapping[str, Any], session: _Session) -> Published:
        uri = str(standing["uri"])
        return Published(
            reference=uri,
            url=f"https://bsky.app/profile/{session.did}/post/{uri.rsplit('/', 1)[-1]}",
            detail={"cid": str(standing.get("cid", ""))},
        )


def _parts(reference: str) -> tuple[str, str]:
    """DID and record key of an at:// address."""
    did, _collection, key = reference.removeprefix("at://").split("/", 2)
    return did, key


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _differences(post: OutboundPost, shown: Mapping[str, Any]) -> tuple[str, ...]:
    words = plain(post.markdown)
    said = [difference(words.text, str(shown.get("text", "")))]
    pictures = (shown.get("embed") or {}).get("images") or []
    if [str(picture.get("alt", "")) for picture in pictures] != [image.alt.strip() for image in post.images]:
        said.append(_("The images or their alternative texts are not those that were sent."))
    links = sum(
        1
        for mark in shown.get("facets") or []
        for feature in mark.get("features", [])
        if feature.get("$type") == "app.bsky.richtext.facet#link"
    )
    if links != sum(1 for link in words.links if link.url.startswith(("http://", "https://"))):
        said.append(_("Some links are missing."))
    return tuple(sentence for sentence in said if sentence)
