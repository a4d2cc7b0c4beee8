"""Home and search without what changes: drawn once for a person, their seats and what they may do, then kept, with
slots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import get_template

from lockgate.people.models import Person
from lockgate.spaces.types import Seated
from lockgate.web.composing import composer
from lockgate.web.kept import pages, slot
from lockgate.web.shell import Shell, draw_rail, places_to_write, rail_key, script_words, standing


def home_page(
    person: Person, seated: Seated, at: datetime, *, live: str, values: Mapping[str, str], has_draft: bool
) -> str:
    """Home as this person sees it, with ``values`` (finished HTML) for csrf, waiting, hidden, posts, announced, newest
    and cards; with ``has_draft`` for composer too."""
    key = ("home", *rail_key(person, seated.places, "home", at), live, has_draft)
    return pages.filled(key, lambda: _draw_home(person, seated, at, live, has_draft), values)


def _draw_home(person: Person, seated: Seated, at: datetime, live: str, has_draft: bool) -> str:
    context = _frame(person, seated, at, live, "home") | {
        "posts": slot("posts"),
        "newest": slot("newest"),
        "scope": "home",
        "cards": slot("cards"),
        "announced": slot("announced"),
        "before": None,
    }
    if has_draft:
        context["composer_drawn"] = slot("composer")
    else:
        context["composer"] = composer(person, places_to_write(person, seated.places, at), draft=None)
    return get_template("web/home.html").render(context)


def search_page(
    person: Person,
    seated: Seated,
    at: datetime,
    *,
    live: str,
    values: Mapping[str, str],
    is_best: bool,
    is_later: bool,
) -> str:
    """The page of a search as this person sees it, with ``values`` (finished HTML) for csrf, waiting, hidden, title,
    sought (the words), query (the words as an address has them) and found; ``is_later`` where it is not the first."""
    key = ("search", *rail_key(person, seated.places, "search", at), live, is_best, is_later)
    return pages.filled(key, lambda: _draw_search(person, seated, at, live, is_best, is_later), values)


def _draw_search(
    person: Person, seated: Seated, at: datetime, live: str, is_best: bool, is_later: bool
) -> str:
    context = _frame(person, seated, at, live, "search") | {
        "title": slot("title"),
        "sought": slot("sought"),
        "query": slot("query"),
        "found": slot("found"),
        "is_best": is_best,
        "is_later": is_later,
    }
    return get_template("web/search.html").render(context)


def _frame(person: Person, seated: Seated, at: datetime, live: str, current: str) -> dict[str, Any]:
    """What stands around the page, with slots for the form's token and for what waits."""
    rail = draw_rail(person, standing(person, at), seated.places, current)
    return {
        "shell": Shell(rail, current, slot("waiting"), slot("hidden"), live, person.slug),
        "words": script_words(),
        "csrf_token": slot("csrf"),
    }
