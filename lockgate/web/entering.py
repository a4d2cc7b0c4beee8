"""Between the password and the page: who has proved what so far, in the session alone.

Until the second factor is proved nobody is signed in: the session names whom it waits for, for ten minutes, and holds
no longer than their password does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from lockgate.base.clock import now
from lockgate.people.models import Person
from lockgate.signin.queries import factors, is_demanded_of
from lockgate.web.language import SESSION_KEY

WAITS = "waits_for"
PROVED = "proved_at"
WAIT = timedelta(minutes=10)
FRESH = timedelta(minutes=15)
DOOR = "lockgate.people.door.Door"


def go_on(request: HttpRequest, person: Person, target: str, at: datetime) -> HttpResponse:
    """``person`` proved one thing. In, or to what else must be proved."""
    if factors(person).any:
        return _wait(request, person, target, at, "/sign-in/second")
    if is_demanded_of(person, at):
        return _wait(request, person, target, at, "/sign-in/enrolment")
    return enter(request, person, target, at)


def enter(request: HttpRequest, person: Person, target: str, at: datetime) -> HttpResponse:
    """Signed in. The session's key is a new one."""
    request.session.pop(WAITS, None)
    login(request, person, backend=DOOR)
    request.session[SESSION_KEY] = person.language
    request.session[PROVED] = at.isoformat()
    return HttpResponseRedirect(target)


def waiting(request: HttpRequest) -> tuple[Person, str] | None:
    """For whom this session waits, and where they wanted to go; None where it is over."""
    told = request.session.get(WAITS)
    if not isinstance(told, dict) or datetime.fromisoformat(told["until"]) <= now():
        return None
    person = Person.objects.filter(pk=told["person"], is_active=True).select_related("firm").first()
    if person is None or not constant_time_compare(told["seal"], person.get_session_auth_hash()):
        return None
    return person, str(told["next"])


def is_fresh(request: HttpRequest, at: datetime) -> bool:
    """Whether somebody signed in here a moment ago: asked before what proves them is changed."""
    told = request.session.get(PROVED, "")
    return bool(told) and at - datetime.fromisoformat(told) < FRESH


def _wait(
    request: HttpRequest, person: Person, target: str, at: datetime, address: str
) -> HttpResponseRedirect:
    request.session.cycle_key()
    request.session[WAITS] = {
        "person": person.pk,
        "seal": person.get_session_auth_hash(),
        "until": (at + WAIT).isoformat(),
        "next": target,
    }
    return HttpResponseRedirect(address)
