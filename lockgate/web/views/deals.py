"""A deal room as its buyers see it: the firms' lanes, the deadline, one answer to all, and clearing the room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.deals import operations as deals
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace
from lockgate.web.shell import page, viewer
from lockgate.web.views.spaces import lanes_here


@require_safe
def deal(request: HttpRequest, slug: str) -> HttpResponse:
    person = viewer(request)
    return _page(request, person, _room(person, slug))


@require_POST
def open_lane(request: HttpRequest, slug: str) -> HttpResponse:
    """A lane for one more firm. Whether it is known to us or new is no difference."""

    def act(person: Person, place: PlaceInSpace) -> str:
        firm = people.firm_named(request.POST.get("firm", "")[:120])
        if firm is None:
            raise BadInput(_("Choose a firm."))
        tending.open_lane(by=person, at=now(), slug=slug, firm=firm, ceiling=place.ceiling)
        return f"/spaces/{slug}/deal"

    return _done(request, slug, act)


@require_POST
def seal(request: HttpRequest, slug: str) -> HttpResponse:
    def act(person: Person, _place: PlaceInSpace) -> str:
        until = _moment(request.POST.get("until", ""), person)
        tending.seal_submissions(by=person, at=now(), slug=slug, until=until)
        return f"/spaces/{slug}/deal"

    return _done(request, slug, act)


@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    def act(person: Person, place: PlaceInSpace) -> str:
        said = deals.answer_all(
            by=person,
            at=now(),
            slug=slug,
            question=request.POST.get("question", ""),
            answer=request.POST.get("answer", ""),
            marking=min(2, place.ceiling),
            justification=_("Said to every firm alike."),
        )
        return f"/messages/{said.message_id}"

    return _done(request, slug, act)


@require_POST
def clear(request: HttpRequest, slug: str) -> HttpResponse:
    def act(person: Person, place: PlaceInSpace) -> str:
        _left, decision = deals.clear(
            by=person,
            at=now(),
            slug=slug,
            why=request.POST.get("why", ""),
            decision=request.POST.get("decision", ""),
            marking=min(2, place.ceiling),
        )
        if isinstance(decision, Refusal):
            raise decision  # the room is cleared all the same; the page says what became of the decision's words
        return f"/spaces/{slug}/deal"

    return _done(request, slug, act)


def _done(request: HttpRequest, slug: str, act: Callable[[Person, PlaceInSpace], str]) -> HttpResponse:
    """Do it as the room's owner and go where it says; a refusal stands on the page, with what was typed."""
    person = viewer(request)
    place = _room(person, slug)
    try:
        return HttpResponseRedirect(act(person, place))
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, place, refusal)


def _room(person: Person, slug: str) -> PlaceInSpace:
    """The deliberation of a deal room that this person owns. For everybody else, its guests too, there is none."""
    place = spaces.place(person, slug, now())
    if place.lane or place.space_kind != "deal" or place.role != "owner":
        raise NotFound
    return place


def _moment(typed: str, person: Person) -> datetime:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(person.time_zone))
    except (ValueError, KeyError) as error:
        raise BadInput(_("Give the deadline as day and time.")) from error


def _page(
    request: HttpRequest, person: Person, place: PlaceInSpace, problem: Refusal | None = None
) -> HttpResponse:
    at = now()
    stays = spaces.stays(person, place.slug, at)
    cards = people.cards({one.person_id for one in stays})
    lanes = spaces.lanes(person, place.slug, at)
    context: dict[str, Any] = {
        "place": place,
        "lanes": lanes_here(person, place, at),
        "talks": [one for one in lanes if one.sealed_until is None],
        "boxes": [one for one in lanes if one.sealed_until is not None],
        "addresses": {one.key: one.address for one in spaces.places_of(person, at, slugs=(place.slug,))},
        "firms": [one for one in people.firms() if one not in {lane.firm for lane in lanes}],
        "stays": [(one, cards[one.person_id]) for one in stays if one.person_id in cards],
        "may_clear": any(
            card.is_guest for one in stays if (card := cards.get(one.person_id)) and one.runs(at)
        ),
        "problem": problem,
        "typed": {name: request.POST.get(name, "") for name in ("question", "answer", "why", "decision")},
    }
    status = problem.status if problem else 200
    return page(request, "web/deal.html", context, person=person, current=place.key, at=at, status=status)
