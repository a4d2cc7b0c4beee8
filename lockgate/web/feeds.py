"""What every page with a feed has in common."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput
from lockgate.conversations.types import FeedPage
from lockgate.web import posts

_OLDER = "\ue000older\ue001"


def read_cursor(request: HttpRequest) -> int | None:
    """The position that ``?before=`` names, or None."""
    return read_number(request, "before")


def read_number(request: HttpRequest, name: str) -> int | None:
    """A whole number of at most 19 digits from the query, or None where it is not given. Raises BadInput."""
    text = request.GET.get(name, "")
    if not text:
        return None
    number = read_id(text)
    if number is None:
        raise BadInput(
            _("This address does not lead anywhere: “%(text)s” is not a number.") % {"text": text[:40]}
        )
    return number


def feed_html(feed: FeedPage, address: str) -> SafeString:
    """The posts of one page of a feed and the way to older ones, or what an empty feed says."""
    if feed.keys and feed.older is None:
        return posts.joined(feed.keys)
    joint = "&" if "?" in address else "?"
    older = f"{address}{joint}before={feed.older}" if feed.older else ""
    drawn = posts.joined(feed.keys)
    end = _end(language=get_language() or "en", is_empty=not feed.keys)
    return mark_safe(drawn + end.replace(_OLDER, older))  # noqa: S308 (drawn by our own templates)


@cache
def _end(*, language: str, is_empty: bool) -> str:
    """What stands below the posts, drawn once for a language."""
    with override(language):
        context = {"older": "" if is_empty else _OLDER, "is_empty": is_empty}
        return get_template("parts/older.html").render(context)


def feed_context(feed: FeedPage, *, scope: str, address: str) -> dict[str, Any]:
    """For ``parts/feed.html``: the posts and the newest position."""
    return {
        "posts": feed_html(feed, address),
        "newest": newest(feed),
        "scope": scope,
    }


def newest(feed: FeedPage) -> int:
    """The position from which on a page asks for what is new."""
    return feed.keys[0].position if feed.keys else 0


def older_fragment(feed: FeedPage, address: str) -> HttpResponse:
    """The next page of a feed, for the button at its end."""
    return HttpResponse(feed_html(feed, address))
