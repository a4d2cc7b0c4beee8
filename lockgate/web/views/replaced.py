"""How much e-mail was replaced: for administrators, and for whoever leads the company."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from lockgate.base.clock import now
from lockgate.mail.queries import replaced_by_week
from lockgate.web.shell import page, viewer

SPANS = {"30": 4, "90": 13}


@require_http_methods(["GET", "HEAD"])
def replaced(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    days = request.GET.get("days", "")
    days = days if days in SPANS else "30"
    found = replaced_by_week(person, at, weeks=SPANS[days])
    context = {"found": found, "days": days}
    return page(request, "web/replaced.html", context, person=person, current="replaced", at=at)
