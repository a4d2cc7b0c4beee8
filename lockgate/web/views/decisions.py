"""What the buyers of a deal room decide: asking, voting with a reason, and the decision."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.deals import operations as deals
from lockgate.deals import queries
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    person = viewer(request)
    if request.method != "POST":
        return _page(request, person, slug)
    try:
        deals.call(
            by=person,
            at=now(),
            slug=slug,
            question=request.POST.get("question", "")[:2000],
            options=request.POST.get("options", "")[:2000].splitlines(),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, slug, refusal)
    return HttpResponseRedirect(f"/spaces/{slug}/decisions")


@require_POST
def vote(request: HttpRequest, slug: str, decision_id: int) -> HttpResponse:
    return _choose(request, slug, decision_id, takes=False)


@require_POST
def decide(request: HttpRequest, slug: str, decision_id: int) -> HttpResponse:
    return _choose(request, slug, decision_id, takes=True)


def _choose(request: HttpRequest, slug: str, decision_id: int, *, takes: bool) -> HttpResponse:
    person, at = viewer(request), now()
    typed = request.POST.get("option", "")
    option = int(typed) if typed in {str(one) for one in range(1, 11)} else 0
    words = request.POST.get("why", "")[:10_000]
    try:
        if takes:
            deals.decide(by=person, at=at, slug=slug, decision_id=decision_id, option=option, why=words)
        else:
            deals.vote(by=person, at=at, slug=slug, decision_id=decision_id, option=option, reason=words)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, slug, refusal)
    return HttpResponseRedirect(f"/spaces/{slug}/decisions")


def _page(request: HttpRequest, person: Person, slug: str, problem: Refusal | None = None) -> HttpResponse:
    at = now()
    place = queries.deliberation(person, slug, at)
    found = queries.decisions(person, slug, at)
    persons = {voice.person_id for one in found for each in one.choices for voice in each.voices}
    persons |= {one.called_by for one in found} | {one.decided_by for one in found if one.decided_by}
    context = {
        "place": place,
        "decisions": found,
        "cards": people.cards(persons),
        "problem": problem,
        "typed": {name: request.POST.get(name, "") for name in ("question", "options", "why")},
    }
    status = problem.status if problem else 200
    return page(
        request, "web/decisions.html", context, person=person, current=place.key, at=at, status=status
    )
