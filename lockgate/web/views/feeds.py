"""The company's own public feed: read by everybody, without sign-in and without a cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from lockgate.base.refusal import NotFound
from lockgate.channels import queries as channels

if TYPE_CHECKING:
    from lockgate.channels.models import Account

_CACHED = "public, max-age=60"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def _feed(slug: str) -> Account:
    row = channels.account(slug)
    if row.connector != "feed":
        raise NotFound
    return row


def _first() -> Account:
    for row in channels.accounts():
        if row.connector == "feed":
            return row
    raise NotFound


def _public_url(request: HttpRequest, row: Account) -> str:
    return str(row.base_url or settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}")


@require_safe
def atom(request: HttpRequest, slug: str = "") -> HttpResponse:
    return _document(request, _feed(slug) if slug else _first(), "atom")


@require_safe
def rss(request: HttpRequest, slug: str = "") -> HttpResponse:
    return _document(request, _feed(slug) if slug else _first(), "rss")


def _document(request: HttpRequest, row: Account, form: str) -> HttpResponse:
    feed, entries = channels.feed_document(
        row, public_url=_public_url(request, row), company=settings.COMPANY
    )
    marks = channels.validators(feed, entries)
    modified = int(marks.last_modified.timestamp())
    if _is_known(request, marks.etag, modified):
        response = HttpResponse(status=304)
    elif form == "atom":
        response = HttpResponse(
            channels.atom(feed, entries), content_type="application/atom+xml; charset=utf-8"
        )
    else:
        response = HttpResponse(
            channels.rss(feed, entries), content_type="application/rss+xml; charset=utf-8"
        )
    response.headers["ETag"] = marks.etag
    response.headers["Last-Modified"] = http_date(modified)
    return _public(response)


def _is_known(request: HttpRequest, etag: str, modified: int) -> bool:
    """Whether the reader has this very document. An ETag, where one is given, decides alone (RFC 9110, 13.2.2)."""
    given = request.headers.get("If-None-Match", "")
    if given:
        return given.strip() == "*" or etag in {one.strip() for one in given.split(",")}
    since = request.headers.get("If-Modified-Since", "")
    known = parse_http_date_safe(since) if since else None
    return known is not None and known >= modified


def _public(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = _CACHED
    patch_vary_headers(response, ("Accept-Language",))
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def feed_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The feed as a page for people."""
    row = _feed(slug)
    feed, entries = channels.feed_document(
        row, public_url=_public_url(request, row), company=settings.COMPANY
    )
    shown = [
        (one, one.url.rsplit("/", 1)[-1], one.text.removeprefix(one.title).strip() if one.title else one.text)
        for one in entries
        if one.removed_at is None
    ]
    return _public(render(request, "web/feed.html", {"feed": feed, "slug": slug, "entries": shown}))


@require_safe
def entry(request: HttpRequest, slug: str, reference: UUID) -> HttpResponse:
    """One entry; 410 where it was taken away, so that readers remove what they have."""
    found = channels.feed_entry(reference)
    if found.account.slug != slug:
        raise NotFound
    context = {
        "entry": found,
        "slug": slug,
        "feed_title": found.account.name,
        # Washed when it was published; nothing but the feed connector writes it.
        "html": mark_safe(found.html),  # noqa: S308 (cleaned by channels.rendering before it was stored)
        "images": list(found.images.all()),
    }
    status = 410 if found.removed_at is not None else 200
    return _public(render(request, "web/feed_entry.html", context, status=status))


@require_safe
def image(request: HttpRequest, slug: str, reference: UUID, position: int) -> HttpResponse:
    if channels.feed_entry(reference).account.slug != slug:
        raise NotFound
    found = channels.feed_image(reference, position)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    return _public(response)
