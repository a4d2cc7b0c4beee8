"""Records of other systems, in the space where they are told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lockgate.attention import queries as attention
from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, Refusal
from lockgate.people.models import Person
from lockgate.records import operations as records
from lockgate.records import queries
from lockgate.records.types import Put
from lockgate.spaces import queries as spaces
from lockgate.web.shell import page, viewer

MOST_BYTES = 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def of_space(request: HttpRequest, slug: str) -> HttpResponse:
    """The records told in a space; POST takes in a CSV file of them."""
    person, at = viewer(request), now()
    place = spaces.place(person, slug, at)
    if request.method != "POST":
        return _page(request, person, slug)
    upload = request.FILES.get("file")
    try:
        if upload is None or not 0 < (upload.size or 0) <= MOST_BYTES:
            raise BadInput(_("Choose a CSV file of 1 MB at most."))
        reason = request.POST.get("justification", "")[:500]
        done = records.put_csv(by=person, at=at, key=place.key, content=upload.read(), justification=reason)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(request, person, slug, problem=refusal)
    return _page(request, person, slug, done=done)


def _page(
    request: HttpRequest, person: Person, slug: str, *, problem: Refusal | None = None, done: Any = ()
) -> HttpResponse:
    at = now()
    place = spaces.place(person, slug, at)
    counted: dict[str, int] = {}
    one: Put
    for one in done:
        counted[one.outcome] = counted.get(one.outcome, 0) + 1
    context = {
        "place": place,
        "lines": queries.records(person, slug, at),
        "problem": problem,
        "counted": [(outcome_words(outcome), number) for outcome, number in counted.items()],
        "refused": [one for one in done if one.outcome == "refused"],
    }
    status = problem.status if problem else 200
    return page(request, "web/records.html", context, person=person, current=place.key, at=at, status=status)


def outcome_words(outcome: str) -> str:
    return {
        "new": _("new"),
        "changed": _("changed"),
        "same": _("as before"),
        "held": _("held for approval"),
        "refused": _("refused"),
    }[outcome]


@require_safe
def one(request: HttpRequest, record_id: int) -> HttpResponse:
    """One record: what it says now, and how it came to that."""
    person, at = viewer(request), now()
    found = queries.record(person, record_id, at)
    context = {
        "record": found,
        "follows": attention.is_followed(person, "thread", str(found.root_id)),
    }
    return page(request, "web/record.html", context, person=person, current="home", at=at)
