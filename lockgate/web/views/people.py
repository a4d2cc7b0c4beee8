"""People: whom the reader may know of, and what they tell of themselves."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.attention import queries as attention
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.profiles import queries as profiles
from lockgate.spaces import queries as spaces
from lockgate.web import posts
from lockgate.web.shell import page, viewer
from lockgate.web.views import mail
from lockgate.web.welcome import steps
from lockgate.web.zones import time_there


@require_safe
def everyone(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    words, site = request.GET.get("q", "")[:80], request.GET.get("site", "")[:80]
    found, count = profiles.directory(person, at, words=words, site=site)
    ids = [one.id for one in found]
    context = {
        "words": words,
        "site": site,
        "sites": profiles.sites(person),
        "house": [one for one in found if not one.is_guest],
        "guests": [one for one in found if one.is_guest],
        "count": count,
        "more": count - len(found),
        "photos": profiles.photos(ids),
        "away": profiles.away_among(person, ids, at),
        "is_house": person.firm.is_house,
    }
    return page(request, "web/people.html", context, person=person, current="people", at=at)


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    person, at = viewer(request), now()
    seen = profiles.profile(person, slug, at)
    found = people.by_slug(slug)
    if found is None:
        raise NotFound
    mine = {place.audience_id: place for place in spaces.places_of(person, at)}
    # Only the rooms that both sit in: where else somebody sits is not for others to know.
    theirs = spaces.audible(found, at)
    is_me = found.pk == person.pk
    context = {
        "person": seen.card,
        "seen": seen,
        "first_name": found.get_short_name(),
        "there": time_there(seen.time_zone, person, at),
        "is_me": is_me,
        "owner": found.owner if found.is_bot else None,
        "mail": mail.chosen(person, at) if is_me else None,
        "steps": steps(person, seen, at) if is_me else (),
        "shared": [place for number, place in mine.items() if number in theirs],
        "praise": posts.joined(conversations.praise_of(person, found.pk, at)),
        "follows": attention.is_followed(person, "person", str(found.pk)),
        "duties": sorted(people.duties(found, at)) if person.firm.is_house else [],
        "is_house": person.firm.is_house,
        "draws_lines": not seen.card.is_guest and profiles.may_draw_lines(person, at),
        "colleagues": _colleagues(person, seen.card.id, at),
    }
    return page(request, "web/person.html", context, person=person, current="people", at=at)


def _colleagues(viewer: Person, but: int, at: datetime) -> list[tuple[str, str]]:
    """(slug, name) of whom an administrator may put above somebody."""
    if not profiles.may_draw_lines(viewer, at):
        return []
    found, _count = profiles.directory(viewer, at, limit=2000)
    return [(one.slug, one.name) for one in found if not one.is_guest and one.id != but]


@require_safe
def photo(request: HttpRequest, slug: str) -> HttpResponse:
    """A person's photo, to whoever may know of them. The browser keeps it and asks each time."""
    seen = profiles.small_photo if "small" in request.GET else profiles.photo
    found = seen(viewer(request), slug, now())
    mark = f'"{found.digest}"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(found.content, content_type=found.media_type)
        response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = mark
    return response
