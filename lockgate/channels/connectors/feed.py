"""The company's own public feed: no server but ours, no password. Publishing writes an entry that the feed's
pages show; taking away leaves a tombstone without words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lockgate.base.clock import now
from lockgate.base.transactions import change
from lockgate.channels import images
from lockgate.channels.lengths import too_long
from lockgate.channels.models import Account, FeedEntry, FeedImage
from lockgate.channels.reading import difference, words_of_html
from lockgate.channels.rendering import article, plain
from lockgate.channels.types import (
    AccountFacts,
    Capabilities,
    ChannelRefused,
    Field,
    OutboundPost,
    Published,
    ReadBack,
)


class CompanyFeed:
    name = "feed"
    capabilities = Capabilities(
        label="Company feed",
        text_limit=50_000,
        takes_markup=True,
        max_images=10,
        image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        image_bytes=2_000_000,
        needs_alt_text=True,
        takes_categories=True,
    )
    fields: Sequence[Field] = (
        Field(
            "base_url",
            gettext_lazy("Public address"),
            gettext_lazy("Where this Lockgate answers the public; empty means PUBLIC_URL."),
            required=False,
        ),
    )

    def validate(self, post: OutboundPost) -> tuple[str, ...]:
        said = too_long(self.capabilities.label, len(post.markdown), self.capabilities.text_limit)
        if not plain(post.markdown).text:
            said = (_("There is nothing to post."),)
        return said + images.complaints(post.images, self.capabilities)

    def sign_in(self, account: AccountFacts) -> str:
        return account.slug

    def publish(self, post: OutboundPost, account: AccountFacts) -> Published:
        if trouble := self.validate(post):
            raise ChannelRefused(" ".join(trouble))
        row = Account.objects.filter(slug=account.slug).first()
        if row is None:
            raise ChannelRefused(_("There is no such feed."))
        pictures = [images.prepare(image, self.capabilities) for image in post.images]
        page = article(post.markdown, post.title)
        try:
            with change():
                entry = FeedEntry.objects.create(
                    account=row,
                    token=post.token,
                    reference=reference_of(account.slug, post.token),
                    title=page.title,
                    text=plain(post.markdown).text,
                    html=page.html,
                    categories=list(post.categories),
                    language=post.language,
                    published_at=post.intended_at,
                    updated_at=post.intended_at,
                )
                for position, ready in enumerate(pictures, start=1):
                    FeedImage.objects.create(
                        entry=entry,
                        position=position,
                        media_type=ready.media_type,
                        alt=ready.alt,
                        content=ready.content,
                        size_bytes=len(ready.content),
                        sha256=ready.sha256,
                    )
        except IntegrityError:
            entry = FeedEntry.objects.get(account=row, token=post.token)
            if entry.removed_at is not None:
                raise ChannelRefused(_("This entry was taken away; it does not come back.")) from None
        return _published(entry, account)

    def look_up(self, post: OutboundPost, account: AccountFacts) -> Published | None:
        entry = FeedEntry.objects.filter(
            account__slug=account.slug, token=post.token, removed_at__isnull=True
        ).first()
        return None if entry is None else _published(entry, account)

    def read_back(self, post: OutboundPost, published: Published, account: AccountFacts) -> ReadBack:
        entry = FeedEntry.objects.filter(reference=published.reference, account__slug=account.slug).first()
        if entry is None or entry.removed_at is not None:
            return ReadBack(is_there=False)
        page = article(post.markdown, post.title)
        text = words_of_html(entry.html)
        said = [difference(words_of_html(page.html), text)]
        if [image.alt for image in entry.images.all()] != [image.alt.strip() for image in post.images]:
            said.append(_("The images or their alternative texts are not those that were sent."))
        return ReadBack(
            is_there=True, text=text, differences=tuple(sentence for sentence in said if sentence)
        )

    def delete(self, published: Published, account: AccountFacts) -> None:
        remove(published.reference, account.slug, at=now())


def remove(reference: str, slug: str, *, at: datetime) -> None:
    """The entry's words and pictures go; that there was one stays, for readers who have it already."""
    with change():
        standing = FeedEntry.objects.filter(
            reference=reference, account__slug=slug, removed_at__isnull=True
        ).select_for_update()
        for entry in standing:
            entry.images.all().delete()
            FeedEntry.objects.filter(pk=entry.pk).update(
                title="", text="", html="", categories=[], removed_at=at, updated_at=at
            )


def reference_of(slug: str, token: str) -> UUID:
    """The entry's public id: the same for every attempt, and telling nothing of the token."""
    return UUID(bytes=hashlib.sha256(f"lockgate.feed:{slug}:{token}".encode()).digest()[:16], version=5)


def _published(entry: FeedEntry, account: AccountFacts) -> Published:
    root = (account.base_url or settings.PUBLIC_URL).rstrip("/")
    return Published(reference=str(entry.reference), url=f"{root}/feeds/{account.slug}/{entry.reference}")
