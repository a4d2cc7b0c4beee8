"""Looking into a private space: asked by an administrator, agreed to by a supervisor, told to its owners."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.people import queries as people
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def glasses(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    problem: Refusal | None = None
    if request.method == "POST":
        try:
            tending.ask_for_glass(
                by=person,
                at=at,
                slug=request.POST.get("space", "").strip().removeprefix("/spaces/")[:60],
                why=request.POST.get("why", "")[:300],
            )
            return HttpResponseRedirect("/glass")
        except NotFound:
            raise
        except Refusal as refusal:
            problem = refusal
    found = spaces.glasses(person, at)
    held = people.duties(person, at)
    cards = people.cards(
        {one.asked_by for one in found} | {one.answered_by for one in found if one.answered_by}
    )
    context = {
        "glasses": [(one, cards.get(one.asked_by), cards.get(one.answered_by or 0)) for one in found],
        "may_ask": "administrator" in held,
        "may_answer": "supervisor" in held,
        "me": person.pk,
        "problem": problem,
        "typed": {name: request.POST.get(name, "") for name in ("space", "why")},
    }
    status = problem.status if problem else 200
    return page(request, "web/glass.html", context, person=person, current="glass", at=at, status=status)


@require_POST
def agree(request: HttpRequest, glass_id: int) -> HttpResponse:
    tending.agree_to_glass(by=viewer(request), at=now(), glass_id=glass_id)
    return HttpResponseRedirect("/glass")


@require_POST
def decline(request: HttpRequest, glass_id: int) -> HttpResponse:
    tending.decline_glass(by=viewer(request), at=now(), glass_id=glass_id)
    return HttpResponseRedirect("/glass")
