"""How one hears by e-mail: one's own choices, on one's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lockgate.base.clock import now
from lockgate.mail import operations as mail
from lockgate.mail import queries as letters
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.web.shell import viewer

_THINGS = ("posts", "approvals", "notices")


@dataclass(frozen=True, slots=True)
class Thing:
    """One choice as the form shows it; ``how`` is "" where a room follows the general choice."""

    field: str
    label: str
    how: str
    help: str = ""
    kind: str = ""


def chosen(person: Person, at: datetime) -> dict[str, Any]:
    """What the section shows."""
    kept = letters.choices(person, at)
    help_for = {
        "posts": _("What is said and answered in the spaces where you sit."),
        "approvals": _("What waits for your signature."),
        "notices": _("What became of your words, and what else concerns you."),
    }
    labels = {"posts": _("Posts and answers"), "approvals": _("Approvals"), "notices": _("Notices")}
    return {
        "is_sent": letters.is_configured(),
        "is_unreachable": kept.is_unreachable,
        "domain": settings.MAIL_DOMAIN if letters.takes_mail() else "",
        "things": [Thing(one, labels[one], getattr(kept, one).value, help_for[one]) for one in _THINGS],
        "rooms": [Thing(f"room-{one.slug}", one.name, one.how, kind=one.kind) for one in kept.rooms],
    }


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    general = {one: request.POST[one][:10] for one in _THINGS if one in request.POST}
    rooms = {
        place.audience_id: request.POST[f"room-{place.slug}"][:10]
        for place in spaces.places_of(person, at)
        if f"room-{place.slug}" in request.POST
    }
    mail.choose(by=person, at=at, general=general, rooms=rooms)
    return HttpResponseRedirect(f"/people/{person.slug}#e-mail")
