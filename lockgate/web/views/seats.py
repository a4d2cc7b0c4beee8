"""Opening spaces, giving seats in them and ending them: for those who tend a room."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace
from lockgate.web.shell import page, viewer

_KINDS = ("topic", "project", "department", "site", "partner", "circle", "deal")
_ENTRIES = ("private", "closed", "open")
_ROLES = ("member", "observer", "moderator", "owner")


@require_http_methods(["GET", "HEAD", "POST"])
def all_spaces(request: HttpRequest) -> HttpResponse:
    """The rooms where one sits; employees may open another."""
    person = viewer(request)
    problem: Refusal | None = None
    typed = {
        name: request.POST.get(name, "")[:300]
        for name in ("name", "about", "kind", "ceiling", "admits", "entry")
    }
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"/spaces/{_open(person, typed)}/seats")
        except NotFound:
            raise
        except Refusal as refusal:
            problem = refusal
    at = now()
    context: dict[str, Any] = {
        "rooms": spaces.places_of(person, at),
        "doors": spaces.doors(person, at),
        "may_open": person.firm.is_house,
        "problem": problem,
        "typed": typed,
        "ceilings": [(str(one.value), one.label) for one in Marking],
    }
    status = problem.status if problem else 200
    return page(request, "web/spaces.html", context, person=person, current="spaces", at=at, status=status)


def _open(person: Person, typed: dict[str, str]) -> str:
    name = " ".join(typed["name"].split())[:80]
    slug = slugify(name)[:50]
    if not slug:
        raise BadInput(_("A space needs a name with letters or digits."))
    # Were plain names given out first come, first served, "taken" would tell of a room that one may not know of.
    slug = f"{slug}-{secrets.token_hex(4)}"
    if typed["ceiling"] not in {"0", "1", "2", "3"}:
        raise BadInput(_("Choose the highest marking that may be said there."))
    return tending.open_space(
        by=person,
        at=now(),
        slug=slug,
        name=name,
        about=" ".join(typed["about"].split())[:300],
        kind=_kind(typed),
        ceiling=Marking(int(typed["ceiling"])),
        admits_guests=typed["admits"] == "guests",
        entry=typed["entry"] if typed["entry"] in _ENTRIES else "private",
    ).slug


def _kind(typed: dict[str, str]) -> str:
    if typed["kind"] in {"circle", "deal"}:
        return typed["kind"]
    if typed["admits"] == "guests":
        return "partner"
    return typed["kind"] if typed["kind"] in _KINDS else "topic"


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, slug: str, lane: str = "") -> HttpResponse:
    """Who sits in a space, for those who tend it: give a seat, let in who asks."""
    person = viewer(request)
    place = _tended(person, slug, lane)
    problem: Refusal | None = None
    if request.method == "POST":
        try:
            _seat(person, place, request)
            return HttpResponseRedirect(f"{place.address}/seats")
        except NotFound:
            raise
        except Refusal as refusal:
            problem = refusal
    at = now()
    sitting = spaces.sitters(person, place.audience_id, at)
    cards = people.cards([one.person_id for one in sitting])
    taken = set(cards)
    firm = spaces.firm_of(place)
    asking = spaces.waiting_at(place)
    askers = people.cards([one.person_id for one in asking])
    papers = spaces.ndas([card.id for card in cards.values() if card.is_guest])
    others = [
        one
        for one in people.everyone()
        if one.id not in taken and (not one.is_guest or (place.kind == "guests" and firm in ("", one.firm)))
    ]
    context = {
        "place": place,
        "sitting": [
            (cards[one.person_id], one.role, one.ends_at, papers.get(one.person_id))
            for one in sitting
            if one.person_id in cards
        ],
        "asking": [(one, askers[one.person_id]) for one in asking if one.person_id in askers],
        "others": others,
        "problem": problem,
        "words_stay": spaces.words_stay({place.audience_id}),
        "me": person.slug,
    }
    status = problem.status if problem else 200
    return page(request, "web/seats.html", context, person=person, current=place.key, at=at, status=status)


@require_POST
def end(request: HttpRequest, slug: str, person_slug: str, lane: str = "") -> HttpResponse:
    """End a seat: somebody else's by who tends the room, one's own by oneself."""
    person = viewer(request)
    place = spaces.place(person, slug, now(), lane=lane)
    whose = people.by_slug(person_slug)
    if whose is None:
        raise NotFound
    tending.end_seat(by=person, at=now(), person=whose, audience_id=place.audience_id)
    return HttpResponseRedirect("/" if whose.pk == person.pk else f"{place.address}/seats")


@require_POST
def role(request: HttpRequest, slug: str, person_slug: str, lane: str = "") -> HttpResponse:
    """An owner changes what somebody may do in the room."""
    person = viewer(request)
    place = _tended(person, slug, lane)
    whose = people.by_slug(person_slug)
    if whose is None:
        raise NotFound
    tending.change_role(
        by=person,
        at=now(),
        person=whose,
        audience_id=place.audience_id,
        role=request.POST.get("role", "")[:10],
    )
    return HttpResponseRedirect(f"{place.address}/seats")


def _tended(person: Person, slug: str, lane: str) -> PlaceInSpace:
    place = spaces.place(person, slug, now(), lane=lane)
    if not place.tends:
        raise NotFound
    return place


def _seat(person: Person, place: PlaceInSpace, request: HttpRequest) -> None:
    chosen = people.by_slug(request.POST.get("person", "")[:80])
    if chosen is None or not chosen.is_active:
        raise BadInput(_("Choose who shall sit here."))
    role = request.POST.get("role", "member")
    if not chosen.firm.is_house:
        role = "guest"
    elif role not in _ROLES:
        raise BadInput(_("A role is member, observer, moderator or owner."))
    if role == "owner" and place.role != "owner":
        raise BadInput(_("Only an owner makes another owner."))
    tending.seat(
        by=person,
        at=now(),
        person=chosen,
        audience_id=place.audience_id,
        role=role,
        hears_past=request.POST.get("past") == "yes",
    )
