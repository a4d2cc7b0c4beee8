"""People: whom the reader may know of."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.attention import queries as attention
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.people import queries as people
from lockgate.spaces import queries as spaces
from lockgate.web import posts
from lockgate.web.shell import page, viewer
from lockgate.web.views import mail

_ZONES = available_timezones()


@require_safe
def everyone(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    words = request.GET.get("q", "")[:80]
    known = spaces.known_to(person, at)
    found = [one for one in people.everyone(words=words) if one.id in known]
    context = {
        "words": words,
        "house": [one for one in found if not one.is_guest],
        "guests": [one for one in found if one.is_guest],
    }
    return page(request, "web/people.html", context, person=person, current="people", at=at)


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    person, at = viewer(request), now()
    found = people.by_slug(slug)
    if found is None or found.pk not in spaces.known_to(person, at):
        raise NotFound
    mine = {place.audience_id: place for place in spaces.places_of(person, at)}
    # Only the rooms that both sit in: where else somebody sits is not for others to know.
    theirs = spaces.audible(found, at)
    context = {
        "person": people.card(found),
        "email": "" if found.is_bot else found.email,
        "owner": found.owner if found.is_bot else None,
        "zone": found.time_zone if found.time_zone in _ZONES else "",
        "joined_at": found.joined_at,
        "is_me": found.pk == person.pk,
        "mail": mail.chosen(person, at) if found.pk == person.pk else None,
        "shared": [place for number, place in mine.items() if number in theirs],
        "praise": posts.joined(conversations.praise_of(person, found.pk, at)),
        "follows": attention.is_followed(person, "person", str(found.pk)),
        "duties": sorted(people.duties(found, at)) if person.firm.is_house else [],
    }
    return page(request, "web/person.html", context, person=person, current="people", at=at)
