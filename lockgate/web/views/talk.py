"""Marks on what was said: reactions, what one saves, what is pinned, accepted, confirmed and chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lockgate.attention import queries as attention
from lockgate.base.clock import now, rfc3339
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, Refusal
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Reader
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.web import posts, waiting
from lockgate.web.shell import page, viewer

MOST_ASKED = 100


@require_safe
def marks(request: HttpRequest) -> HttpResponse:
    """The reader's own marks on the posts named in ``of``, as JSON: what a kept post cannot show."""
    numbers = [read_id(word) for word in request.GET.get("of", "").split(",")[:MOST_ASKED]]
    person, known = viewer(request), [one for one in numbers if one is not None]
    own = conversations.marks(person, known, now())
    return JsonResponse(
        {
            "reacted": {str(passage): sorted(kinds) for passage, kinds in own.reacted.items()},
            "saved": [str(one) for one in sorted(own.saved)],
            "unread": [str(one) for one in sorted(attention.unread(person, known, now()))],
        }
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reactions(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Who reacted, and one's own to give or take back."""
    person, at = viewer(request), now()
    if request.method != "POST":
        return _reactions(request, person, passage_id)
    kind = request.POST.get("kind", "")[:20]
    verb = talk.react if request.POST.get("on") == "1" else talk.withdraw
    try:
        verb(by=person, at=at, passage_id=passage_id, kind=kind)
    except Refusal as refusal:
        if _wants_json(request) or refusal.status == 404:
            raise
        return _reactions(request, person, passage_id, problem=refusal)
    if not _wants_json(request):
        return HttpResponseRedirect(f"/passages/{passage_id}/reactions")
    counts = [
        (one.kind, len(one.people) + one.others) for one in conversations.reacted_by(person, passage_id, at)
    ]
    html = get_template("parts/reactions.html").render(
        {"passage": passage_id, "reactions": counts, "menu": True}
    )
    own = conversations.marks(person, [passage_id], at).reacted.get(passage_id, frozenset())
    return JsonResponse({"html": html, "mine": sorted(own)})


def _reactions(
    request: HttpRequest, person: Person, passage_id: int, *, problem: Refusal | None = None
) -> HttpResponse:
    at = now()
    passage = conversations.heard(person, passage_id, at)
    own = conversations.marks(person, [passage_id], at)
    mine = own.reacted.get(passage_id, frozenset())
    context: dict[str, Any] = {
        "passage": passage,
        "gathered": conversations.reacted_by(person, passage_id, at),
        "kinds": [(kind, kind in mine) for kind in conversations.REACTIONS],
        "is_saved": passage_id in own.saved,
        "problem": problem,
        "back": _address(person, passage_id),
    }
    status = problem.status if problem else 200
    return page(request, "web/reactions.html", context, person=person, current="home", at=at, status=status)


@require_POST
def saved_mark(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Keep a post at hand, or no longer."""
    is_on = request.POST.get("on") == "1"
    verb = talk.save if is_on else talk.unsave
    return _marked(request, passage_id, verb, {"saved": is_on})


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """What the reader saved and still hears."""
    person, at = viewer(request), now()
    ids = conversations.saved(person, at)
    keys = [conversations.one(person, one, at) for one in ids]
    context = {"posts": posts.joined(keys), "is_empty": not keys}
    return page(request, "web/saved.html", context, person=person, current="saved", at=at)


@require_POST
def pin(request: HttpRequest, passage_id: int) -> HttpResponse:
    is_on = request.POST.get("on") == "1"
    return _marked(request, passage_id, talk.pin if is_on else talk.unpin, {"pinned": is_on})


@require_POST
def acceptance(request: HttpRequest, passage_id: int) -> HttpResponse:
    """This answer answers the question, or does not after all."""
    person, at = viewer(request), now()
    is_on = request.POST.get("on") == "1"
    verb = talk.accept if is_on else talk.withdraw_acceptance
    verb(by=person, at=at, answer_id=passage_id)
    if _wants_json(request):
        return JsonResponse({"accepted": is_on})
    return HttpResponseRedirect(_address(person, passage_id))


@require_POST
def receipt(request: HttpRequest, passage_id: int) -> HttpResponse:
    """I have read this."""
    person = viewer(request)
    talk.confirm(by=person, at=now(), passage_id=passage_id)
    waiting.forget(person)
    if _wants_json(request):
        return JsonResponse({"confirmed": True})
    return HttpResponseRedirect("/" if request.POST.get("back") == "home" else _address(person, passage_id))


@require_safe
def readers(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Who has read an announcement, who has not and who need not; for its author and those who tend the room."""
    return _readers(request, viewer(request), passage_id)


def _readers(
    request: HttpRequest, person: Person, passage_id: int, *, problem: Refusal | None = None
) -> HttpResponse:
    at = now()
    lists = conversations.readers(person, passage_id, at)
    context: dict[str, Any] = {
        "passage": conversations.heard(person, passage_id, at),
        "lists": lists,
        "problem": problem,
        "back": _address(person, passage_id),
        "reminded": read_id(request.GET.get("reminded", "")),
    }
    status = problem.status if problem else 200
    return page(request, "web/readers.html", context, person=person, current="home", at=at, status=status)


@require_safe
def readers_csv(request: HttpRequest, passage_id: int) -> HttpResponse:
    """The same lists as a file for a spreadsheet."""
    lists = conversations.readers(viewer(request), passage_id, now())
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["name", "firm", "department", "state", "at", "why"])
    for state, some in (("read", lists.read), ("unread", lists.unread), ("exempt", lists.exempt)):
        for one in some:
            rows.writerow([_cell(word) for word in _row(state, one)])
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="readers-{passage_id}.csv"'
    return response


def _row(state: str, one: Reader) -> list[str]:
    moment = rfc3339(one.at) if one.at else ""
    left = "left" if one.has_left else one.why
    return [one.person.name, one.person.firm, one.person.department, state, moment, left]


def _cell(word: str) -> str:
    """A spreadsheet takes what begins so for a formula and carries it out."""
    return f"'{word}" if word[:1] in {"=", "+", "-", "@", "\t", "\r"} else word


@require_POST
def exemption(request: HttpRequest, passage_id: int) -> HttpResponse:
    """One of its readers need not confirm, for a reason."""
    person, at = viewer(request), now()
    # Asked first, so that a missing list and a wrong name in it are answered alike.
    conversations.readers(person, passage_id, at)
    whose = people.by_slug(request.POST.get("person", "")[:80])
    try:
        if whose is None:
            raise BadInput(_("Choose who need not confirm."))
        talk.exempt(
            by=person, at=at, passage_id=passage_id, person_id=whose.pk, why=request.POST.get("why", "")
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _readers(request, person, passage_id, problem=refusal)
    return HttpResponseRedirect(f"/passages/{passage_id}/readers")


@require_POST
def reminder(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Remind those who have not confirmed."""
    person = viewer(request)
    try:
        count = talk.remind_now(by=person, at=now(), passage_id=passage_id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _readers(request, person, passage_id, problem=refusal)
    return HttpResponseRedirect(f"/passages/{passage_id}/readers?reminded={count}")


@require_POST
def votes(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Choose in a poll."""
    person = viewer(request)
    chosen = [read_id(word) or 0 for word in request.POST.getlist("option")[:20]]
    talk.vote(by=person, at=now(), passage_id=passage_id, options=chosen)
    if _wants_json(request):
        return JsonResponse({"voted": True})
    return HttpResponseRedirect(f"{_address(person, passage_id)}#poll")


def _marked(
    request: HttpRequest, passage_id: int, verb: Callable[..., None], told: dict[str, bool]
) -> HttpResponse:
    person = viewer(request)
    verb(by=person, at=now(), passage_id=passage_id)
    if _wants_json(request):
        return JsonResponse(told)
    return HttpResponseRedirect(_address(person, passage_id))


def _address(person: Person, passage_id: int) -> str:
    """The page of the thread in which a passage stands, for one who hears it."""
    at = now()
    passage = conversations.heard(person, passage_id, at)
    if passage.thread_id is None:
        return f"/messages/{passage.message_id}"
    return f"/messages/{conversations.heard(person, passage.thread_id, at).message_id}"


def _wants_json(request: HttpRequest) -> bool:
    return str(request.META.get("HTTP_ACCEPT", "")).startswith("application/json")
