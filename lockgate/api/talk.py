"""Marks on what was said, for machines: the verbs of the pages, with the same answers to who may not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api.fields import read, text
from lockgate.api.speaker import answering
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import BadInput
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import PollView, Reader
from lockgate.people.models import Person


@answering("GET", "POST", "DELETE")
def reactions(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Who reacted; POST and DELETE {"kind"} give one’s own and take it back."""
    if request.method != "GET":
        kind = text(read(request, {"kind"}), "kind")
        verb = talk.react if request.method == "POST" else talk.withdraw
        verb(by=viewer, at=at, passage_id=passage_id, kind=kind)
    gathered = conversations.reacted_by(viewer, passage_id, at)
    own = conversations.marks(viewer, [passage_id], at).reacted.get(passage_id, frozenset())
    return JsonResponse(
        {
            "reactions": [
                {
                    "kind": one.kind,
                    "count": len(one.people) + one.others,
                    "people": [{"slug": person.slug, "name": person.name} for person in one.people],
                    "mine": one.kind in own,
                }
                for one in gathered
            ]
        }
    )


@answering("POST", "DELETE")
def saved_mark(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    is_on = request.method == "POST"
    (talk.save if is_on else talk.unsave)(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"saved": is_on})


@answering("GET")
def saved(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the caller saved and still hears, the latest first."""
    ids = conversations.saved(viewer, at)
    items = conversations.items(ids)
    return JsonResponse(
        {
            "saved": [
                {
                    "passage": str(one),
                    "message": str(items[one].message_id),
                    "place": items[one].place,
                    "author": items[one].author.slug,
                    "body": items[one].body,
                }
                for one in ids
                if one in items
            ]
        }
    )


@answering("POST", "DELETE")
def pin(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    is_on = request.method == "POST"
    (talk.pin if is_on else talk.unpin)(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"pinned": is_on})


@answering("POST", "DELETE")
def acceptance(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """This answer answers its question, or does not after all."""
    is_on = request.method == "POST"
    (talk.accept if is_on else talk.withdraw_acceptance)(by=viewer, at=at, answer_id=passage_id)
    return JsonResponse({"accepted": is_on})


@answering("POST")
def receipt(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """I have read this."""
    talk.confirm(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"confirmed": True})


@answering("GET")
def readers(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Who has read, who has not, who need not."""
    lists = conversations.readers(viewer, passage_id, at)
    return JsonResponse(
        {
            "read": [_reader(one) for one in lists.read],
            "unread": [_reader(one) for one in lists.unread],
            "exempt": [_reader(one) for one in lists.exempt],
        }
    )


def _reader(one: Reader) -> dict[str, Any]:
    return {
        "slug": one.person.slug,
        "name": one.person.name,
        "at": rfc3339(one.at) if one.at else None,
        "why": one.why,
        "has_left": one.has_left,
    }


@answering("GET")
def poll(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse(_poll(conversations.poll(viewer, passage_id, at)))


@answering("POST")
def votes(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Choose: {"options": [1]}, counted from 1."""
    chosen = read(request, {"options"}).get("options", [])
    if not isinstance(chosen, list) or not all(
        isinstance(one, int) and not isinstance(one, bool) for one in chosen
    ):
        raise BadInput(_("“options” is a list of numbers."))
    talk.vote(by=viewer, at=at, passage_id=passage_id, options=chosen[:20])
    return JsonResponse(_poll(conversations.poll(viewer, passage_id, at)))


def _poll(one: PollView) -> dict[str, Any]:
    return {
        "options": list(one.options),
        "multiple": one.is_multiple,
        "anonymous": one.is_anonymous,
        "closes_at": rfc3339(one.closes_at) if one.closes_at else None,
        "closed": one.is_closed,
        "voted": one.has_voted,
        "voters": one.voters,
        "results": None
        if one.results is None
        else [
            {"option": each.number, "count": each.count, "people": list(each.chosen_by)}
            for each in one.results
        ],
    }
