"""The page on which an employee opens and ends webhooks: whom we call for them, and who may call their bots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound, Refusal
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.web.shell import page, viewer
from lockgate.webhooks import operations, queries
from lockgate.webhooks.types import Opened


def _house(request: HttpRequest) -> Person:
    person = viewer(request)
    if not person.firm.is_house:
        raise NotFound
    return person


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    return _shown(request, _house(request), now())


@require_POST
def open_endpoint(request: HttpRequest) -> HttpResponse:
    person, at = _house(request), now()
    try:
        opened = operations.open_endpoint(
            by=person,
            at=at,
            name=request.POST.get("name", ""),
            url=request.POST.get("url", "").strip(),
            kinds=request.POST.getlist("kinds"),
            place=request.POST.get("place", ""),
        )
    except Refusal as refusal:
        return _refused(request, person, at, refusal)
    return _shown(request, person, at, opened=opened)


@require_POST
def open_source(request: HttpRequest) -> HttpResponse:
    person, at = _house(request), now()
    bots = {one.slug: one for one in people.bots(person)}
    bot = bots.get(request.POST.get("bot", ""))
    if bot is None:
        raise NotFound
    try:
        opened = operations.open_source(
            by=person,
            at=at,
            name=request.POST.get("name", ""),
            bot=bot,
            place=request.POST.get("place", ""),
            marking=Marking.INTERNAL,
        )
    except Refusal as refusal:
        return _refused(request, person, at, refusal)
    return _shown(request, person, at, opened=opened)


@require_POST
def end_endpoint(request: HttpRequest, number: int) -> HttpResponse:
    operations.end_endpoint(by=_house(request), at=now(), endpoint_id=number)
    return HttpResponseRedirect("/webhooks")


@require_POST
def end_source(request: HttpRequest, number: int) -> HttpResponse:
    operations.end_source(by=_house(request), at=now(), source_id=number)
    return HttpResponseRedirect("/webhooks")


def _refused(request: HttpRequest, person: Person, at: datetime, refusal: Refusal) -> HttpResponse:
    if refusal.status == 404:
        raise refusal
    answer = _shown(request, person, at, problem=refusal)
    answer.status_code = refusal.status
    return answer


def _shown(
    request: HttpRequest,
    person: Person,
    at: datetime,
    *,
    opened: Opened | None = None,
    problem: Refusal | None = None,
) -> HttpResponse:
    bots = people.bots(person)
    where = {one.key: one.name for bot in bots for one in spaces.places_of(bot, at) if one.may_write}
    context: dict[str, Any] = {
        "opened": opened,
        "problem": problem,
        "endpoints": queries.endpoints(person),
        "sources": queries.sources(person),
        "kinds": [
            ("post.delivered", _("a post")),
            ("answer.delivered", _("an answer")),
            ("post.recalled", _("a post that was taken back")),
        ],
        "places": spaces.places_of(person, at),
        "bots": bots,
        "bot_places": sorted(where.items(), key=lambda one: one[1]),
        "base": f"{request.scheme}://{request.get_host()}",
    }
    answer = page(request, "web/webhooks.html", context, person=person, current="people", at=at)
    answer.headers["Cache-Control"] = "no-store"
    return answer
