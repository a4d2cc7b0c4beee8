"""The parts that pages are made of, as template tags; each returns finished, escaped HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lockgate.attention.types import Followed
from lockgate.base.markings import Marking
from lockgate.people.types import PersonCard
from lockgate.web import assets
from lockgate.web.markdown import first_words as first_words_of
from lockgate.web.markdown import markdown_html
from lockgate.web.states import reaction_words

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Where the stylesheet, the script or a font is served."""
    return assets.address(name)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 18) -> SafeString:
    """A Lucide icon beside a word: decoration, so hidden from those who listen to the page."""
    drawn = lucide._render_icon(
        name, size, **{"class": "icon", "stroke_width": "1.75", "aria_hidden": "true", "focusable": "false"}
    )
    return mark_safe(drawn)  # noqa: S308 (drawn from the icon package; name and size come from templates)


@register.simple_tag
def face(name: str, hue: int = 200, size: str = "") -> SafeString:
    """A person's tile: initials on a quiet ground. The name stands beside it, so it is hidden from readers aloud."""
    parts = name.split()
    initials = (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"
    return format_html(
        '<span class="face h{}{}" aria-hidden="true">{}</span>',
        hue // 30 % 12,
        f" {size}" if size else "",
        initials,
    )


@register.simple_tag
def portrait(person: PersonCard, photo: str = "", size: str = "") -> SafeString:
    """A person's photo, where ``photo`` (its digest) tells that there is one, and their tile where not. As with the
    tile, the name stands beside it."""
    if not photo:
        return face(person.name, person.hue, size)
    return format_html(
        '<img class="face{}" src="/people/{}/photo?is={}" alt="" width="96" height="96" decoding="async">',
        f" {size}" if size else "",
        person.slug,
        photo,
    )


@register.simple_tag
def beside(person: PersonCard, size: str = "") -> SafeString:
    """The tile of who wrote, with their photo over it where there is one. A drawn post is kept for all who hear it: to
    who may not see the photo (any more) it is not there, and the initials show."""
    if not person.photo:
        return face(person.name, person.hue, size)
    return format_html(
        '<span class="face h{}{}" aria-hidden="true">{}<img src="/people/{}/photo?small={}" alt="" width="40"'
        ' height="40" loading="lazy" decoding="async"></span>',
        person.hue // 30 % 12,
        f" {size}" if size else "",
        person.initials,
        person.slug,
        person.photo,
    )


@register.simple_tag
def place_mark(kind: str) -> SafeString:
    """Square inside, dot with guests, ring outside: a place reads without colour."""
    word = {"inside": _("inside"), "guests": _("with guests"), "outside": _("public")}.get(kind, "")
    return format_html('<span class="dot {}" role="img" aria-label="{}"></span>', _audience(kind), word)


@register.simple_tag
def place_chip(name: str, kind: str) -> SafeString:
    return format_html(
        '<span class="chip {}"><span class="dot {}" aria-hidden="true"></span>{}</span>',
        _audience(kind),
        _audience(kind),
        name,
    )


def _audience(kind: str) -> str:
    return {"guests": "guest"}.get(kind, kind)


@register.simple_tag
def when(at: datetime | None, form: str = "") -> SafeString:
    """A moment. The page holds it in UTC; the browser says it in the reader's own time zone and manner.

    ``form`` "full" always shows date and time; "until" is for moments to come.
    """
    if at is None:
        return SafeString("")
    at = at.astimezone(UTC)
    # Thirty times a page: every character counts.
    mark = format_html('data-when="{}"', form) if form else "data-when"
    return format_html('<time datetime="{}" {}>{}</time>', f"{at:%Y-%m-%dT%H:%M:%SZ}", mark, short_time(at))


def short_time(at: datetime) -> str:
    """The words that stand where no script runs."""
    return f"{date_format(at, 'j M')} {at:%H:%M} UTC"


@register.filter
def marking(value: int | None) -> str:
    return "" if value is None else str(Marking(value).label)


@register.filter
def markdown(text: str) -> SafeString:
    return markdown_html(text)


@register.simple_tag
def words(text: str, names: Mapping[str, str]) -> SafeString:
    """What somebody wrote, with those who are named in it and hear it as links (``names`` by slug)."""
    return markdown_html(text, tuple(sorted(names.items())))


@register.simple_tag
def reaction_name(kind: str) -> str:
    """A reaction in a word or two."""
    return reaction_words(kind)


@register.simple_tag
def reactions() -> tuple[str, ...]:
    """The kinds of reactions, in their order."""
    return tuple(_REACTIONS)


@register.simple_tag
def reaction_icon(kind: str) -> SafeString:
    return shared_icon(_REACTIONS[kind], 15)


@register.simple_tag
@lru_cache(maxsize=1)
def shared_icons() -> SafeString:
    """The icons that a feed shows again and again, brought once a page for ``shared_icon``."""
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{_INNER.sub("", icon(name, 24))}</symbol>'
        for name in (*_REACTIONS.values(), *_SHARED)
    )
    return mark_safe(f"<svg hidden>{symbols}</svg>")  # noqa: S308 (drawn from the icon package)


@register.simple_tag
@lru_cache(maxsize=256)
def shared_icon(name: str, size: int = 15) -> SafeString:
    return format_html(
        '<svg class="i" width="{}" height="{}" aria-hidden="true"><use href="#i-{}"/></svg>', size, size, name
    )


_INNER = re.compile(r"^\s*<svg[^>]*>|</svg>\s*$")
_SHARED = ("smile-plus", "bookmark", "external-link")
_REACTIONS = {
    "agree": "thumbs-up",
    "thanks": "hand-heart",
    "well-done": "party-popper",
    "idea": "lightbulb",
    "smile": "smile",
    "with-you": "heart",
}


@register.filter
def first_words(text: str) -> str:
    # Of all that is said a boost alone has no words.
    return first_words_of(text) or _("a boosted post")


@register.filter
def followed_name(one: Followed) -> str:
    """What is followed or muted, in a line of a list."""
    return first_words_of(one.name, 90) if one.kind == "thread" else one.name


@register.filter
def thousands(value: int) -> str:
    """18204 as "18 204": groups of three, so that long numbers can be compared by eye."""
    return f"{value:,}".replace(",", "\u202f")


@register.filter
def hexed(value: bytes | memoryview | None) -> str:
    return bytes(value).hex() if value else ""


@register.filter
def getitem(mapping: Any, key: Any) -> Any:
    """mapping[key], or None."""
    try:
        return mapping[key]
    except (KeyError, IndexError, TypeError):
        return None


@register.simple_tag
def duty_name(kind: str) -> str:
    return {
        "policy_author": _("writes policy"),
        "policy_reviewer": _("signs policy"),
        "supervisor": _("supervises"),
        "channel_manager": _("tends channels"),
        "administrator": _("administers"),
    }.get(kind, kind)
