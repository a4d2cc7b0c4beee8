"""Webhooks: whom we call, who may call us, and the address where they do."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.api import limits, words
from lockgate.api.declared import COUNT, FLAG, ID, MARKING, MOMENT, TEXT, Verb, known, many, or_null, record
from lockgate.api.fields import body, marking, read, strings, text
from lockgate.api.refusals import refusal
from lockgate.api.speaker import answering, told
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.webhooks import operations, queries

_KIND = {"type": "string", "enum": ["post.delivered", "answer.delivered", "post.revised", "post.recalled"]}
_ENDPOINT = record(
    {
        "id": ID,
        "name": TEXT,
        "url": TEXT,
        "kinds": many(_KIND),
        "hears_as": TEXT,
        "place": TEXT,
        "created_at": MOMENT,
        "ended_at": or_null(MOMENT),
        "why_ended": TEXT,
        "failing_since": or_null(MOMENT),
    }
)
_CALL = record(
    {
        "id": ID,
        "kind": _KIND,
        "state": TEXT,
        "attempts": COUNT,
        "word": TEXT,
        "due_at": MOMENT,
        "settled_at": or_null(MOMENT),
    }
)
_SOURCE = record(
    {
        "id": ID,
        "address": TEXT,
        "name": TEXT,
        "bot": TEXT,
        "place": TEXT,
        "marking": MARKING,
        "created_at": MOMENT,
        "ended_at": or_null(MOMENT),
        "used_at": or_null(MOMENT),
    }
)
_ENDED = record({"ended": FLAG})
_OPEN = Verb(
    "Call an address with what one hears. The secret is shown this once.",
    "webhooks",
    record({"id": ID, "secret": TEXT}),
    takes=record({"name": TEXT, "url": TEXT, "kinds": many(_KIND)}, {"bot": TEXT, "place": TEXT}),
    status=201,
)
_LET = Verb(
    "Let a system call us; what it says becomes a bot's words. The secret is shown this once.",
    "webhooks",
    record({"id": ID, "secret": TEXT, "address": TEXT}),
    takes=record({"name": TEXT, "bot": TEXT, "place": TEXT}, {"marking": MARKING}),
    status=201,
)


@answering(
    GET=Verb("Whom we call for the caller.", "webhooks", record({"endpoints": many(_ENDPOINT)})),
    POST=_OPEN,
)
def endpoints(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """POST {"name", "url", "kinds", "bot", "place"} opens one; the secret is in the answer and nowhere after."""
    if request.method == "POST":
        said = read(request, known(_OPEN))
        opened = operations.open_endpoint(
            by=viewer,
            at=at,
            name=text(said, "name"),
            url=text(said, "url"),
            kinds=strings(said, "kinds"),
            hears_as=_bot(viewer, text(said, "bot")),
            place=text(said, "place"),
        )
        return JsonResponse({"id": str(opened.id), "secret": opened.secret}, status=201)
    return JsonResponse({"endpoints": [words.endpoint(one) for one in queries.endpoints(viewer)]})


@answering(
    GET=Verb("The latest calls of an endpoint.", "webhooks", record({"calls": many(_CALL)})),
    DELETE=Verb("Call it no more.", "webhooks", _ENDED),
)
def endpoint(request: HttpRequest, number: int, *, viewer: Person, at: datetime) -> JsonResponse:
    if request.method == "DELETE":
        operations.end_endpoint(by=viewer, at=at, endpoint_id=number)
        return JsonResponse({"ended": True})
    return JsonResponse({"calls": [words.call(one) for one in queries.calls(viewer, number)]})


@answering(
    GET=Verb("Who may call us for the caller's bots.", "webhooks", record({"sources": many(_SOURCE)})),
    POST=_LET,
)
def sources(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """POST {"name", "bot", "place", "marking"} opens one; the secret is in the answer and nowhere after."""
    if request.method == "POST":
        said = read(request, known(_LET))
        opened = operations.open_source(
            by=viewer,
            at=at,
            name=text(said, "name"),
            bot=_bot(viewer, text(said, "bot")) or viewer,
            place=text(said, "place"),
            marking=marking(said),
        )
        return JsonResponse(
            {"id": str(opened.id), "secret": opened.secret, "address": f"/hooks/{opened.reference}"},
            status=201,
        )
    return JsonResponse({"sources": [words.source(one) for one in queries.sources(viewer)]})


@answering(DELETE=Verb("Believe it no more.", "webhooks", _ENDED))
def source(request: HttpRequest, number: int, *, viewer: Person, at: datetime) -> JsonResponse:
    operations.end_source(by=viewer, at=at, source_id=number)
    return JsonResponse({"ended": True})


def _bot(viewer: Person, slug: str) -> Person | None:
    if not slug:
        return None
    for one in people.bots(viewer):
        if one.slug == slug:
            return one
    raise NotFound


@csrf_exempt
def hook(request: HttpRequest, reference: str) -> HttpResponse:
    """Where systems call in (Standard Webhooks). No cookie and no token counts here: the signature does, or nothing."""
    if request.method != "POST":
        refused = refusal(405, "method", _("This address takes %(verbs)s.") % {"verbs": "POST"})
        refused.headers["Allow"] = "POST"
        return refused
    if limits.count(f"h{reference}", limits.MOST_BY_HOOK).is_over:
        return refusal(429, "too-many", _("Too many requests."), _("Wait a few minutes."))
    return told(
        lambda: JsonResponse(
            words.submitted(
                operations.take(
                    at=now(),
                    reference=str(reference),
                    number=request.headers.get("webhook-id", ""),
                    timestamp=request.headers.get("webhook-timestamp", ""),
                    signatures=request.headers.get("webhook-signature", ""),
                    body=body(request),
                )
            ),
            status=201,
        )
    )
