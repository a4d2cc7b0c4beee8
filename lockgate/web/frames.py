"""Home without what changes: drawn once for a person, their seats and what they may do, then kept, with slots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import get_template

from lockgate.people.models import Person
from lockgate.spaces.types import Seated
from lockgate.web.composing import composer
from lockgate.web.kept import filled, slot
from lockgate.web.shell import Shell, draw_rail, places_to_write, rail_key, script_words, standing


def home_page(
    person: Person, seated: Seated, at: datetime, *, live: str, values: Mapping[str, str], has_draft: bool
) -> str:
    """Home as this person sees it, with ``values`` (finished HTML) for csrf, waiting, hidden, posts, announced, newest
    and cards; with ``has_draft`` for composer too."""
    key = ("home", *rail_key(person, seated.places, "home", at), live, has_draft)
    return filled(key, lambda: _draw(person, seated, at, live, has_draft), values)


def _draw(person: Person, seated: Seated, at: datetime, live: str, has_draft: bool) -> str:
    rail = draw_rail(person, standing(person, at), seated.places, "home")
    context: dict[str, Any] = {
        "shell": Shell(rail, "home", slot("waiting"), slot("hidden"), live, person.slug),
        "words": script_words(),
        "csrf_token": slot("csrf"),
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
