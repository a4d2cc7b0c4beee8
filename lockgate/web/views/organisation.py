"""Who reports to whom, and the project teams: for the house."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, NotFound
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.profiles import operations, queries
from lockgate.web.shell import page, viewer


@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    top = queries.chart(person, at)
    context = {
        "led": [one for one in top if one.branches],
        "alone": [one for one in top if not one.branches],
    }
    return page(request, "web/organisation.html", context, person=person, current="people", at=at)


@require_POST
def manager(request: HttpRequest, slug: str) -> HttpResponse:
    """An administrator says whom somebody reports to; to nobody, where no name is given."""
    person, at = viewer(request), now()
    if not queries.may_draw_lines(person, at):
        raise NotFound
    above = request.POST.get("manager", "")
    operations.draw_line(
        by=person, at=at, person=_known(person, slug), manager=_known(person, above) if above else None
    )
    return HttpResponseRedirect(f"/people/{slug}")


@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    typed = {name: request.POST.get(name, "")[:500] for name in ("name", "about")}
    problem = None
    if request.method == "POST":
        try:
            team = operations.open_team(by=person, at=now(), **typed)
        except BadInput as refusal:
            problem = refusal
        else:
            return HttpResponseRedirect(f"/teams/{team.slug}")
    words = request.GET.get("q", "")[:80]
    context: dict[str, Any] = {
        "teams": queries.teams(person, words=words),
        "words": words,
        "typed": typed,
        "problem": problem,
    }
    status = problem.status if problem else 200
    return page(request, "web/teams.html", context, person=person, current="people", status=status)


@require_safe
def team(request: HttpRequest, slug: str) -> HttpResponse:
    return _team(request, slug)


def _team(request: HttpRequest, slug: str, problem: BadInput | None = None) -> HttpResponse:
    person, at = viewer(request), now()
    seen = queries.team(person, slug)
    leads = seen.lead.id == person.pk
    here = {one.id for one in seen.members}
    found = queries.directory(person, at, limit=2000)[0] if leads else []
    ids = list(here)
    context = {
        "team": seen,
        "leads": leads,
        "is_in": person.pk in here,
        "others": [(one.slug, one.name) for one in found if not one.is_guest and one.id not in here],
        "photos": queries.photos(ids),
        "away": queries.away_among(person, ids, at),
        "problem": problem,
    }
    status = problem.status if problem else 200
    return page(request, "web/team.html", context, person=person, current="people", at=at, status=status)


@require_POST
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    name, about = request.POST.get("name", "")[:500], request.POST.get("about", "")[:1000]
    try:
        operations.describe_team(by=viewer(request), at=now(), slug=slug, name=name, about=about)
    except BadInput as refusal:
        return _team(request, slug, refusal)
    return HttpResponseRedirect(f"/teams/{slug}")


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    person = viewer(request)
    try:
        operations.add_to_team(
            by=person, at=now(), slug=slug, person=_known(person, request.POST.get("person", ""))
        )
    except BadInput as refusal:
        return _team(request, slug, refusal)
    return HttpResponseRedirect(f"/teams/{slug}")


@require_POST
def end(request: HttpRequest, slug: str, person_slug: str) -> HttpResponse:
    person = viewer(request)
    operations.take_from_team(by=person, at=now(), slug=slug, person=_known(person, person_slug))
    return HttpResponseRedirect(f"/teams/{slug}")


@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    operations.close_team(by=viewer(request), at=now(), slug=slug)
    return HttpResponseRedirect("/teams")


def _known(viewer: Person, slug: str) -> Person:
    found = people.by_slug(slug)
    if found is None or not queries.may_know(viewer, found, now()):
        raise NotFound
    return found
