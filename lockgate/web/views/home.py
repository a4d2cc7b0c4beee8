"""Home: the composer, and what is said wherever one may hear."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.web import waiting
from lockgate.web.composing import Composed, composer
from lockgate.web.feeds import feed_context, older_fragment, read_cursor
from lockgate.web.shell import page, places_to_write, viewer
from lockgate.web.views.compose import look


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    before = read_cursor(request)
    if request.headers.get("HX-Request"):
        return older_fragment(request, conversations.home(person, at, before=before), "/")
    return _page(request, person, at, before=before)


def _page(
    request: HttpRequest,
    person: Person,
    at: datetime,
    *,
    before: int | None = None,
    typed: Composed | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    seats = spaces.places_of(person, at)
    context = feed_context(conversations.home(person, at, before=before), scope="home", address="/")
    context["before"] = before
    count = approvals.waiting_count(person)
    if before is None:
        context["composer"] = composer(
            person,
            places_to_write(person, seats, at),
            draft=gate.draft(person),
            typed=typed,
            problem=problem,
            preview=look(person, typed) if typed else None,
        )
        context["cards"] = waiting.cards(person, at, count)
    return page(
        request,
        "web/home.html",
        context,
        person=person,
        current="home",
        at=at,
        places=seats,
        waiting=count,
        status=status,
    )


def writing_page(request: HttpRequest, typed: Composed, *, problem: str, status: int) -> HttpResponse:
    """Home again with everything that was typed, where no script runs or the gate refused."""
    person, at = viewer(request), now()
    return _page(request, person, at, typed=typed, problem=problem, status=status)
