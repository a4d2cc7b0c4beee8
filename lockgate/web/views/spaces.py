"""Spaces: one room with its talk and who sits in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.people import queries as people
from lockgate.spaces import queries as spaces
from lockgate.web.composing import composer
from lockgate.web.feeds import feed_context, older_fragment, read_cursor
from lockgate.web.shell import page, places_to_write, viewer

FACES = 12


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    person, at = viewer(request), now()
    place = spaces.place(person, slug, at)
    before = read_cursor(request)
    address = f"/spaces/{slug}"
    show = request.GET.get("show", "")
    if show in {"open", "answered"}:
        feed = conversations.questions(person, slug, at, state=show, before=before)
        address += f"?show={show}"
    else:
        show, feed = "", conversations.of_space(person, slug, at, before=before)
    if request.headers.get("HX-Request"):
        return older_fragment(feed, address)
    seats = spaces.places_of(person, at)
    sitters = spaces.sitters(person, place.audience_id, at)
    cards = people.cards([one.person_id for one in sitters])
    hearers = spaces.hearers([place.audience_id], at)
    members = [(cards[one.person_id], one.role) for one in sitters if one.person_id in cards]
    context = feed_context(feed, scope=f"space:{slug}", address=address)
    # A list of questions is not let grow by whatever else is said.
    is_live = before is None and not show
    context |= {
        "place": place,
        "before": before,
        "show": show,
        "is_live": is_live,
        "pinned": conversations.pinned(person, slug, at) if is_live else [],
        "hearers": hearers,
        "guests": [card for card, _role in members if card.is_guest],
        "colleagues": [(card, role) for card, role in members if not card.is_guest],
        "tending": [card for card, role in members if role in {"owner", "moderator"}],
    }
    if is_live and place.may_write:
        context["composer"] = composer(
            person,
            places_to_write(person, seats, at),
            draft=gate.draft(person, f"space:{slug}"[:40]),
            chosen=[place.key],
            slot=f"space:{slug}"[:40],
        )
    return page(request, "web/space.html", context, person=person, current=place.key, at=at, places=seats)
