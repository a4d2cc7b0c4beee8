"""Who knows about something."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.expertise import queries as expertise
from lockgate.profiles import queries as profiles
from lockgate.web.shell import page, viewer

LONGEST = 200


@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    question = request.GET.get("q", "")[:LONGEST]
    known = expertise.who_knows(person, question, at=at)
    ids = [one.card.id for one in known.found]
    context = {
        "question": question,
        "is_asked": known.is_asked,
        "experts": known.found,
        "photos": profiles.photos(ids),
        "away": profiles.away_among(person, ids, at),
    }
    return page(request, "web/experts.html", context, person=person, current="people", at=at)
