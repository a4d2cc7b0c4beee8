"""Reads of channel accounts. That the company has them is no secret among its employees; guests are shown
only those of the passages that they may see, which is the pages' affair."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Prefetch

from lockgate.base.refusal import NotFound
from lockgate.channels.feed_xml import Entry, Feed, Picture, atom, rss, validators
from lockgate.channels.images import SMALL_SIDE, look, portrait, small, without_traces
from lockgate.channels.models import Account, FeedEntry, FeedImage
from lockgate.channels.registry import connector, connector_names
from lockgate.channels.sealing import OpenedSecrets, unseal
from lockgate.channels.types import AccountFacts, Capabilities, OutboundPost

__all__ = [
    "MOST_PHOTO_BYTES",
    "account",
    "accounts",
    "atom",
    "capabilities",
    "complaints",
    "connector",
    "connector_names",
    "facts",
    "feed_document",
    "feed_entries",
    "feed_entry",
    "feed_image",
    "image_without_traces",
    "look_at_image",
    "portrait",
    "rss",
    "small_image",
    "validators",
]


MOST_PHOTO_BYTES = 10 * 1024 * 1024


def accounts(*, paused: bool = True) -> list[Account]:
    """All channel accounts by name; without the paused ones if ``paused`` is false. One query, no secrets."""
    rows = Account.objects.order_by("name")
    return list(rows if paused else rows.filter(paused_at__isnull=True))


def account(slug: str) -> Account:
    """The account at the place ``channel:<slug>``. Raises NotFound."""
    row = Account.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound
    return row


def facts(row: Account) -> AccountFacts:
    """``row`` with its secrets opened, for a connector and nobody else. Raises KeyUnusable, SecretUnreadable."""
    return AccountFacts(
        slug=row.slug,
        base_url=row.base_url.rstrip("/"),
        config={"handle": row.handle, **{str(key): str(value) for key, value in row.config.items()}},
        secrets=OpenedSecrets(
            {
                kept.name: unseal(bytes(kept.sealed), slug=row.slug, name=kept.name)
                for kept in row.secrets.all()
            }
        ),
    )


def capabilities(row: Account) -> Capabilities:
    """What this account's channel takes and can undo."""
    return connector(row.connector).capabilities


def feed_entries(slug: str, *, limit: int = 50) -> Sequence[FeedEntry]:
    """The newest entries of the company's feed ``slug``, tombstones among them, newest first; images loaded."""
    rows = (
        FeedEntry.objects.filter(account__slug=slug)
        .select_related("account")
        .prefetch_related(Prefetch("images", FeedImage.objects.defer("content")))
    )
    return list(rows.order_by("-published_at", "-id")[:limit])


def feed_document(
    row: Account, *, public_url: str, company: str, limit: int = 50
) -> tuple[Feed, list[Entry]]:
    """The feed of ``row`` as `feed_xml` takes it. ``public_url`` is the root that the public reaches; under it pages
    answer at /feeds/<slug>, /feeds/<slug>/atom.xml, /rss.xml, /<reference> and /<reference>/images/<position>."""
    root = f"{public_url.rstrip('/')}/feeds/{row.slug}"
    feed = Feed(
        id=f"tag:{urlsplit(public_url).hostname or 'localhost'},{row.created_at:%Y-%m-%d}:lockgate:{row.slug}",
        title=row.name,
        url=root,
        atom_url=f"{root}/atom.xml",
        rss_url=f"{root}/rss.xml",
        author=company,
        begun_at=row.created_at,
        language=row.language,
    )
    entries = [
        Entry(
            id=f"urn:uuid:{one.reference}",
            url=f"{root}/{one.reference}",
            title=one.title,
            html=one.html,
            text=one.text,
            published_at=one.published_at,
            updated_at=one.updated_at,
            language=one.language,
            categories=tuple(one.categories),
            pictures=tuple(
                Picture(
                    url=f"{root}/{one.reference}/images/{image.position}",
                    media_type=image.media_type,
                    alt=image.alt,
                    size_bytes=image.size_bytes,
                )
                for image in one.images.all()
            ),
            removed_at=one.removed_at,
        )
        for one in feed_entries(row.slug, limit=limit)
    ]
    return feed, entries


def feed_entry(reference: UUID) -> FeedEntry:
    """One entry, a tombstone too (a page answers 410 for it). Raises NotFound."""
    row = FeedEntry.objects.filter(reference=reference).select_related("account").first()
    if row is None:
        raise NotFound
    return row


def feed_image(reference: UUID, position: int) -> FeedImage:
    """A picture of an entry that stands. Raises NotFound once the entry was taken away."""
    row = FeedImage.objects.filter(entry__reference=reference, position=position).first()
    if row is None:
        raise NotFound
    return row


def complaints(row: Account, post: OutboundPost) -> tuple[str, ...]:
    """What this account's channel would refuse of ``post``, in plain sentences; empty where it would take it."""
    return connector(row.connector).validate(post)


def look_at_image(content: bytes) -> tuple[str, int, int] | None:
    """(media type, width, height) of a picture, told by its bytes; None for what is none or cannot be opened."""
    seen = look(content)
    return None if seen.trouble else (seen.media_type, seen.width, seen.height)


def small_image(content: bytes, *, side: int = SMALL_SIDE) -> bytes | None:
    """A small WebP of a picture, without traces; None for what cannot be opened."""
    return small(content, side)


def image_without_traces(content: bytes) -> bytes:
    """A picture that ``look_at_image`` has opened, without where, when and by whom it was taken; upright."""
    return without_traces(content)
