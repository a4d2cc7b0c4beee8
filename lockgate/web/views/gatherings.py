"""Events with who comes and as calendars; the FAQ of a space."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.spaces import queries as spaces
from lockgate.web.calendars import calendar_text
from lockgate.web.shell import page, viewer


@require_POST
def coming(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Yes, no or maybe."""
    person, at = viewer(request), now()
    talk.answer_event(by=person, at=at, passage_id=passage_id, answer=request.POST.get("answer", "")[:10])
    return HttpResponseRedirect(f"/messages/{conversations.event(person, passage_id, at).message_id}#event")


@require_safe
def event_file(request: HttpRequest, passage_id: int) -> HttpResponse:
    """One event as an iCalendar file."""
    found = conversations.event(viewer(request), passage_id, now())
    text = calendar_text([found], at=now(), host=request.get_host(), address=request.build_absolute_uri("/"))
    return _file(text, f"event-{passage_id}.ics")


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The reader's events; POST makes the secret address of their calendar anew, or ends it."""
    person, at = viewer(request), now()
    address = ""
    if request.method == "POST":
        if request.POST.get("on") == "1":
            key = talk.make_calendar_key(by=person, at=at)
            address = request.build_absolute_uri(f"/calendar/{key}.ics")
        else:
            talk.end_calendar_key(by=person, at=at)
            return HttpResponseRedirect("/calendar")
    events = conversations.calendar(person, at)
    context: dict[str, Any] = {
        "coming": [one for one in events if not one.is_over],
        "address": address,
        "has_key": conversations.has_calendar_key(person),
    }
    return page(request, "web/calendar.html", context, person=person, current="home", at=at)


@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """A person's calendar under its secret address: what they hear at this moment. Of Confidential events no word."""
    person = conversations.calendar_of(key)
    if person is None:
        raise NotFound
    events = conversations.calendar(person, now())
    text = calendar_text(
        events, at=now(), host=request.get_host(), address=request.build_absolute_uri("/"), is_feed=True
    )
    return _file(text, "lockgate.ics")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def faq(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of a space that are asked often, with their answers."""
    person, at = viewer(request), now()
    place = spaces.place(person, slug, at)
    context = {
        "place": place,
        "lines": [(one, conversations.title_of(one.question)) for one in conversations.faq(person, slug, at)],
    }
    return page(request, "web/faq.html", context, person=person, current=place.key, at=at)


@require_POST
def in_faq(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Into the FAQ, or out of it."""
    person, at = viewer(request), now()
    verb = talk.put_into_faq if request.POST.get("on") == "1" else talk.take_out_of_faq
    verb(by=person, at=at, question_id=passage_id)
    return HttpResponseRedirect(f"/messages/{conversations.heard(person, passage_id, at).message_id}")
