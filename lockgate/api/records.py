"""Records of other systems, for the systems themselves; rumours, follows and what is read, for machines that speak
for a person."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api.fields import flag, ids, read, text
from lockgate.api.speaker import answering
from lockgate.attention import operations as attention
from lockgate.attention import queries as attending
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import BadInput
from lockgate.people.models import Person
from lockgate.records import operations as records
from lockgate.records import queries
from lockgate.records.types import Told
from lockgate.rumours import operations as rumours
from lockgate.rumours import queries as rumoured


@answering("POST")
def put(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """One record: {"place", "system", "kind", "number", "title", "address", "values": {name: value}}."""
    said = read(request, {"place", "system", "kind", "number", "title", "address", "values", "justification"})
    values = said.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise BadInput(_("“values” is an object of texts."))
    told = Told(
        text(said, "system"),
        text(said, "kind") or "other",
        text(said, "number"),
        text(said, "title"),
        {str(name): value.replace("\x00", "") for name, value in values.items()},
        text(said, "address"),
    )
    done = records.put(
        by=viewer, at=at, key=text(said, "place"), told=told, justification=text(said, "justification")
    )
    return JsonResponse({"number": done.number, "outcome": done.outcome, "why": done.why})


@answering("GET")
def one(request: HttpRequest, record_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """A record as it stands, and what changed."""
    found = queries.record(viewer, record_id, at)
    return JsonResponse(
        {
            "system": found.system,
            "kind": found.kind,
            "number": found.number,
            "title": found.title,
            "address": found.address,
            "passage": str(found.root_id),
            "values": dict(found.values),
            "history": [
                {
                    "at": rfc3339(moment),
                    "changes": [{"name": one.name, "old": one.old, "new": one.new} for one in some],
                }
                for moment, some in found.history
            ],
        }
    )


@answering("GET", "POST", "DELETE")
def follows(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the caller follows; POST and DELETE {"kind", "key"} follow and let go."""
    if request.method != "GET":
        said = read(request, {"kind", "key"})
        verb = attention.follow if request.method == "POST" else attention.unfollow
        verb(by=viewer, at=at, kind=text(said, "kind"), key=text(said, "key"))
    rows = [
        {"kind": one.kind, "key": one.address.rpartition("/")[2] if one.kind == "person" else one.key}
        for one in attending.followed(viewer, at)
    ]
    return JsonResponse({"follows": rows})


@answering("POST")
def mark_read(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"passages": [...]} are read, or {"all": true}."""
    said = read(request, {"passages", "all"})
    if flag(said, "all"):
        attention.mark_all_read(by=viewer, at=at)
    else:
        attention.mark_read(by=viewer, at=at, passages=ids(said, "passages"))
    return JsonResponse({"read": True})


@answering("GET")
def why(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Why the caller sees a post."""
    reasons = attending.why(viewer, passage_id, at)
    return JsonResponse({"reasons": [{"kind": one.kind, **one.words} for one in reasons]})


@answering("GET", "POST")
def all_rumours(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """Rumours where the caller sits; POST {"place", "words", "desk", "anonymous"} asks. Without a name the answer is
    the same each time."""
    if request.method == "POST":
        said = read(request, {"place", "words", "desk", "anonymous"})
        rumours.ask(
            by=viewer,
            at=at,
            key=text(said, "place"),
            words=text(said, "words"),
            desk=text(said, "desk"),
            is_anonymous=flag(said, "anonymous"),
        )
        return JsonResponse({"asked": True}, status=201)
    return JsonResponse(
        {
            "rumours": [
                {
                    "id": str(one.id),
                    "words": one.words,
                    "place": one.place_key,
                    "asker": one.asker.slug if one.asker else None,
                    "asked_on": one.asked_on.isoformat(),
                    "state": one.state,
                    "wanted_by": one.wanted_by,
                    "answer": str(one.answer_message_id) if one.answer_message_id else None,
                }
                for one in rumoured.rumours(viewer, at)
            ]
        }
    )
