"""Deal rooms, for machines: lanes, deadline, one answer to all, clearing, and what the buyers decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import shapes
from lockgate.api.declared import COUNT, ID, MARKING, MOMENT, TEXT, Verb, known, many, or_null, record
from lockgate.api.fields import marking, moment, read, strings, text
from lockgate.api.speaker import answering
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.deals import operations as deals
from lockgate.deals import queries
from lockgate.deals.types import DecisionView
from lockgate.gateway.types import Submitted
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces

_SENT = record({"message": ID, "passages": many(record({"place": TEXT, "state": TEXT}))})
_LANE = record({"place": TEXT, "firm": TEXT, "sealed_until": or_null(MOMENT)})
_STAY = record({"person": TEXT, "lane": TEXT, "role": TEXT, "begins_at": MOMENT, "ends_at": or_null(MOMENT)})
_VOTE = record({"person": TEXT, "reason": TEXT, "at": MOMENT})
_DECISION = record(
    {
        "id": ID,
        "message": ID,
        "question": TEXT,
        "called_by": TEXT,
        "called_at": MOMENT,
        "options": many(record({"option": COUNT, "words": TEXT, "votes": many(_VOTE)})),
        "chosen": or_null(COUNT),
        "decided_by": or_null(TEXT),
        "decided_at": or_null(MOMENT),
    }
)
_OPEN_LANE = Verb(
    "A lane for one more firm.", "spaces", record({"place": TEXT}), takes=record({"firm": TEXT}), status=201
)
_SEAL = Verb(
    "Each firm submits sealed until then.",
    "spaces",
    record({"places": many(TEXT)}),
    takes=record({"until": MOMENT}),
    status=201,
)
_ANSWER = Verb(
    "One answer to every firm alike, without a word of who asked.",
    "spaces",
    _SENT,
    takes=record({"question": TEXT, "answer": TEXT}, {"marking": MARKING}),
    status=201,
)
_CLEAR = Verb(
    "Every guest leaves; then the decision is said among the buyers.",
    "spaces",
    record({"left": COUNT}, {"decision": {"anyOf": [_SENT, shapes.REFUSED]}}),
    takes=record({"why": TEXT}, {"decision": TEXT, "marking": MARKING}),
)
_CALL = Verb(
    "Ask the buyers.", "spaces", _SENT, takes=record({"question": TEXT, "options": many(TEXT)}), status=201
)
_CHOOSE = record({"option": COUNT, "why": TEXT})


@answering(
    GET=Verb(
        "A deal room, for an owner among the buyers.",
        "read",
        record({"lanes": many(_LANE), "stays": many(_STAY)}),
    )
)
def deal(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """The firms' lanes and boxes, and who was there when; for an owner among the buyers."""
    _owned(viewer, slug, at)
    lanes = spaces.lanes(viewer, slug, at)
    stays = spaces.stays(viewer, slug, at)
    cards = people.cards({one.person_id for one in stays})
    return JsonResponse(
        {
            "lanes": [
                {
                    "place": one.key,
                    "firm": one.firm,
                    "sealed_until": rfc3339(one.sealed_until) if one.sealed_until else None,
                }
                for one in lanes
            ],
            "stays": [
                {
                    "person": cards[one.person_id].slug,
                    "lane": one.lane,
                    "role": one.role,
                    "begins_at": rfc3339(one.begins_at),
                    "ends_at": rfc3339(one.ends_at) if one.ends_at else None,
                }
                for one in stays
                if one.person_id in cards
            ],
        }
    )


@answering(POST=_OPEN_LANE)
def lanes(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"firm"}: a lane for one more firm."""
    place = _owned(viewer, slug, at)
    firm = people.firm_named(text(read(request, known(_OPEN_LANE)), "firm")[:120])
    if firm is None:
        raise BadInput(_("Choose a firm."))
    made = tending.open_lane(by=viewer, at=at, slug=slug, firm=firm, ceiling=place.ceiling)
    return JsonResponse({"place": made.key}, status=201)


@answering(POST=_SEAL)
def deadline(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"until"}: each firm submits sealed until then."""
    _owned(viewer, slug, at)
    until = moment(read(request, known(_SEAL)), "until")
    if until is None:
        raise BadInput(_("Give the deadline as day and time."))
    made = tending.seal_submissions(by=viewer, at=at, slug=slug, until=until)
    return JsonResponse({"places": [one.key for one in made]}, status=201)


@answering(POST=_ANSWER)
def answers(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"question", "answer", "marking"}: into every lane alike, without a word of who asked."""
    said = read(request, known(_ANSWER))
    sent = deals.answer_all(
        by=viewer,
        at=at,
        slug=slug,
        question=text(said, "question"),
        answer=text(said, "answer"),
        marking=marking(said),
        justification=_("Said to every firm alike."),
    )
    return JsonResponse(_sent(sent), status=201)


@answering(POST=_CLEAR)
def clearing(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"why", "decision", "marking"}: every guest leaves; then the decision is said among the buyers."""
    said = read(request, known(_CLEAR))
    left, sent = deals.clear(
        by=viewer,
        at=at,
        slug=slug,
        why=text(said, "why"),
        decision=text(said, "decision"),
        marking=marking(said),
    )
    answer: dict[str, Any] = {"left": left}
    if isinstance(sent, Refusal):
        answer["decision"] = {"code": sent.code, "detail": sent.sentence, "mend": sent.mend}
    elif sent is not None:
        answer["decision"] = _sent(sent)
    return JsonResponse(answer)


@answering(GET=Verb("What the buyers decide.", "read", record({"decisions": many(_DECISION)})), POST=_CALL)
def decisions(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the buyers decide; POST {"question", "options"} asks them."""
    if request.method == "POST":
        said = read(request, known(_CALL))
        sent = deals.call(
            by=viewer, at=at, slug=slug, question=text(said, "question"), options=strings(said, "options")
        )
        return JsonResponse(_sent(sent), status=201)
    found = queries.decisions(viewer, slug, at)
    return JsonResponse({"decisions": [_decision(one) for one in found]})


@answering(POST=Verb("One vote, with its reason.", "spaces", _SENT, takes=_CHOOSE, status=201))
def votes(request: HttpRequest, slug: str, decision_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"option", "why"}: one vote, with its reason."""
    option, why = _choice(request)
    sent = deals.vote(by=viewer, at=at, slug=slug, decision_id=decision_id, option=option, reason=why)
    return JsonResponse(_sent(sent), status=201)


@answering(POST=Verb("Decided so.", "spaces", _SENT, takes=_CHOOSE, status=201))
def decision(
    request: HttpRequest, slug: str, decision_id: int, *, viewer: Person, at: datetime
) -> JsonResponse:
    """{"option", "why"}: decided so, by one who owns the room."""
    option, why = _choice(request)
    sent = deals.decide(by=viewer, at=at, slug=slug, decision_id=decision_id, option=option, why=why)
    return JsonResponse(_sent(sent), status=201)


def _owned(viewer: Person, slug: str, at: datetime) -> Any:
    place = queries.deliberation(viewer, slug, at)
    if place.role != "owner":
        raise NotFound
    return place


def _choice(request: HttpRequest) -> tuple[int, str]:
    said = read(request, _CHOOSE["properties"])
    option = said.get("option")
    if isinstance(option, bool) or not isinstance(option, int):
        raise BadInput(_("Choose one of the options."))
    return option, text(said, "why")


def _sent(sent: Submitted) -> dict[str, Any]:
    return {
        "message": str(sent.message_id),
        "passages": [{"place": one.place, "state": str(one.state)} for one in sent.passages],
    }


def _decision(one: DecisionView) -> dict[str, Any]:
    voices = [voice.person_id for each in one.choices for voice in each.voices]
    cards = people.cards({*voices, one.called_by, *([one.decided_by] if one.decided_by else [])})
    return {
        "id": str(one.id),
        "message": str(one.message_id),
        "question": one.question,
        "called_by": cards[one.called_by].slug,
        "called_at": rfc3339(one.called_at),
        "options": [
            {
                "option": each.number,
                "words": each.words,
                "votes": [
                    {
                        "person": cards[voice.person_id].slug,
                        "reason": voice.reason,
                        "at": rfc3339(voice.at),
                    }
                    for voice in each.voices
                ],
            }
            for each in one.choices
        ],
        "chosen": one.chosen,
        "decided_by": cards[one.decided_by].slug if one.decided_by else None,
        "decided_at": rfc3339(one.decided_at) if one.decided_at else None,
    }
