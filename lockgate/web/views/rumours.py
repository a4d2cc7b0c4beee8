"""Rumours: asked with a name or without, answered by who knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, Refusal
from lockgate.people.models import Person
from lockgate.rumours import operations as rumours
from lockgate.rumours import queries
from lockgate.web import waiting
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def all_rumours(request: HttpRequest) -> HttpResponse:
    """What is asked where the reader sits; POST asks. The form keeps no draft: one would bear a name."""
    person = viewer(request)
    if request.method != "POST":
        return _page(request, person)
    key, words = request.POST.get("place", "")[:80], request.POST.get("words", "")[:2000]
    at = now()
    try:
        if request.POST.get("anyway") != "1":
            similar = queries.alike(person, key, words, at)
            if similar:
                return _page(request, person, similar=similar, typed=request.POST)
        hides = request.POST.get("anonymous") == "yes"
        rumours.ask(
            by=person,
            at=at,
            key=key,
            words=words,
            desk=request.POST.get("desk", "")[:60],
            is_anonymous=hides,
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(request, person, problem=refusal, typed=request.POST)
    return HttpResponseRedirect("/rumours?asked=hidden" if hides else "/rumours?asked=open")


@require_POST
def wish(request: HttpRequest, rumour_id: int) -> HttpResponse:
    """To be told the answer, or no longer."""
    verb = rumours.wish if request.POST.get("on") == "1" else rumours.no_longer_wish
    return _done(request, lambda person: verb(by=person, at=now(), rumour_id=rumour_id))


@require_POST
def answer(request: HttpRequest, rumour_id: int) -> HttpResponse:
    def answered(person: Person) -> None:
        rumours.answer(
            by=person,
            at=now(),
            rumour_id=rumour_id,
            verdict=request.POST.get("verdict", "")[:20],
            words=request.POST.get("words", ""),
            justification=request.POST.get("justification", ""),
        )
        waiting.forget(person)

    return _done(request, answered)


@require_POST
def desk(request: HttpRequest, rumour_id: int) -> HttpResponse:
    """Somebody else knows."""
    chosen = request.POST.get("desk", "")[:60]
    return _done(request, lambda one: rumours.pass_on(by=one, at=now(), rumour_id=rumour_id, desk=chosen))


@require_POST
def together(request: HttpRequest, rumour_id: int) -> HttpResponse:
    """The same was asked twice."""
    same = read_id(request.POST.get("same_as", "")) or 0
    return _done(
        request, lambda one: rumours.put_together(by=one, at=now(), rumour_id=rumour_id, same_as=same)
    )


@require_POST
def setting_aside(request: HttpRequest, rumour_id: int) -> HttpResponse:
    why = request.POST.get("why", "")
    return _done(request, lambda one: rumours.set_aside(by=one, at=now(), rumour_id=rumour_id, why=why))


def _done(request: HttpRequest, verb: Callable[[Person], None]) -> HttpResponse:
    person = viewer(request)
    try:
        verb(person)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(request, person, problem=refusal)
    return HttpResponseRedirect("/rumours")


def _page(
    request: HttpRequest,
    person: Person,
    *,
    problem: Refusal | None = None,
    similar: Any = (),
    typed: Any = None,
) -> HttpResponse:
    at = now()
    key = request.GET.get("in", "")[:80]
    if key and not key.startswith("space:"):
        raise BadInput(_("This address does not lead anywhere."))
    known = queries.rumours(person, at, key=key)
    places = queries.places(person, at)
    context: dict[str, Any] = {
        "mine": [one for one in known if one.may_answer],
        "open": [one for one in known if one.state in {"waiting", "answering"} and not one.may_answer],
        "closed": [one for one in known if one.state in {"answered", "set-aside"}],
        "places": places,
        "chosen": (typed or {}).get("place", "") or key,
        "desks": approvals.desks(),
        "typed": typed or {},
        "problem": problem,
        "similar": similar,
        "asked": request.GET.get("asked", ""),
    }
    status = problem.status if problem else 200
    return page(request, "web/rumours.html", context, person=person, current="rumours", at=at, status=status)
