"""Showing a post again: unchanged, or with words of one's own beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound, Refusal
from lockgate.conversations import queries as conversations
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.web import posts
from lockgate.web.composing import composer
from lockgate.web.shell import page, places_to_write, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def boosts(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Where a post may be shown again, who did so, and one's own to make or take back."""
    person = viewer(request)
    if request.method != "POST":
        return _page(request, person, passage_id)
    verb = gateway.boost if request.POST.get("on") == "1" else gateway.unboost
    try:
        verb(by=person, at=now(), passage_id=passage_id, place=request.POST.get("place", "")[:80])
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, passage_id, problem=refusal)
    return HttpResponseRedirect(f"/passages/{passage_id}/boosts")


def _page(
    request: HttpRequest, person: Person, passage_id: int, *, problem: Refusal | None = None
) -> HttpResponse:
    at = now()
    shown = gate.shown_again(person, passage_id, at)
    item = conversations.shown_of(person, [shown.passage_id], at)[shown.passage_id]
    offered = [
        one for one in places_to_write(person, spaces.places_of(person, at), at) if one.key in shown.places
    ]
    slot = f"quote:{shown.passage_id}"
    context: dict[str, Any] = {
        "passage_id": shown.passage_id,
        "card": posts.drawn_card(item),
        "offered": offered,
        "boosted": conversations.boosted_in(person, shown.passage_id, at),
        "back": f"/messages/{item.message_id}",
        "problem": problem,
    }
    if offered:
        context["composer"] = composer(
            person,
            offered,
            draft=gate.draft(person, slot),
            chosen=[one.key for one in offered if one.key == item.place],
            slot=slot,
            heading=_("Quote"),
            shows=shown.passage_id,
            least=max(item.marking, Marking.INTERNAL),
        )
    status = problem.status if problem else 200
    return page(request, "web/boosts.html", context, person=person, current="home", at=at, status=status)
