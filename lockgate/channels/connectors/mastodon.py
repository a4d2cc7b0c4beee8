"""Servers that speak the Mastodon API. Their Idempotency-Key is sent but not relied on (some servers ignore it,
others forget it after an hour): look-up reads the account's own recent posts and compares words and time."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lockgate.channels import images
from lockgate.channels.lengths import graphemes, too_long
from lockgate.channels.outgoing import Bearer, Line
from lockgate.channels.reading import difference, same_words, words_of_html
from lockgate.channels.rendering import plain
from lockgate.channels.types import (
    AccountFacts,
    Capabilities,
    ChannelRefused,
    Field,
    Image,
    OutboundPost,
    Published,
    ReadBack,
    TryLater,
)

_ADDRESS = re.compile(r"https?://\S+")
_REMOTE = re.compile(r"(?<![\w/])@(\w+)@[\w.-]+\w")
_EARLIER = timedelta(minutes=2)  # clocks that differ; what a Date header tells is taken off besides
_PAGE = 40
_PAGES = 5
_PROCESSING_SECONDS = 45.0


def counted(text: str, per_address: int = 23) -> int:
    """Characters of ``text`` as Mastodon counts: an address is 23 whatever its length, and a mention
    counts without its server."""
    shortened = _ADDRESS.sub("x" * per_address, text)
    return graphemes(_REMOTE.sub(lambda found: "@" + found.group(1), shortened))


def shown_alike(sent: str, html: str) -> bool:
    """Whether ``html`` is how a server shows ``sent``: mentions lose their server there."""
    return same_words(_local(sent), _local(words_of_html(html)))


class Mastodon:
    name = "mastodon"
    capabilities = Capabilities(
        label="Mastodon",
        text_limit=500,
        max_images=4,
        image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        image_bytes=8_000_000,
        needs_alt_text=True,
    )
    fields: Sequence[Field] = (
        Field(
            "base_url",
            gettext_lazy("Address of the server"),
            gettext_lazy("For example https://mastodon.social"),
        ),
        Field(
            "access_token",
            gettext_lazy("Access token"),
            gettext_lazy("Made under Preferences, Development; it needs read and write."),
            secret=True,
        ),
    )

    def validate(self, post: OutboundPost) -> tuple[str, ...]:
        return self._trouble(post, self.capabilities.text_limit, 23)

    def sign_in(self, account: AccountFacts) -> str:
        with self._line(account) as line:
            return str(self._me(line, account)["acct"])

    def publish(self, post: OutboundPost, account: AccountFacts) -> Published:
        with self._line(account) as line:
            limit, per_address = self._limits(line)
            if trouble := self._trouble(post, limit, per_address):
                raise ChannelRefused(" ".join(trouble))
            media = [self._media(line, account, image) for image in post.images]
            body = {
                "status": plain(post.markdown, spell_links=True).text,
                "media_ids": media,
                "visibility": account.config.get("visibility") or "public",
                "language": post.language,
            }
            answer = line.write(
                "POST",
                "/api/v1/statuses",
                json=body,
                headers={"Idempotency-Key": hashlib.sha256(post.token.encode()).hexdigest()},
                auth=_auth(account),
            )
            if answer.status in {404, 410}:
                raise ChannelRefused(_("There is no Mastodon API at this account's address."))
            made = answer.record()
            if not isinstance(made.get("id"), str) or not made["id"]:
                raise line.nonsense()
            return _published(made)

    def look_up(self, post: OutboundPost, account: AccountFacts) -> Published | None:
        sent = plain(post.markdown, spell_links=True).text
        with self._line(account) as line:
            me = self._me(line, account)
            last = ""
            for _page in range(_PAGES):
                asked = {"limit": str(_PAGE), "exclude_reblogs": "true", **({"max_id": last} if last else {})}
                answer = line.read(f"/api/v1/accounts/{me['id']}/statuses", params=asked, auth=_auth(account))
                found = answer.json()
                if answer.status != 200 or not isinstance(found, list):
                    raise line.unreadable()
                earliest = post.intended_at - _EARLIER + timedelta(seconds=answer.skew_seconds)
                for entry in found:
                    written = _time(entry)
                    if written is None or not isinstance(entry.get("id"), str):
                        raise line.unreadable()
                    # Pinned posts may stand first whatever their age, so an old one does not end the search.
                    if (
                        written >= earliest
                        and len(entry.get("media_attachments") or []) == len(post.images)
                        and shown_alike(sent, str(entry.get("content", "")))
                    ):
                        return _published(entry)
                    last = entry["id"]
                if not found or min(filter(None, map(_time, found))) < earliest:
                    return None
        raise TryLater(
            _("Mastodon holds too many newer posts to tell whether this one stands there. Look for yourself.")
        )

    def read_back(self, post: OutboundPost, published: Published, account: AccountFacts) -> ReadBack:
        sent = plain(post.markdown, spell_links=True).text
        with self._line(account) as line:
            answer = line.read(f"/api/v1/statuses/{published.reference}", auth=_auth(account))
            if answer.status in {404, 410}:
                self._surely_absent(line, answer.record())
                return ReadBack(is_there=False)
            shown = answer.record()
            if shown.get("id") != published.reference:
                raise line.unreadable()
        text = words_of_html(str(shown.get("content", "")))
        said = [difference(_local(sent), _local(text))]
        alts = [str(entry.get("description") or "") for entry in shown.get("media_attachments") or []]
        if alts != [image.alt.strip() for image in post.images]:
            said.append(_("The images or their alternative texts are not those that were sent."))
        if shown.get("visibility") != (account.config.get("visibility") or "public"):
            said.append(
                _("It is shown to others than was asked for (“%(who)s”).") % {"who": shown.get("visibility")}
            )
        return ReadBack(
            is_there=True, text=text, differences=tuple(sentence for sentence in said if sentence)
        )

    def delete(self, published: Published, account: AccountFacts) -> None:
        with self._line(account) as line:
            answer = line.write("DELETE", f"/api/v1/statuses/{published.reference}", auth=_auth(account))
            if answer.status in {404, 410}:
                self._surely_absent(line, answer.record())
            elif not isinstance(answer.json(), dict):
                raise line.nonsense()

    def _line(self, account: AccountFacts) -> Line:
        return Line(account, "Mastodon")

    def _trouble(self, post: OutboundPost, limit: int, per_address: int) -> tuple[str, ...]:
        text = plain(post.markdown, spell_links=True).text
        said = too_long("Mastodon", counted(text, per_address), limit)
        if not text and not post.images:
            said = (_("There is nothing to post."),)
        return said + images.complaints(post.images, self.capabilities)

    def _me(self, line: Line, account: AccountFacts) -> dict[str, Any]:
        me = line.read("/api/v1/accounts/verify_credentials", auth=_auth(account)).record()
        if not isinstance(me.get("id"), str) or not isinstance(me.get("acct"), str):
            raise line.unreadable()
        return me

    def _limits(self, line: Line) -> tuple[int, int]:
        """This server's own limits: characters a post, and what an address counts as."""
        told = line.read("/api/v2/instance").record().get("configuration") or {}
        statuses = told.get("statuses") if isinstance(told, dict) else None
        statuses = statuses if isinstance(statuses, dict) else {}
        return (
            int(statuses.get("max_characters") or self.capabilities.text_limit),
            int(statuses.get("characters_reserved_per_url") or 23),
        )

    def _media(self, line: Line, account: AccountFacts, image: Image) -> str:
        ready = images.prepare(image, self.capabilities)
        answer = line.prepare(
            "/api/v2/media",
            files={"file": (ready.name, ready.content, ready.media_type)},
            form={"description": ready.alt},
            auth=_auth(account),
        )
        number = answer.record().get("id")
        if not isinstance(number, str):
            raise line.unreadable()
        ends = time.monotonic() + _PROCESSING_SECONDS
        pause = 0.2
        # 202 and 206 mean that the picture is still being worked on; a post may not name it before that ends.
        while answer.status in {202, 206}:
            if time.monotonic() > ends:
                raise TryLater(_("Mastodon is still working on the image."))
            time.sleep(pause)
            pause = min(pause * 2, 3.0)
            answer = line.read(f"/api/v1/media/{number}", auth=_auth(account))
        return number

    def _surely_absent(self, line: Line, said: Mapping[str, Any]) -> None:
        # The API's 404 is JSON with an error; a proxy's 404 page is no proof.
        if not isinstance(said.get("error"), str):
            raise line.unreadable()


def _auth(account: AccountFacts) -> Bearer:
    return Bearer(account.secrets.get("access_token", ""))


def _published(entry: Mapping[str, Any]) -> Published:
    return Published(reference=str(entry["id"]), url=str(entry.get("url") or entry.get("uri") or ""))


def _time(entry: Any) -> datetime | None:
    try:
        written = datetime.fromisoformat(entry["created_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return written if written.tzinfo else None


def _local(text: str) -> str:
    return _REMOTE.sub(lambda found: "@" + found.group(1), text)
