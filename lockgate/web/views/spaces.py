"""Spaces: one room with its talk and who sits in it, or its door."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace
from lockgate.web.composing import composer
from lockgate.web.feeds import feed_context, older_fragment, read_cursor
from lockgate.web.shell import page, places_to_write, viewer

SLOT_LONGEST = 40

MOST_NAMED = 200
"""Of those who sit in a space, beside its feed."""


@require_safe
def space(request: HttpRequest, slug: str, lane: str = "") -> HttpResponse:
    person, at = viewer(request), now()
    try:
        place = spaces.place(person, slug, at, lane=lane)
    except NotFound:
        if lane:
            raise
        return _door(request, person, slug)
    before = read_cursor(request)
    address = place.address
    show = request.GET.get("show", "")
    if show in {"open", "answered"}:
        feed = conversations.questions(person, slug, at, lane=lane, state=show, before=before)
        address += f"?show={show}"
    else:
        show, feed = "", conversations.of_space(person, slug, at, lane=lane, before=before)
    if request.headers.get("HX-Request"):
        return older_fragment(feed, address)
    seats = spaces.places_of(person, at)
    sitters = spaces.sitters(person, place.audience_id, at, most=MOST_NAMED)
    cards = people.cards([one.person_id for one in sitters])
    hearers = spaces.hearers([place.audience_id], at)
    members = [(cards[one.person_id], one.role) for one in sitters if one.person_id in cards]
    context: dict[str, Any] = feed_context(feed, scope=place.key, address=address)
    # A list of questions is not let grow by whatever else is said.
    is_live = before is None and not show
    context |= {
        "place": place,
        "before": before,
        "show": show,
        "is_live": is_live,
        "pinned": conversations.pinned(person, slug, at, lane=lane) if is_live else [],
        "hearers": hearers,
        "guests": [card for card, _role in members if card.is_guest],
        "colleagues": [(card, role) for card, role in members if not card.is_guest],
        "unnamed": max(0, hearers.people - len(members)) if len(sitters) == MOST_NAMED else 0,
        "lanes": lanes_here(person, place, at),
        "may_invite": spaces.may_invite(person, place) and not place.lane,
        "asking": len(spaces.waiting_at(place)),
        "too_late_since": spaces.submissions_ended_at(place, at),
        "opens_at": spaces.sealed_until(place) if place.is_sealed or place.is_shut else None,
    }
    if is_live and place.may_write:
        slot = slot_of(place.key)
        context["composer"] = composer(
            person,
            places_to_write(person, seats, at),
            draft=gate.draft(person, slot),
            chosen=[place.key],
            slot=slot,
            kept=conversations.draft_asks(person, slot),
        )
    return page(request, "web/space.html", context, person=person, current=place.key, at=at, places=seats)


def lanes_here(person: Person, place: PlaceInSpace, at: Any) -> list[PlaceInSpace]:
    """The places of the same space where the reader sits, if there is more than one."""
    found = spaces.places_of(person, at, slugs=(place.slug,))
    return found if len(found) > 1 else []


def slot_of(key: str) -> str:
    """Where the draft for a place is kept. A key that is too long is not cut: two lanes would share their drafts."""
    if len(key) <= SLOT_LONGEST:
        return key
    return f"space:{hashlib.sha256(key.encode()).hexdigest()[:30]}"


def _door(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """What an employee who does not sit there sees of an open or closed space. Of a private one: nothing, as of
    none."""
    at = now()
    door, owners = spaces.door(person, slug, at)
    cards = people.cards(owners)
    context = {"door": door, "owners": [cards[one] for one in owners if one in cards]}
    return page(request, "web/door.html", context, person=person, current="spaces", at=at)
