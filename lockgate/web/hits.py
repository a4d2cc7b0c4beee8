"""What was found, as it stands on a page: each hit drawn once, then kept, and what is marked in it put in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

from django.template.loader import get_template
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lockgate.search.types import Found, Hit, Order, Part
from lockgate.web.kept import Kept, slot

drawn_hits = Kept(8192)
drawn_found = Kept(512)


def drawn(hits: Sequence[Hit]) -> SafeString:
    """The HTML of these hits, in their order."""
    language = get_language() or "en"
    html = "".join(
        [
            drawn_hits.filled(_key(hit, language), partial(_draw, hit), {"snippet": marked(hit.snippet)})
            for hit in hits
        ]
    )
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def marked(snippet: Sequence[Part]) -> str:
    """A snippet as HTML. Every character of it was written by somebody: all of them are escaped here."""
    return "".join(
        [f"<mark>{escape(one.text)}</mark>" if one.is_found else escape(one.text) for one in snippet]
    )


def _key(hit: Hit, language: str) -> tuple[object, ...]:
    """All that shows in a drawn hit beside the snippet."""
    author = hit.author
    return (
        language,
        hit.message_id,
        author.name,
        author.hue,
        author.is_guest,
        author.firm,
        author.is_bot,
        hit.kind,
        hit.place_name,
        hit.is_answer,
        hit.delivered_at,
        hit.files,
    )


def _draw(hit: Hit) -> str:
    return get_template("parts/hit.html").render({"hit": hit, "snippet": slot("snippet")})


def more(found: Found, words: str, order: Order) -> SafeString:
    """The button at the end that asks for the next page; nothing where there is none."""
    older = _older(found, words, order)
    html = get_template("parts/more_hits.html").render({"older": older, "is_best": order == Order.BEST})
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def _older(found: Found, words: str, order: Order) -> str:
    if found.older is None:
        return ""
    this = {"q": words} | ({"order": str(order)} if order == Order.BEST else {})
    return "/search?" + urlencode(this | {"before": str(found.older)})


def found_html(found: Found, words: str, query: str, order: Order) -> SafeString:
    """The part of the page that changes while one types: orders, how many, hits. ``query`` is ``words`` as an address
    has them."""
    count, is_asked = len(found.hits), found.asked.is_searchable
    older = _older(found, words, order)
    shown = {
        "is_asked": is_asked,
        "is_given_up": found.is_given_up,
        "is_sought": bool(words),
        "is_best": order == Order.BEST,
        "n": count,
        "window": found.weighed,
    }
    html = drawn_found.filled(
        (get_language() or "en", bool(older), *shown.values()),
        lambda: get_template("parts/found.html").render(
            shown | {"hits": slot("hits"), "query": slot("query"), "older": slot("older") if older else ""}
        ),
        {"hits": drawn(found.hits), "query": query, "older": escape(older)},
    )
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)
