"""The same verbs for machines: places, check, messages, attachments. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import cursors, shapes, words
from lockgate.api.declared import CURSOR, ID, MARKING, MOMENT, PAGED, TEXT, Verb, known, many, record
from lockgate.api.fields import flag, ids, marking, moment, needed, number, read, strings, text
from lockgate.api.speaker import answering
from lockgate.base.clock import rfc3339
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput
from lockgate.conversations import operations as conversations
from lockgate.conversations import queries as talk
from lockgate.conversations.types import Asks
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries
from lockgate.people.models import Person
from lockgate.search import queries as searching
from lockgate.search.refusals import TookTooLong
from lockgate.search.types import Order

_KNOWN = frozenset(shapes.SUBMISSION["properties"])
_PLACE = record({"key": TEXT, "name": TEXT, "kind": TEXT, "ceiling": MARKING})


@answering(GET=Verb("Where the caller may speak.", "read", record({"places": many(_PLACE)})))
def places(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """Where the caller may speak."""
    return JsonResponse(
        {
            "places": [
                {
                    "key": one.key,
                    "name": one.name,
                    "kind": one.kind,
                    "ceiling": Marking(one.ceiling).name.lower(),
                }
                for one in queries.places_for(viewer, at)
            ]
        }
    )


@answering(
    POST=Verb(
        "What the gate would do with these words. Changes nothing.",
        "read",
        shapes.PREVIEW,
        takes=shapes.SUBMISSION,
        is_read=True,
    )
)
def check(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the gate would do with these words. Changes nothing."""
    said = read(request, _KNOWN)
    asks = _asks(said)
    found = queries.preview(
        viewer,
        body=talk.with_options(text(said, "body"), asks.options)
        if asks is not None and asks.options
        else text(said, "body"),
        marking=marking(said),
        places=strings(said, "places"),
        attachments=ids(said, "attachments"),
        justification=text(said, "justification"),
        is_scheduled=bool(said.get("deliver_at")),
        at=at,
    )
    return JsonResponse(words.preview(found))


@answering(
    POST=Verb(
        "Submit words for places, or as an answer to a passage.",
        "post",
        shapes.SUBMITTED,
        takes=shapes.SUBMISSION,
        status=201,
    )
)
def messages(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """Submit. 201 with the state of each passage; 422 with the reasons where the gate refuses."""
    said = read(request, _KNOWN)
    answers, shows = said.get("answers"), said.get("shows")
    sent = conversations.submit(
        by=viewer,
        at=at,
        body=text(said, "body"),
        marking=marking(said),
        places=strings(said, "places"),
        answers=number(answers, "answers") if answers is not None else None,
        attachments=ids(said, "attachments"),
        deliver_at=moment(said),
        justification=text(said, "justification"),
        slot="",
        asks=_asks(said),
        shows=number(shows, "shows") if shows is not None else None,
    )
    return JsonResponse(words.submitted(sent), status=201)


_REVISE = Verb(
    "New words for a message that waits, or that stands in spaces alone.",
    "post",
    shapes.MESSAGE,
    takes=shapes.REVISION,
)


@answering(GET=Verb("One message, as the caller may see it.", "read", shapes.MESSAGE), PUT=_REVISE)
def message(request: HttpRequest, message_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """One message, as the caller may see it; PUT replaces its words, and each place rules on them again."""
    if request.method == "PUT":
        said = read(request, known(_REVISE))
        needed(said, "marking")
        revised = conversations.revise(
            by=viewer,
            at=at,
            message_id=message_id,
            body=text(said, "body"),
            marking=marking(said),
            justification=text(said, "justification"),
        )
        return JsonResponse(words.message(revised))
    return JsonResponse(words.message(queries.message(viewer, message_id, at)))


_RECALL = Verb(
    "Take a delivered passage back, for a reason.", "post", record({"state": TEXT}), takes=shapes.RECALL
)


@answering(POST=_RECALL)
def recall(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    why = text(read(request, known(_RECALL)), "why")
    state = gateway.recall(by=viewer, at=at, passage_id=passage_id, why=why)
    return JsonResponse({"state": str(state)})


_TIME = Verb(
    "Let what is scheduled go at another time.",
    "post",
    record({"deliver_at": MOMENT}),
    takes=shapes.TIME,
)


@answering(POST=_TIME)
def time(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """For its author alone. The words go through the gate again when the time has come."""
    said = read(request, known(_TIME))
    deliver_at = moment(said)
    if deliver_at is None:
        raise BadInput(
            _("“deliver_at” is missing."), _("Write a time as RFC 3339 does, such as 2027-01-31T09:00:00Z.")
        )
    conversations.reschedule(by=viewer, at=at, passage_id=passage_id, deliver_at=deliver_at)
    return JsonResponse({"deliver_at": rfc3339(deliver_at)})


@answering(
    GET=Verb(
        "What the caller hears that ``q`` asks for: newest first, or the best of the newest that answer.",
        "read",
        record({"hits": many(shapes.HIT), "next": CURSOR}),
        asks={"q": TEXT, "order": {"type": "string", "enum": ["recent", "best"]}, **PAGED},
    )
)
def search(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the caller may hear and ``q`` asks for, in the order that ``order`` names."""
    said = request.GET.get("order") or Order.RECENT
    if said not in list(Order):
        raise BadInput(_("“order” is recent or best."))
    order = Order(said)
    # A place in one order is none in the other, so each has cursors of its own.
    listing = "search" if order == Order.RECENT else "search, best first"
    before, limit = cursors.asked(request, listing)
    found = searching.search(viewer, request.GET.get("q", ""), at=at, before=before, limit=limit, order=order)
    if found.is_given_up:
        raise TookTooLong
    return JsonResponse(
        {
            "hits": [words.hit(one) for one in found.hits],
            "next": cursors.written(listing, found.older),
        }
    )


@answering(
    POST=Verb(
        "Take a file in for a message to come.",
        "post",
        record({"id": ID, "name": TEXT, "sha256": TEXT}),
        takes=record({"file": {"type": "string", "format": "binary"}}, {"alt": TEXT}),
        status=201,
        is_form=True,
    )
)
def attachments(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """Take a file in for a message to come: multipart, field ``file``, and ``alt`` in words."""
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise BadInput(_("There is no file in the field “file”."))
    taken = gateway.attach(
        by=viewer,
        at=at,
        name=file.name or "",
        content=file.read(gateway.MOST_FILE_BYTES + 1),
        alt=request.POST.get("alt", ""),
    )
    return JsonResponse({"id": str(taken.id), "name": taken.name, "sha256": taken.sha256}, status=201)


def _asks(said: Mapping[str, Any]) -> Asks | None:
    kind = text(said, "asks")
    if not kind:
        return None
    return Asks(
        kind,
        options=tuple(strings(said, "options")) if kind == "poll" else (),
        is_multiple=flag(said, "multiple"),
        is_anonymous=flag(said, "anonymous"),
        closes_at=moment(said, "closes_at"),
    )
