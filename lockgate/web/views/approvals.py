"""The desk: what waits for this person's signature, one sheet at a time, and what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lockgate.approvals import queries as approvals
from lockgate.approvals.types import RequestView
from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.types import MessageView, PassageState
from lockgate.notices import operations as notices
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.people.types import PersonCard
from lockgate.policy.types import Finding, Outcome
from lockgate.web import posts, trails, waiting
from lockgate.web.composing import file_of, quoted, verdict
from lockgate.web.markdown import first_words
from lockgate.web.shell import fragment, page, viewer
from lockgate.web.states import state_words


@dataclass(frozen=True, slots=True)
class Slip:
    """One line of the queue."""

    request: RequestView
    words: str
    place: str
    kind: str
    findings: int


@require_safe
def desk(request: HttpRequest, request_id: int | None = None) -> HttpResponse:
    return _page(request, request_id)


def _page(
    request: HttpRequest,
    request_id: int | None,
    *,
    problem: Refusal | None = None,
    word: str = "",
    status: int = 200,
) -> HttpResponse:
    person, at = viewer(request), now()
    tab = request.GET.get("tab", "open")
    open_ones = approvals.waiting_for(person, at)
    rows = approvals.decided_by(person, at) if tab == "answered" else open_ones
    chosen = None
    if request_id is not None:
        chosen = approvals.request(person, request_id, at)
    elif rows and tab != "told":
        chosen = rows[0]
    sheet = _sheet(person, chosen, at) if chosen else None
    context: dict[str, Any] = {
        "tab": tab,
        "slips": [_slip(person, one, at) for one in rows] if tab != "told" else [],
        "open_count": len(open_ones),
        "oldest": min((one.asked_at for one in open_ones), default=None),
        "sheet": sheet,
        "chosen_id": chosen.request_id if chosen else None,
        "is_chosen": request_id is not None,
        "problem": problem,
        "done": _done(request, person, at),
        "word": word,
        "told": waiting.told(person, at) if tab == "told" else [],
        "own": waiting.own(person, at) if tab == "own" else [],
    }
    if tab == "told":
        notices.mark_seen(by=person.pk, at=at)
        waiting.forget(person)
    if request.headers.get("HX-Target") == "sheet" and sheet:
        return fragment(request, "parts/sheet.html", context, status=status)
    return page(
        request,
        "web/desk.html",
        context,
        person=person,
        current="approvals",
        at=at,
        waiting=len(open_ones),
        status=status,
    )


def _done(request: HttpRequest, person: Person, at: datetime) -> RequestView | None:
    """What this person answered a moment ago, so that the page says so before it shows the next."""
    number = read_id(request.GET.get("done", ""))
    if number is None:
        return None
    try:
        asked = approvals.request(person, number, at)
    except NotFound:
        return None
    return asked if asked.verdict is not None else None


def _passage(found: MessageView, passage_id: int) -> PassageState | None:
    return next((one for one in found.passages if one.passage_id == passage_id), None)


def _slip(person: Person, asked: RequestView, at: datetime) -> Slip:
    try:
        found = gate.message(person, asked.message_id, at)
    except NotFound:
        return Slip(asked, _("no longer to be seen"), asked.place_key, "inside", 0)
    state = _passage(found, asked.passage_id)
    return Slip(
        asked,
        first_words(found.body, 110),
        state.place_name if state else asked.place_key,
        state.kind if state else "inside",
        len([one for one in state.findings if one.end > one.start]) if state else 0,
    )


def _sheet(person: Person, asked: RequestView, at: datetime) -> dict[str, Any]:
    found = gate.message(person, asked.message_id, at)
    state = _passage(found, asked.passage_id)
    author = people.cards([found.author_id])[found.author_id]
    kind = state.kind if state else "inside"
    can_answer = asked.is_open and not found.is_mine
    read = gate.parts_read(found) if state and state.findings else ()
    return {
        "asked": asked,
        "message": found,
        "state": state,
        "state_words": state_words(state) if state else "",
        "author": author,
        "kind": "guest" if kind == "guests" else kind,
        "place_kind": kind,
        "card": posts.card_of(person, found.shows_id, at),
        "words": underlined(found.body, state.findings if state else ()),
        "findings": [
            (
                one.outcome.word,
                quoted(one, gate.text_of(read)),
                file_of(one, read),
                one.title,
                one.explanation,
                one.rule,
                verdict(one.outcome),
            )
            for one in (state.findings if state else ())
        ],
        "can_answer": can_answer,
        "others": _others(person, asked, author) if can_answer else [],
        "trail": trails.of_message(person, found, [asked.request_id], at),
    }


def _others(person: Person, asked: RequestView, author: PersonCard) -> list[PersonCard]:
    """Whom one may pass it on to: colleagues who could not sign it before."""
    return [
        one
        for one in people.everyone()
        if not one.is_guest and one.id not in {person.pk, author.id} and one.name not in asked.waits_for
    ]


def underlined(body: str, findings: Sequence[Finding]) -> SafeString:
    """The words with those that findings speak of underlined; where two lie over each other the gravest shows."""
    spans = [
        one for one in findings if 0 <= one.start < one.end <= len(body) and one.end - one.start < len(body)
    ]
    borders = sorted({0, len(body), *(one.start for one in spans), *(one.end for one in spans)})
    html = SafeString("")
    for start, end in pairwise(borders):
        over = [one for one in spans if one.start <= start and one.end >= end]
        words = body[start:end]
        if over:
            gravest = max(over, key=lambda one: one.outcome)
            html += format_html('<mark class="hit {}">{}</mark>', Outcome(gravest.outcome).word, words)
        else:
            html += format_html("{}", words)
    return html


def _answer(request: HttpRequest, request_id: int, decision: str) -> HttpResponse:
    person = viewer(request)
    word = request.POST.get("word", "")
    try:
        gateway.sign_off(request_id=request_id, by=person, decision=decision, word=word[:2000], at=now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, request_id, problem=refusal, word=word, status=refusal.status)
    waiting.forget(person)
    return HttpResponseRedirect(f"/approvals?done={request_id}")


@require_POST
def sign_off(request: HttpRequest, request_id: int) -> HttpResponse:
    return _answer(request, request_id, "approve")


@require_POST
def change_request(request: HttpRequest, request_id: int) -> HttpResponse:
    return _answer(request, request_id, "change")


@require_POST
def rejection(request: HttpRequest, request_id: int) -> HttpResponse:
    return _answer(request, request_id, "reject")


@require_POST
def escalation(request: HttpRequest, request_id: int) -> HttpResponse:
    person = viewer(request)
    word = request.POST.get("word", "")
    try:
        to = people.by_slug(request.POST.get("to", "")[:80])
        if to is None:
            raise BadInput(_("Nobody is chosen to pass it on to."), _("Choose a colleague from the list."))
        gateway.escalate(request_id=request_id, by=person, to=to, word=word[:2000], at=now())
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, request_id, problem=refusal, word=word, status=refusal.status)
    return HttpResponseRedirect(f"/approvals/{request_id}")
