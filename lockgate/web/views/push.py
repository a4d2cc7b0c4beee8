"""The reader's devices that are told of notices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import Refusal
from lockgate.people.models import Person
from lockgate.push import operations as push
from lockgate.push import queries
from lockgate.push.types import Keys
from lockgate.web.shell import viewer


def shown(person: Person) -> dict[str, Any]:
    """What the section shows."""
    is_on = queries.is_on()
    return {
        "push_key": queries.public_key() if is_on else "",
        "devices": queries.devices(person),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The list alone; or one more device, which speaks for itself."""
    person = viewer(request)
    if request.method != "POST":
        return render(request, "parts/devices.html", {"devices": queries.devices(person)})
    fields = request.POST
    keys = Keys(
        fields.get("endpoint", "")[:2000], fields.get("p256dh", "")[:200], fields.get("auth", "")[:100]
    )
    try:
        push.subscribe(
            by=person,
            at=now(),
            keys=keys,
            session=request.session.session_key or "",
            agent=request.headers.get("User-Agent", ""),
        )
    except Refusal as refusal:
        return JsonResponse(
            {"error": refusal.code, "sentence": refusal.sentence, "mend": refusal.mend}, status=refusal.status
        )
    return JsonResponse({"on": True})


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    push.end(by=viewer(request), at=now(), subscription_id=number)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"on": False})
    return HttpResponseRedirect("/attention")
