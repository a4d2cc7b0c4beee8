"""The page on which a person makes, names and ends access tokens, their own and those of their bots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, Refusal
from lockgate.people import operations, queries
from lockgate.people.models import Person
from lockgate.people.types import SCOPES
from lockgate.web.shell import page, viewer

_DAYS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Offered:
    """A scope as the form shows it."""

    name: str
    words: str
    is_chosen: bool


def scope_words() -> dict[str, str]:
    return {
        "read": _("read what you hear"),
        "post": _("post, reword and take back in your name"),
        "mark": _("react, save, pin, vote and confirm for you"),
        "spaces": _("join, leave and tend spaces for you"),
        "webhooks": _("tend your webhooks"),
        "export": _("take out what you have written"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The running ones; POST makes one, and shows it this once."""
    person, at = viewer(request), now()
    if request.method != "POST":
        return _shown(request, person, at)
    try:
        made = operations.make_token(
            by=person,
            at=at,
            person=_speaks_for(person, request.POST.get("for", "")),
            name=request.POST.get("name", ""),
            scopes=[one for one in SCOPES if one in request.POST.getlist("scopes")],
            ends_at=_end(request.POST.get("days", ""), at),
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _shown(request, person, at, problem=refusal, status=refusal.status)
    answer = _shown(request, person, at, made=made)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
def end(request: HttpRequest, token_id: int) -> HttpResponse:
    operations.end_token(by=viewer(request), at=now(), token_id=token_id)
    return HttpResponseRedirect("/tokens")


@require_POST
def make_bot(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    try:
        operations.make_bot(by=person, at=at, name=request.POST.get("name", ""))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _shown(request, person, at, problem=refusal, status=refusal.status)
    return HttpResponseRedirect("/tokens#bots")


def _shown(
    request: HttpRequest,
    person: Person,
    at: datetime,
    *,
    made: str = "",
    problem: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    words = scope_words()
    asked = request.POST.getlist("scopes") or ["read"]
    context: dict[str, Any] = {
        "made": made,
        "problem": problem,
        "tokens": [(one, [words[each] for each in one.scopes]) for one in queries.tokens(person, at)],
        "offered": [Offered(one, words[one], one in asked) for one in SCOPES],
        "bots": queries.bots(person),
        "days": _DAYS,
        "may_own": person.firm.is_house,
    }
    answer = page(request, "web/tokens.html", context, person=person, current="people", at=at)
    answer.status_code = status
    return answer


def _speaks_for(person: Person, slug: str) -> Person:
    if not slug:
        return person
    for bot in queries.bots(person):
        if bot.slug == slug:
            return bot
    raise BadInput(_("That bot is not yours."))


def _end(days: str, at: datetime) -> datetime:
    number = read_id(days) or 90
    if number not in _DAYS:
        raise BadInput(_("A token lives for 30, 90 or 365 days."))
    return at + timedelta(days=number)
