"""What every page with a feed has in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.conversations.types import FeedPage
from lockgate.web import posts
from lockgate.web.shell import fragment


def read_cursor(request: HttpRequest) -> int | None:
    """The position that ``?before=`` names, or None."""
    return read_number(request, "before")


def read_number(request: HttpRequest, name: str) -> int | None:
    """A whole number of at most 19 digits from the query, or None where it is not given. Raises BadInput."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise BadInput(
            _("This address does not lead anywhere: “%(text)s” is not a number.") % {"text": text[:40]}
        )
    return int(text)


def feed_context(feed: FeedPage, *, scope: str, address: str) -> dict[str, Any]:
    """For ``parts/feed.html``: the posts, the newest position, and the way to older ones."""
    return {
        "posts": posts.joined(feed.keys),
        "is_empty": not feed.keys,
        "newest": feed.keys[0].position if feed.keys else 0,
        "older": f"{address}?before={feed.older}" if feed.older else "",
        "scope": scope,
    }


def older_fragment(request: HttpRequest, feed: FeedPage, address: str) -> HttpResponse:
    """The next page of a feed, for the button at its end."""
    return fragment(request, "parts/older.html", feed_context(feed, scope="", address=address))
