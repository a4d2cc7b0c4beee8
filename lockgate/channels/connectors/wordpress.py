"""WordPress, by its REST API with an application password. It knows no once-only: the delivery's token is the
end of the post's slug, and look-up asks for that slug in every state."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from typing import Any

import httpx2
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lockgate.channels import images
from lockgate.channels.lengths import too_long
from lockgate.channels.outgoing import Answer, Line
from lockgate.channels.reading import difference, same_words, words_of_html
from lockgate.channels.rendering import Article, article
from lockgate.channels.types import (
    AccountFacts,
    Capabilities,
    ChannelError,
    ChannelRefused,
    Field,
    Image,
    OutboundPost,
    Published,
    ReadBack,
    SignInRefused,
)

_API = "/wp-json/wp/v2"
# What WordPress answers instead of "wrong password" when it takes us for a visitor.
_VISITOR = {"rest_cannot_create", "rest_forbidden_status", "rest_not_logged_in", "rest_forbidden_context"}
_MEDIA_ID = re.compile(r"\bwp-image-(\d+)\b")
_TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug_of(post: OutboundPost) -> str:
    """The slug that ``post`` stands under: words of its title, then its token (as it is, if a slug can hold it)."""
    fits = len(post.token) <= 48 and _TOKEN.fullmatch(post.token)
    token = post.token if fits else hashlib.sha256(post.token.encode()).hexdigest()[:20]
    words = slugify(article(post.markdown, post.title).title)[:60].strip("-")
    return f"{words}-{token}" if words else token


def _explain(answer: Answer) -> ChannelError | None:
    code = answer.record().get("code")
    with contextlib.suppress(AttributeError, KeyError, TypeError):
        # Whoever may not see every state is told that "any" is an invalid parameter; why stands further in.
        code = answer.record()["data"]["details"]["status"]["code"]
    if code in {"invalid_username", "incorrect_password", "invalid_email"} or (
        answer.status in {400, 401} and code in _VISITOR
    ):
        return SignInRefused(
            _(
                "WordPress does not accept the user name or application password of this account. Enter a new one."
            )
        )
    if answer.status == 404 and code == "rest_no_route":
        return ChannelRefused(_("There is no WordPress REST API at this account's address."))
    return None


class WordPress:
    name = "wordpress"
    capabilities = Capabilities(
        label="WordPress",
        text_limit=100_000,
        takes_markup=True,
        max_images=20,
        image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        image_bytes=8_000_000,
        needs_alt_text=True,
        takes_categories=True,
    )
    fields: Sequence[Field] = (
        Field(
            "base_url",
            gettext_lazy("Address of the site"),
            gettext_lazy("For example https://www.halden.example"),
        ),
        Field(
            "handle",
            gettext_lazy("User name"),
            gettext_lazy("A user who may publish posts and upload media."),
        ),
        Field(
            "app_password",
            gettext_lazy("Application password"),
            gettext_lazy("Made in WordPress under the user's profile."),
            secret=True,
        ),
    )

    def validate(self, post: OutboundPost) -> tuple[str, ...]:
        said = too_long("WordPress", len(post.markdown), self.capabilities.text_limit)
        if not post.markdown.strip():
            said = (_("There is nothing to post."),)
        return said + images.complaints(post.images, self.capabilities)

    def sign_in(self, account: AccountFacts) -> str:
        with self._line(account) as line:
            answer = line.read(f"{_API}/users/me", params={"context": "edit"}, auth=_auth(account))
            person = self._needed(line, answer)
            able = person.get("capabilities")
            if not (isinstance(able, dict) and able.get("publish_posts") and able.get("upload_files")):
                raise SignInRefused(
                    _(
                        "This WordPress user may not publish posts and upload media. Give it the role of an author."
                    )
                )
            return str(person.get("name") or account.config.get("handle", ""))

    def publish(self, post: OutboundPost, account: AccountFacts) -> Published:
        if trouble := self.validate(post):
            raise ChannelRefused(" ".join(trouble))
        slug = slug_of(post)
        with self._line(account) as line:
            auth = _auth(account)
            if (standing := self._find(line, auth, slug)) is not None:
                return standing
            media = [
                self._media(line, auth, image, f"{slug}-image-{number}")
                for number, image in enumerate(post.images, start=1)
            ]
            page = article(post.markdown, post.title)
            body = {
                "title": escape(page.title, quote=False),
                "content": _content(page, media),
                "slug": slug,
                "status": "publish",
                "categories": [self._category(line, auth, name) for name in post.categories],
            }
            answer = line.write("POST", f"{_API}/posts", json=body, auth=auth)
            made = answer.record()
            if answer.status == 404:
                raise ChannelRefused(_("There is no WordPress REST API at this account's address."))
            if not isinstance(made.get("id"), int) or not isinstance(made.get("slug"), str):
                raise line.nonsense()
            return _published(made)

    def look_up(self, post: OutboundPost, account: AccountFacts) -> Published | None:
        with self._line(account) as line:
            return self._find(line, _auth(account), slug_of(post))

    def read_back(self, post: OutboundPost, published: Published, account: AccountFacts) -> ReadBack:
        with self._line(account) as line:
            answer = line.read(
                f"{_API}/posts/{published.reference}", params={"context": "edit"}, auth=_auth(account)
            )
            if answer.status in {404, 410}:
                self._surely_absent(line, answer)
                return ReadBack(is_there=False)
            shown = self._needed(line, answer)
            names = {
                str(
                    self._needed(line, line.read(f"{_API}/categories/{number}", auth=_auth(account))).get(
                        "name"
                    )
                )
                for number in shown.get("categories", [])
                if post.categories
            }
        return _compared(post, shown, {unescape(name).casefold() for name in names})

    def delete(self, published: Published, account: AccountFacts) -> None:
        with self._line(account) as line:
            auth = _auth(account)
            answer = line.read(f"{_API}/posts/{published.reference}", params={"context": "edit"}, auth=auth)
            if answer.status in {404, 410}:
                self._surely_absent(line, answer)
                return
            standing = self._needed(line, answer)
            # Pictures have addresses of their own and would outlive the post. Only those that we put there go.
            ours = f"{standing.get('slug', '')}-image-".removesuffix("__trashed")
            for number in dict.fromkeys(
                _MEDIA_ID.findall(str((standing.get("content") or {}).get("raw", "")))
            ):
                found = line.read(f"{_API}/media/{number}", params={"context": "edit"}, auth=auth)
                if found.status == 200 and str(found.record().get("slug", "")).startswith(ours):
                    line.write("DELETE", f"{_API}/media/{number}", params={"force": "true"}, auth=auth)
            gone = line.write(
                "DELETE", f"{_API}/posts/{published.reference}", params={"force": "true"}, auth=auth
            )
            if not gone.record():
                raise line.nonsense()

    def _line(self, account: AccountFacts) -> Line:
        return Line(account, "WordPress", explain=_explain)

    def _needed(self, line: Line, answer: Answer) -> dict[str, Any]:
        if answer.status != 200 or not answer.record():
            raise line.unreadable()
        return answer.record()

    def _surely_absent(self, line: Line, answer: Answer) -> None:
        # Only WordPress's own word counts; a proxy's 404 page is no proof.
        if answer.record().get("code") != "rest_post_invalid_id":
            raise line.unreadable()

    def _find(self, line: Line, auth: httpx2.Auth, slug: str) -> Published | None:
        # "any" leaves out the trash, but there WordPress changes the slug, so a recalled post is not found.
        asked = {"slug": slug, "status": "any", "context": "edit", "_fields": "id,slug,link,status"}
        answer = line.read(f"{_API}/posts", params=asked, auth=auth)
        found = answer.json()
        if answer.status != 200 or not isinstance(found, list):
            raise line.unreadable()
        for entry in found:
            if isinstance(entry, dict) and entry.get("slug") == slug and isinstance(entry.get("id"), int):
                return _published(entry)
        return None

    def _category(self, line: Line, auth: httpx2.Auth, name: str) -> int:
        name = " ".join(name.split())
        answer = line.read(f"{_API}/categories", params={"search": name, "per_page": 100}, auth=auth)
        found = answer.json()
        if answer.status != 200 or not isinstance(found, list):
            raise line.unreadable()
        for entry in found:
            if unescape(str(entry.get("name", ""))).casefold() == name.casefold():
                return int(entry["id"])
        made = line.ask(
            "POST",
            f"{_API}/categories",
            is_write=False,
            json={"name": name},
            auth=auth,
            passes=lambda answer: answer.record().get("code") == "term_exists",
        ).record()
        number = made.get("id") or (made.get("data") or {}).get("term_id")
        if not isinstance(number, int):
            raise line.unreadable()
        return number

    def _media(self, line: Line, auth: httpx2.Auth, image: Image, slug: str) -> Mapping[str, Any]:
        """The picture in the site's library: found by its slug if an earlier attempt put it there."""
        answer = line.read(f"{_API}/media", params={"slug": slug, "context": "edit"}, auth=auth)
        found = answer.json()
        if isinstance(found, list) and found and isinstance(found[0], dict) and found[0].get("source_url"):
            return found[0]
        ready = images.prepare(image, self.capabilities)
        made = line.prepare(
            f"{_API}/media",
            files={"file": (ready.name, ready.content, ready.media_type)},
            form={"slug": slug, "alt_text": ready.alt, "title": ready.alt[:100] or ready.name},
            auth=auth,
        ).record()
        if not isinstance(made.get("id"), int) or not isinstance(made.get("source_url"), str):
            raise line.unreadable()
        return made


def _auth(account: AccountFacts) -> httpx2.Auth:
    return httpx2.BasicAuth(account.config.get("handle", ""), account.secrets.get("app_password", ""))


def _content(page: Article, media: Sequence[Mapping[str, Any]]) -> str:
    figures = [
        f'<figure class="wp-block-image"><img src="{escape(str(entry["source_url"]))}"'
        f' alt="{escape(str(entry.get("alt_text", "")))}" class="wp-image-{int(entry["id"])}"/></figure>'
        for entry in media
    ]
    return "\n\n".join([page.html, *figures])


def _published(entry: Mapping[str, Any]) -> Published:
    return Published(
        reference=str(entry["id"]),
        url=str(entry.get("link", "")),
        detail={"slug": str(entry.get("slug", "")), "status": str(entry.get("status", ""))},
    )


def _compared(post: OutboundPost, shown: Mapping[str, Any], categories: set[str]) -> ReadBack:
    text = words_of_html(str((shown.get("content") or {}).get("rendered", "")))
    title = words_of_html(str((shown.get("title") or {}).get("rendered", "")))
    status = str(shown.get("status", ""))
    if status not in {"publish", "pending", "future", "private", "draft"}:
        return ReadBack(is_there=False)
    page = article(post.markdown, post.title)
    said = [difference(words_of_html(page.html), text)]
    if not same_words(page.title, title):
        said.append(_("The title reads “%(title)s”.") % {"title": title[:100]})
    if status != "publish":
        said.append(_("It is not public yet: WordPress keeps it as “%(status)s”.") % {"status": status})
    if shown.get("slug") != slug_of(post):
        said.append(_("WordPress gave it another address, so it may stand there twice."))
    raw = str((shown.get("content") or {}).get("raw", ""))
    shown_alts = [unescape(alt) for alt in re.findall(r'<img [^>]*alt="([^"]*)"', raw)]
    if not all(map(same_words, (i.alt for i in post.images), shown_alts)) or len(shown_alts) != len(
        post.images
    ):
        said.append(_("The images or their alternative texts are not those that were sent."))
    if missing := [name for name in post.categories if " ".join(name.split()).casefold() not in categories]:
        said.append(_("The category “%(name)s” is missing.") % {"name": missing[0]})
    return ReadBack(is_there=True, text=text, differences=tuple(sentence for sentence in said if sentence))
