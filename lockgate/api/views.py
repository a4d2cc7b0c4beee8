"""The same verbs for machines: places, check, messages, attachments. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from lockgate.api import words
from lockgate.api.speaker import answering
from lockgate.base.ids import read_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries
from lockgate.people.models import Person
from lockgate.search import queries as searching

_MAX_JSON = 512 * 1024
_KNOWN = {"body", "marking", "places", "answers", "attachments", "deliver_at", "justification"}


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
    said = _read(request)
    found = queries.preview(
        viewer,
        body=_text(said, "body"),
        marking=_marking(said),
        places=_strings(said, "places"),
        attachments=_ids(said, "attachments"),
        justification=_text(said, "justification"),
        is_scheduled=bool(said.get("deliver_at")),
        at=at,
    )
    return JsonResponse(words.preview(found))


@answering("POST")
def messages(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """Submit. 201 with the state of each passage; 422 with the reasons where the gate refuses."""
    said = _read(request)
    answers = said.get("answers")
    sent = gateway.submit(
        by=viewer,
        at=at,
        body=_text(said, "body"),
        marking=_marking(said),
        places=_strings(said, "places"),
        answers=_number(answers, "answers") if answers is not None else None,
        attachments=_ids(said, "attachments"),
        deliver_at=_moment(said),
        justification=_text(said, "justification"),
        slot="",
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
        before=_number(before, "before") if before else None,
        limit=_number(limit, "limit") if limit else searching.PAGE,
    )
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


def _read(request: HttpRequest) -> Mapping[str, Any]:
    try:
        raw = request.body
    except RawPostDataException as error:
        raise BadInput(_("A JSON object is expected here.")) from error
    if len(raw) > _MAX_JSON:
        raise BadInput(_("This request has %(size)s bytes; 524288 is the most.") % {"size": len(raw)})
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadInput(_("This is not JSON: %(why)s.") % {"why": error}) from error
    if not isinstance(said, dict):
        raise BadInput(_("A JSON object is expected here."))
    unknown = sorted(set(said) - _KNOWN)
    if unknown:
        raise BadInput(
            _("Unknown: %(names)s.") % {"names": ", ".join(name[:40] for name in unknown[:5])},
            _("Known are: %(names)s.") % {"names": ", ".join(sorted(_KNOWN))},
        )
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise BadInput(_("“%(name)s” is a text.") % {"name": name})
    return _storable(value)


def _storable(text: str) -> str:
    if "\x00" in text:
        raise BadInput(_("The text holds a NUL character, which cannot be stored."), _("Remove it."))
    return text


def _strings(said: Mapping[str, Any], name: str) -> list[str]:
    value = said.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadInput(_("“%(name)s” is a list of texts.") % {"name": name})
    return [_storable(one) for one in value]


def _ids(said: Mapping[str, Any], name: str) -> list[int]:
    return [_number(one, name) for one in _strings(said, name)]


def _number(value: object, name: str) -> int:
    number = read_id(value) if isinstance(value, str) else None
    if number is not None:
        return number
    raise BadInput(_("“%(name)s” is an id: digits in a text.") % {"name": name})


def _marking(said: Mapping[str, Any]) -> int:
    value = said.get("marking", "internal")
    try:
        return Marking[value.upper()].value
    except (KeyError, AttributeError) as error:
        raise BadInput(_("“marking” is public, internal, confidential or controlled.")) from error


def _moment(said: Mapping[str, Any]) -> datetime | None:
    value = said.get("deliver_at")
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput(
            _("“deliver_at” is a time as RFC 3339 writes it, such as 2027-01-31T09:00:00Z.")
        ) from error
    if not 2020 <= moment.year <= 2088:
        raise BadInput(_("That time is too far away."), _("Choose a nearer one."))
    if moment.tzinfo is None:
        raise BadInput(
            _("“deliver_at” names no time zone."), _("End it with Z, or an offset such as +01:00.")
        )
    return moment
