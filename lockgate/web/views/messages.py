"""One message: its words, where it stands, its thread, and its trail with the proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lockgate.approvals import queries as approvals
from lockgate.approvals.types import RequestView
from lockgate.archive import queries as archive
from lockgate.attention import operations as attention
from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.types import KEEPS_ITS_THREADS, MessageView, Part, PassageState
from lockgate.notices import queries as notices
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.publishing import queries as deliveries
from lockgate.publishing.types import DeliveryView
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace
from lockgate.web import posts, trails, waiting
from lockgate.web.composing import composer, file_of, local_time, quoted, read_fields, verdict
from lockgate.web.shell import Offered, page, viewer
from lockgate.web.states import state_words

_GONE_OUT = frozenset({"delivered", "queued", "unknown", "recalling"})
_ORDER = {"inside": 0, "guests": 1, "outside": 2}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one passage stands, with what was asked and answered, and its delivery."""

    state: PassageState
    words: str
    requests: list[RequestView]
    delivery: DeliveryView | None
    findings: list[tuple[str, str, str, str, str, str]]
    last_word: str


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    return _page(request, message_id)


def _page(
    request: HttpRequest,
    message_id: int,
    *,
    problem: str = "",
    move_problem: str = "",
    time_problem: tuple[int, str] = (0, ""),
    body: str | None = None,
    status: int = 200,
) -> HttpResponse:
    person, at = viewer(request), now()
    found = gate.message(person, message_id, at)
    author = people.cards([found.author_id])[found.author_id]
    insider = found.is_mine or any(one.findings or one.last_word for one in found.passages)
    asked = _asked(person, found, at)
    shown = sorted(found.passages, key=lambda one: _ORDER[one.kind])
    read = gate.parts_read(found) if any(one.findings for one in shown) else ()
    stands = [_stand(one, read, asked.get(one.passage_id, [])) for one in shown]
    trail = trails.of_message(person, found, [one.request_id for rows in asked.values() for one in rows], at)
    context: dict[str, Any] = {
        "message": found,
        "author": author,
        "stands": stands,
        "trail": trail,
        "insider": insider,
        "problem": problem,
        "move_problem": move_problem,
        "time_problem": time_problem,
        "new_body": found.body if body is None else body,
        "is_numbered": person.firm.is_house,
        "kind": _widest(found),
        "thread_of": None,
        "card": posts.card_of(person, found.shows_id, at),
        # Where one place has the words already, other words would make two of one message.
        "can_revise": found.can_revise,
        "has_gone_out": any(one.state in _GONE_OUT for one in found.passages),
    }
    context |= _thread(request, person, found, at)
    # A moved thread is shown where it stands, not where it stood.
    current = next((one.place for one in shown if one.position is not None), shown[0].place)
    return page(request, "web/message.html", context, person=person, current=current, at=at, status=status)


def _asked(person: Person, found: MessageView, at: datetime) -> dict[int, list[RequestView]]:
    """What was asked for its passages: all to the author, to a signer what they were asked."""
    rows = approvals.of_passages([one.passage_id for one in found.passages], at, viewer=person)
    if found.is_mine:
        return rows
    return {
        passage: [one for one in asked if approvals.may_see_passage(person, passage)]
        for passage, asked in rows.items()
    }


def _stand(state: PassageState, read: Sequence[Part], asked: list[RequestView]) -> Stand:
    findings = [
        (
            one.outcome.word,
            quoted(one, gate.text_of(read)),
            file_of(one, read),
            one.title,
            one.explanation,
            verdict(one.outcome),
        )
        for one in state.findings
    ]
    public = state.place.startswith("channel:")
    delivery = deliveries.of_passage(state.passage_id) if public else None
    # What a signer said last stands beside their name already.
    last_word = "" if state.last_word in {one.word for one in asked} else state.last_word
    return Stand(state, state_words(state), asked, delivery, findings, last_word)


def _widest(found: MessageView) -> str:
    kinds = {one.kind for one in found.passages}
    return "outside" if "outside" in kinds else "guest" if "guests" in kinds else "inside"


def _gives_threads_away(place: PlaceInSpace) -> bool:
    """Whether its owner, the viewer, may move a thread out of it, or into it."""
    is_owned = place.role == "owner" and place.may_write and not place.lane
    return is_owned and place.space_kind not in KEEPS_ITS_THREADS


def _thread(request: HttpRequest, person: Person, found: MessageView, at: datetime) -> dict[str, Any]:
    """The talk below it, where it was delivered to a space that the viewer hears; for an answer, its thread."""
    for state in found.passages:
        if state.position is None or state.place.startswith("channel:"):
            continue
        try:
            key = conversations.one(person, state.passage_id, at)
        except NotFound:
            continue
        item = conversations.items([key.passage_id])[key.passage_id]
        if found.thread_id is not None:
            return {"thread_of": item}
        answers = conversations.answers(person, key.passage_id, at)
        place = spaces.place_of_key(person, state.place, at)
        slot = f"answer:{key.passage_id}"
        tools = conversations.tools(person, key.passage_id, at)
        context: dict[str, Any] = {
            "root": posts.drawn_whole(item, key),
            "may_be_shown": item.may_be_shown,
            "shows": conversations.shows_heard(person, [key.passage_id], at).get(key.passage_id),
            "root_id": key.passage_id,
            "tools": tools,
            "is_muted": notices.is_muted(person, key.passage_id),
            "answers": posts.drawn_answers(
                person, answers, item.kind, at, may_accept=tools.may_accept, csrf=get_token(request)
            ),
        }
        if _gives_threads_away(place):
            owned = [one for one in spaces.places_of(person, at) if _gives_threads_away(one)]
            context["owned"] = [one for one in owned if one.key != place.key]
        if place.may_write:
            context["composer"] = composer(
                person,
                (),
                draft=gate.draft(person, slot),
                slot=slot,
                answers=key.passage_id,
                heading=_("Answer"),
                fixed=Offered(place.key, place.name, place.kind, place.ceiling),
            )
        return context
    return {}


@require_POST
def revise(request: HttpRequest, message_id: int) -> HttpResponse:
    """New words for a message that waits: every signature asked for or given is void from then on."""
    person = viewer(request)
    fields = read_fields(request.POST, person)
    try:
        revised = talk.revise(
            by=person,
            at=now(),
            message_id=message_id,
            body=fields.body,
            marking=fields.marking,
            justification=fields.justification,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, message_id, problem=str(refusal), body=fields.body, status=refusal.status)
    waiting.forget(person)
    return HttpResponseRedirect(f"/messages/{revised.id}")


@require_POST
def give_version(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """A new file in the place of one that the viewer has sent."""
    person, at = viewer(request), now()
    upload = request.FILES.get("file")
    if upload is None:
        raise BadInput(_("No file came with this."), _("Choose a file and try again."))
    standing = gate.attachment_message(person, attachment_id, at)
    try:
        gateway.give_version(
            by=person,
            at=at,
            attachment_id=attachment_id,
            name=upload.name or "",
            content=upload.read(gateway.MOST_FILE_BYTES + 1),
            alt=request.POST.get("alt", ""),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, standing, problem=str(refusal), status=refusal.status)
    waiting.forget(person)
    return HttpResponseRedirect(f"/messages/{standing}")


@require_POST
def recall(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Take one passage back."""
    person = viewer(request)
    gateway.recall(by=person, at=now(), passage_id=passage_id, why=request.POST.get("why", ""))
    waiting.forget(person)
    back = request.POST.get("back", "")
    return HttpResponseRedirect(f"/messages/{back}" if read_id(back) is not None else "/")


@require_POST
def reschedule(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Another time for what goes later."""
    person, at = viewer(request), now()
    back = read_id(request.POST.get("back", ""))
    try:
        zone = request.POST.get("time_zone", "") or person.time_zone
        deliver_at = local_time(request.POST.get("deliver_at", ""), zone)
        if deliver_at is None:
            raise BadInput(_("No time is chosen."), _("Choose a day and a time."))
        talk.reschedule(by=person, at=at, passage_id=passage_id, deliver_at=deliver_at)
    except NotFound:
        raise
    except Refusal as refusal:
        if back is None:
            raise
        return _page(request, back, time_problem=(passage_id, str(refusal)), status=refusal.status)
    waiting.forget(person)
    return HttpResponseRedirect(f"/messages/{back}" if back is not None else "/")


@require_POST
def move(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Move a thread to another space that the viewer owns too."""
    person, at = viewer(request), now()
    found = conversations.heard(person, passage_id, at)
    try:
        attention.move_thread(by=person, at=at, passage_id=passage_id, to=request.POST.get("to", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, found.message_id, move_problem=str(refusal), status=refusal.status)
    return HttpResponseRedirect(f"/messages/{found.message_id}")


@require_POST
def retry(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Try a delivery again that the channel refused, or that was given up."""
    person = viewer(request)
    gateway.retry(by=person, at=now(), passage_id=passage_id)
    waiting.forget(person)
    back = request.POST.get("back", "")
    return HttpResponseRedirect(f"/messages/{back}" if read_id(back) is not None else "/channels")


@require_safe
def proof(request: HttpRequest, message_id: int, entry_id: int) -> HttpResponse:
    """The proof of one line of a message's trail, for those of the house who may see that line (see ``trails``)."""
    person, at = viewer(request), now()
    found = gate.message(person, message_id, at)
    asked = _asked(person, found, at)
    seen = trails.of_message(person, found, [one.request_id for rows in asked.values() for one in rows], at)
    if entry_id not in {line.entry_id for line in seen} or not person.firm.is_house:
        raise NotFound
    text = archive.proof(entry_id)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="lockgate-{entry_id}.tlog-proof"'
    return response
