"""The same verbs for machines: places, check, messages, attachments. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import words
from lockgate.api.fields import flag, ids, marking, moment, number, read, strings, text
from lockgate.api.speaker import answering
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

_KNOWN = {
    "body", "marking", "places", "answers", "attachments", "deliver_at", "justification",
    "asks", "options", "multiple", "anonymous", "closes_at",
}  # fmt: skip


@answering("GET")
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


@answering("POST")
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


@answering("POST")
def messages(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """Submit. 201 with the state of each passage; 422 with the reasons where the gate refuses."""
    said = read(request, _KNOWN)
    answers = said.get("answers")
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
    )
    return JsonResponse(
        {
            "id": str(sent.message_id),
            "revision": sent.revision,
            "passages": [words.passage(one) for one in sent.passages],
        },
        status=201,
    )


@answering("GET")
def message(request: HttpRequest, message_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """One message, as the caller may see it."""
    return JsonResponse(words.message(queries.message(viewer, message_id, at)))


@answering("GET")
def search(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the caller may hear and ``q`` asks for, newest first; ``older`` is the cursor of the next page."""
    before, limit = request.GET.get("before"), request.GET.get("limit")
    found = searching.search(
        viewer,
        request.GET.get("q", ""),
        at=at,
        before=number(before, "before") if before else None,
        limit=number(limit, "limit") if limit else searching.PAGE,
    )
    if found.is_given_up:
        raise TookTooLong
    return JsonResponse(
        {
            "hits": [words.hit(one) for one in found.hits],
            "older": str(found.older) if found.older is not None else None,
        }
    )


@answering("POST")
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
