"""One's own number for text messages: ask for a code, confirm it, remove it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import Refusal
from lockgate.sms import operations, queries
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        person = viewer(request)
        number = request.POST.get("number", "")[:40]
        try:
            operations.ask(by=person, at=now(), number=number)
        except Refusal as refusal:
            return _shown(request, refusal, number)
        return HttpResponseRedirect("/texts")
    return _shown(request)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    try:
        operations.confirm(by=viewer(request), at=now(), code=request.POST.get("code", "")[:20])
    except Refusal as refusal:
        return _shown(request, refusal)
    return HttpResponseRedirect("/texts")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    operations.end(by=viewer(request), at=now())
    return HttpResponseRedirect("/texts")


def _shown(request: HttpRequest, problem: Refusal | None = None, typed: str = "") -> HttpResponse:
    person, at = viewer(request), now()
    context: dict[str, Any] = {
        "own": queries.own(person, at),
        "is_sent": queries.is_configured(),
        "takes": queries.takes_texts(),
        "problem": problem,
        "typed": typed,
        "me": person.slug,
    }
    status = problem.status if problem else 200
    return page(request, "web/texts.html", context, person=person, current="people", at=at, status=status)
