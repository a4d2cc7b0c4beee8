"""What stands around every page: the rail, what waits, the words that the script speaks."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.channels import queries as channels
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace
from lockgate.web.kept import pages, slot
from lockgate.web.security import live_address
from lockgate.web.waiting import leading


class SignInFirst(Exception):
    """Nobody is signed in; the reader is sent to the door and back."""


@dataclass(frozen=True, slots=True)
class PageLink:
    name: str
    address: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class ChannelLink:
    """A channel account as the rail and the composer name it."""

    slug: str
    name: str
    is_paused: bool

    @property
    def key(self) -> str:
        return f"channel:{self.slug}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A place as the composer offers it; ``kind`` is "inside", "guests" or "outside"."""

    key: str
    name: str
    kind: str
    ceiling: int
    tends: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person may do and where the company speaks: changes seldom, so it is kept for a few seconds. ``leads``
    where the company names them as one who leads."""

    duties: frozenset[str]
    leads: bool
    channels: tuple[ChannelLink, ...]
    kept_until: float


KEPT_SECONDS = 10.0
_standings: dict[int, Standing] = {}


def viewer(request: HttpRequest) -> Person:
    """Who reads. Raises SignInFirst where nobody is signed in."""
    # The person themselves, not the lazy stand-in that is ``request.user``: that one is asked hundreds of times a page.
    person = get_user(request)
    if not isinstance(person, Person):
        raise SignInFirst
    return person


def standing(person: Person, at: datetime) -> Standing:
    """Duties and channel accounts, at most ``KEPT_SECONDS`` old. Only what is shown hangs on it: every operation asks
    anew whether it may be done."""
    kept = _standings.get(person.pk)
    moment = time.monotonic()
    if kept is not None and kept.kept_until > moment:
        return kept
    accounts: tuple[ChannelLink, ...] = ()
    if person.firm.is_house:
        accounts = tuple(
            ChannelLink(one.slug, one.name, one.paused_at is not None) for one in channels.accounts()
        )
    leads = person.firm.is_house and person.pk in leading()
    fresh = Standing(people.duties(person, at), leads, accounts, moment + KEPT_SECONDS)
    if len(_standings) > 10_000:
        _standings.clear()
    _standings[person.pk] = fresh
    return fresh


def forget_standings() -> None:
    """After a change of accounts, duties or leaders, in this process at once."""
    _standings.clear()


def places_to_write(person: Person, seats: Sequence[PlaceInSpace], at: datetime) -> list[Offered]:
    """The places that the composer offers. The gate asks again, for itself, whenever it is given words."""
    offered = [
        Offered(one.key, one.name, one.kind, one.ceiling, one.role in {"owner", "moderator"})
        for one in seats
        if one.may_write
    ]
    return offered + [
        Offered(one.key, one.name, "outside", 0) for one in standing(person, at).channels if not one.is_paused
    ]


def pages_for(person: Person, stands: Standing) -> list[PageLink]:
    """The pages that this person's rail names."""
    links = [
        PageLink("home", "/", "house", _("Home")),
        PageLink("approvals", "/approvals", "inbox", _("Waiting for you")),
        PageLink("search", "/search", "search", _("Search")),
        PageLink("saved", "/saved", "bookmark", _("Saved")),
        PageLink("people", "/people", "users", _("People")),
    ]
    if person.firm.is_house:
        links.append(PageLink("channels", "/channels", "megaphone", _("Channels")))
        links.append(PageLink("policy", "/policy", "scale", _("Policy")))
        if may_see_archive(stands.duties):
            links.append(PageLink("archive", "/archive", "archive", _("Archive")))
        if stands.duties & {"administrator", "supervisor"}:
            links.append(PageLink("glass", "/glass", "inbox", _("Private spaces")))
        if "administrator" in stands.duties:
            links.append(PageLink("ndas", "/ndas", "file-text", _("NDAs")))
            links.append(PageLink("access", "/access", "key-round", _("Sign-in")))
        # Who may read it: mail.queries.may_see_replaced.
        if stands.leads or "administrator" in stands.duties:
            links.append(PageLink("replaced", "/e-mail-replaced", "mail", _("E-mail replaced")))
    return links


def may_see_archive(duties: frozenset[str]) -> bool:
    """Supervisors read the archive; administrators see how it stands."""
    return bool(duties & {"supervisor", "administrator"})


def may_read_archive(duties: frozenset[str]) -> bool:
    """Supervisors alone: a line tells who did what in which room."""
    return "supervisor" in duties


@dataclass(slots=True)
class Shell:
    """The frame of one page for one reader."""

    rail: SafeString
    current: str
    waiting: SafeString
    hidden: SafeString
    live: str
    me: str


def shell(
    request: HttpRequest,
    person: Person,
    at: datetime,
    *,
    current: str,
    places: Sequence[PlaceInSpace] | None = None,
    waiting: int | None = None,
) -> Shell:
    """The rail is drawn once for a person, their seats, their duties and a page, then kept; what changes with each
    answer (the count, the form's token) is put into its place."""
    seats = spaces.places_of(person, at) if places is None else places
    if waiting is None:
        waiting = approvals.waiting_count(person)
    key = ("rail", *rail_key(person, seats, current, at))
    count, hidden = str(waiting or ""), "" if waiting else "hidden"
    values = {"csrf": get_token(request), "waiting": count, "hidden": hidden}
    rail = pages.filled(key, lambda: draw_rail(person, standing(person, at), seats, current), values)
    return Shell(
        mark_safe(rail),  # noqa: S308 (a drawn template)
        current,
        mark_safe(count),  # noqa: S308 (digits)
        mark_safe(hidden),  # noqa: S308 (a word of our own)
        live_address(request),
        person.slug,
    )


def rail_key(person: Person, seats: Sequence[PlaceInSpace], current: str, at: datetime) -> tuple[Any, ...]:
    """What the rail hangs on: with the same key it looks the same."""
    stands = standing(person, at)
    return (
        person.pk,
        person.name,
        get_language() or "en",
        current,
        stands.duties,
        stands.leads,
        stands.channels,
        tuple((one.key, one.name, one.kind, one.ceiling, one.role, one.may_write) for one in seats),
    )


def draw_rail(person: Person, stands: Standing, seats: Sequence[PlaceInSpace], current: str) -> SafeString:
    """The rail with slots where the form's token, the count of what waits and its hiding stand."""
    html = get_template("parts/rail.html").render(
        {
            "viewer": person,
            "hue": people.hue(person.slug),
            "pages": pages_for(person, stands),
            "inside": [one for one in seats if one.kind == "inside"],
            "guests": [one for one in seats if one.kind == "guests"],
            "channels": stands.channels,
            "current": current,
            "csrf": slot("csrf"),
            "waiting": slot("waiting"),
            "hidden": slot("hidden"),
        }
    )
    return mark_safe(html)  # noqa: S308 (a drawn template)


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    person: Person,
    current: str,
    at: datetime | None = None,
    places: Sequence[PlaceInSpace] | None = None,
    waiting: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """A whole page in the frame, for a reader who is signed in."""
    frame = shell(request, person, at or now(), current=current, places=places, waiting=waiting)
    filled = {"shell": frame, "viewer": person, "words": script_words(), **context}
    return HttpResponse(get_template(template).render(filled, request), status=status)


def bare(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page without the frame: the door, and refusals to whoever is not signed in."""
    filled = {"shell": {"live": ""}, "words": script_words(), **context}
    return HttpResponse(get_template(template).render(filled, request), status=status)


def fragment(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A part of a page, for htmx."""
    return HttpResponse(get_template(template).render(context, request), status=status)


def to_the_door(request: HttpRequest) -> HttpResponse:
    """Sign in, then come back here."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": "/sign-in"})
    back = request.get_full_path() if request.method == "GET" else "/"
    address = "/sign-in" if back == "/" else "/sign-in?" + urlencode({"next": back})
    return HttpResponseRedirect(address)


_words: dict[str, str] = {}


def script_words() -> str:
    """The sentences that the script says, as JSON, in the reader's language."""
    language = get_language() or "en"
    kept = _words.get(language)
    if kept is None:
        kept = _words[language] = json.dumps(
            {
                # Braces are filled in by the script.
                "new": {"one": ngettext("{n} new", "{n} new", 1), "other": ngettext("{n} new", "{n} new", 2)},
                "saved": _("Draft saved"),
                "offline": _("Lockgate cannot be reached."),
                "kept": _("Your words are still here; try again in a moment."),
                "broken": _("Something broke on our side. Your words are still here."),
                "search-said": _("Search what was said: {words}"),
                "nothing-found": _("Nothing by that name that you may see."),
                "remove": _("Take away {name}"),
                "unread": _("new"),
                "copy": _("Copy"),
                "copied": _("Copied"),
                "people": _("Whom to name"),
                "people-found": {
                    "one": ngettext("{n} person found", "{n} people found", 1),
                    "other": ngettext("{n} person found", "{n} people found", 2),
                },
            },
            ensure_ascii=False,
        )
    return kept
