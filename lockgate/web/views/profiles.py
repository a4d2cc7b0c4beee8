"""One's own profile: what one says of oneself, the photo, and being away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.people import operations as persons
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.profiles import operations, queries
from lockgate.profiles.types import Written
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    if request.method != "POST":
        return _page(request, person, queries.written_by(person))
    said = Written(
        works_on=request.POST.get("works_on", "")[:5000],
        ask_about=_lines(request, "ask_about"),
        skills=_lines(request, "skills"),
        languages=_lines(request, "languages"),
        spoken=request.POST.get("spoken", "")[:500],
        ipa=request.POST.get("ipa", "")[:500],
        pronouns=request.POST.get("pronouns", "")[:500],
        phone=request.POST.get("phone", "")[:500],
    )
    zone = request.POST.get("zone", person.time_zone)
    try:
        if zone != person.time_zone:
            persons.set_time_zone(by=person, at=now(), zone=zone)
        operations.write(by=person, at=now(), written=said)
    except BadInput as refusal:
        return _page(request, person, said, refusal=refusal)
    return HttpResponseRedirect(f"/people/{person.slug}")


def _lines(request: HttpRequest, name: str) -> tuple[str, ...]:
    return tuple(request.POST.get(name, "")[:5000].split("\n"))


def _page(
    request: HttpRequest, person: Person, written: Written, *, refusal: Refusal | None = None
) -> HttpResponse:
    at = now()
    seen = queries.profile(person, person.slug, at)
    found, _count = queries.directory(person, at, limit=2000)
    context: dict[str, Any] = {
        "person": seen.card,
        "seen": seen,
        "said": written,
        "languages": ", ".join(written.languages),
        "skills": ", ".join(written.skills),
        "ask_about": ", ".join(written.ask_about),
        "zone": request.POST.get("zone", person.time_zone),
        "zones": sorted(people.available_zones() | {person.time_zone}),
        "refusal": refusal,
        "absence": queries.coming_absence(person, at),
        "deputies": [(one.slug, one.name) for one in found if one.id != person.pk],
        "today": f"{at:%Y-%m-%d}",
    }
    status = refusal.status if refusal else 200
    return page(request, "web/profile.html", context, person=person, current="people", at=at, status=status)


@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    upload = request.FILES.get("photo")
    try:
        if upload is None:
            raise BadInput(_("No file came with this."), _("Choose a photograph and try again."))
        operations.set_photo(by=person, at=now(), content=upload.read(10 * 1024 * 1024 + 1))
    except BadInput as refusal:
        return _page(request, person, queries.written_by(person), refusal=refusal)
    return HttpResponseRedirect("/profile#photo")


@require_POST
def remove_photo(request: HttpRequest) -> HttpResponse:
    operations.remove_photo(by=viewer(request), at=now())
    return HttpResponseRedirect("/profile#photo")


@require_POST
def note_absence(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    try:
        operations.note_absence(
            by=person,
            at=now(),
            first_on=_day(request, "first_on"),
            last_on=_day(request, "last_on"),
            deputy=request.POST.get("deputy", "")[:80],
            words=request.POST.get("words", "")[:500],
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, person, queries.written_by(person), refusal=refusal)
    return HttpResponseRedirect("/profile#away")


def _day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise BadInput(
            _("A day is missing, or cannot be read."), _("Choose the first and the last day.")
        ) from error


@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    operations.end_absence(by=viewer(request), at=now(), absence_id=absence_id)
    return HttpResponseRedirect("/profile#away")
