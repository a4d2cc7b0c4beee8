"""Coming into rooms and leaving them, for machines: doors, membership, requests to join."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, JsonResponse

from lockgate.api.fields import read, text
from lockgate.api.speaker import answering
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces


@answering("GET")
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


@answering("POST", "DELETE")
def membership(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """POST joins an open space; DELETE leaves a space, or with {"lane"} one of its lanes."""
    if request.method == "POST":
        tending.join(by=viewer, at=at, slug=slug)
        return JsonResponse({"sits": True})
    lane = text(read(request, {"lane"}), "lane") if request.body else ""
    place = spaces.place(viewer, slug, at, lane=lane)
    tending.end_seat(by=viewer, at=at, person=viewer, audience_id=place.audience_id)
    return JsonResponse({"sits": False})


@answering("POST")
def ask(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """Ask those who tend a closed space; {"words"} says why."""
    words = text(read(request, {"words"}), "words") if request.body else ""
    asked = tending.ask_to_join(by=viewer, at=at, slug=slug, words=words)
    return JsonResponse({"request": str(asked)}, status=201)


@answering("DELETE")
def withdraw(request: HttpRequest, request_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    tending.withdraw(by=viewer, at=at, request_id=request_id)
    return JsonResponse({"request": None})


@answering("POST")
def accept(request: HttpRequest, request_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse({"space": tending.accept(by=viewer, at=at, request_id=request_id)})


@answering("POST")
def decline(request: HttpRequest, request_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse({"space": tending.decline(by=viewer, at=at, request_id=request_id)})
