"""NDAs on file: until when a guest hears anything and up to which marking, for those who administer."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.web.shell import page, viewer


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    spaces.papers(person, at)  # who does not administer finds nothing here
    problem: Refusal | None = None
    left: list[str] | None = None
    if request.method == "POST":
        try:
            left = _file(request, person, at)
        except NotFound:
            raise
        except Refusal as refusal:
            problem = refusal
    on_file = spaces.papers(person, at)
    guests = [one for one in people.everyone() if one.is_guest]
    context = {
        "guests": [(one, on_file.get(one.id)) for one in guests],
        "ceilings": [(one.value, one.label) for one in Marking],
        "at": at,
        "left": left,
        "problem": problem,
        "typed": {name: request.POST.get(name, "") for name in ("person", "ends_on", "ceiling", "reference")},
    }
    status = problem.status if problem else 200
    return page(request, "web/papers.html", context, person=person, current="ndas", at=at, status=status)


def _file(request: HttpRequest, person: Person, at: datetime) -> list[str]:
    whose = people.by_slug(request.POST.get("person", "")[:80])
    if whose is None or not whose.is_active or whose.firm.is_house:
        raise BadInput(_("Choose a guest."))
    ceiling = request.POST.get("ceiling", "")
    return tending.file_nda(
        by=person,
        at=at,
        person=whose,
        ends_at=_end_of(request.POST.get("ends_on", ""), person),
        ceiling=int(ceiling) if ceiling in {"0", "1", "2", "3"} else -1,
        reference=" ".join(request.POST.get("reference", "").split()),
    )


def _end_of(typed: str, person: Person) -> datetime:
    """The end of that day where the administrator is."""
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone; its end gets one)
        return datetime.combine(day, time(23, 59, 59), ZoneInfo(person.time_zone))
    except (ValueError, KeyError, OverflowError) as error:
        raise BadInput(_("Give the day on which it ends.")) from error
