"""Where one may go: the pages, places and people that this reader may see, for the palette."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lockgate.base.clock import now
from lockgate.people import queries as people
from lockgate.spaces import queries as spaces
from lockgate.web.shell import pages_for, standing, viewer

MOST_NAMES = 8


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    stands = standing(person, at)
    known = spaces.known_to(person, at)
    found = [
        {"name": one.label, "note": _("page"), "kind": "", "address": one.address}
        for one in pages_for(person, stands)
    ]
    found += [
        {"name": name, "note": _("page"), "kind": "", "address": address}
        for name, address in (
            (_("Rumours"), "/rumours"),
            (_("Followed"), "/followed"),
            (_("Quiet hours"), "/attention"),
            (_("Calendar"), "/calendar"),
        )
    ]
    found += [
        {
            "name": one.name,
            "note": _("space"),
            "kind": "guest" if one.kind == "guests" else one.kind,
            "address": one.address,
        }
        for one in spaces.places_of(person, at)
    ]
    found += [
        {"name": one.name, "note": _("channel"), "kind": "outside", "address": f"/channels/{one.slug}"}
        for one in stands.channels
    ]
    found += [
        {
            "name": one.name,
            "note": one.firm if one.is_guest else one.title,
            "kind": "",
            "address": f"/people/{one.slug}",
        }
        for one in people.everyone(limit=2000)
        if one.id in known
    ]
    return JsonResponse({"places": found})


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Whom, which team and which space one may name after an @: people whom the writer may know, spaces where they
    sit."""
    person, at = viewer(request), now()
    plain = slugify(request.GET.get("q", "")[:40])
    if not plain:
        return JsonResponse({"names": []})
    known = spaces.known_to(person, at)
    found = [
        {"slug": one.slug, "name": one.name, "note": one.firm if one.is_guest else one.title}
        for one in people.beginning(plain)
        if one.id in known and one.id != person.pk
    ]
    if person.firm.is_house:
        found += [
            {"slug": slug, "name": name, "note": _("everybody of this team who hears it")}
            for slug, name in people.departments_like(plain)
        ]
    found += [
        {"slug": one.slug, "name": one.name, "note": _("everybody who sits there and hears it")}
        for one in spaces.places_of(person, at)
        if not one.lane and plain in one.slug
    ]
    return JsonResponse({"names": found[:MOST_NAMES]})
