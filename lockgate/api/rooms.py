"""Coming into rooms and leaving them, for machines: doors, membership, requests to join."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, JsonResponse

from lockgate.api.declared import FLAG, ID, TEXT, Verb, known, many, or_null, record
from lockgate.api.fields import read, text
from lockgate.api.speaker import answering
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces

_DOOR = record({"slug": TEXT, "name": TEXT, "about": TEXT, "entry": TEXT, "request": or_null(ID)})
_SITS = record({"sits": FLAG})
_LEAVE = Verb("Leave a space, or one of its lanes.", "spaces", _SITS, takes=record({}, {"lane": TEXT}))
_ASK = Verb(
    "Ask to join a closed space.",
    "spaces",
    record({"request": ID}),
    takes=record({}, {"words": TEXT}),
    status=201,
)


@answering(
    GET=Verb("Open and closed spaces where the caller does not sit.", "read", record({"doors": many(_DOOR)}))
)
def doors(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """The open and closed spaces where the caller does not sit; none for a guest."""
    return JsonResponse(
        {
            "doors": [
                {
                    "slug": one.slug,
                    "name": one.name,
                    "about": one.about,
                    "entry": one.entry,
                    "request": str(one.request_id) if one.request_id else None,
                }
                for one in spaces.doors(viewer, at)
            ]
        }
    )


@answering(POST=Verb("Join an open space.", "spaces", _SITS), DELETE=_LEAVE)
def membership(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """POST joins an open space; DELETE leaves a space, or with {"lane"} one of its lanes."""
    if request.method == "POST":
        tending.join(by=viewer, at=at, slug=slug)
        return JsonResponse({"sits": True})
    lane = text(read(request, known(_LEAVE)), "lane") if request.body else ""
    place = spaces.place(viewer, slug, at, lane=lane)
    tending.end_seat(by=viewer, at=at, person=viewer, audience_id=place.audience_id)
    return JsonResponse({"sits": False})


_STAY = record({"words_stay": FLAG})


@answering(
    POST=Verb("Letters, texts and messages to devices say nothing of what is said here.", "spaces", _STAY),
    DELETE=Verb("They may again.", "spaces", _STAY),
)
def kept_words(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """For who tends the space; of what is Confidential or above they never say a word."""
    is_on = request.method == "POST"
    tending.keep_words(by=viewer, at=at, slug=slug, is_on=is_on)
    return JsonResponse({"words_stay": is_on})


@answering(POST=_ASK)
def ask(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """Ask those who tend a closed space; {"words"} says why."""
    words = text(read(request, known(_ASK)), "words") if request.body else ""
    asked = tending.ask_to_join(by=viewer, at=at, slug=slug, words=words)
    return JsonResponse({"request": str(asked)}, status=201)


@answering(DELETE=Verb("Ask no more.", "spaces", record({"request": {"type": "null"}})))
def withdraw(request: HttpRequest, request_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    tending.withdraw(by=viewer, at=at, request_id=request_id)
    return JsonResponse({"request": None})


@answering(POST=Verb("Let somebody in who asked.", "spaces", record({"space": TEXT})))
def accept(request: HttpRequest, request_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse({"space": tending.accept(by=viewer, at=at, request_id=request_id)})


@answering(POST=Verb("Do not let them in.", "spaces", record({"space": TEXT})))
def decline(request: HttpRequest, request_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse({"space": tending.decline(by=viewer, at=at, request_id=request_id)})
