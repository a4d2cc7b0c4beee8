"""Who knows about something, for machines. As the caller may see them."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, JsonResponse

from lockgate.api import shapes, words
from lockgate.api.declared import COUNT, TEXT, Verb, many, record
from lockgate.api.speaker import answering
from lockgate.expertise import queries as expertise
from lockgate.people.models import Person

LONGEST = 200
_EXPERT = record(
    {
        "person": shapes.PERSON,
        "told": many(record({"kind": TEXT, "words": TEXT})),
        "messages": COUNT,
        "hits": many(shapes.HIT),
    }
)


@answering(
    GET=Verb(
        "Who seems to know about ``q``, the likeliest first, each with the reasons why.",
        "read",
        record({"experts": many(_EXPERT)}),
        asks={"q": TEXT},
    )
)
def experts(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    known = expertise.who_knows(viewer, request.GET.get("q", "")[:LONGEST], at=at)
    return JsonResponse(
        {
            "experts": [
                {
                    "person": words.person(one.card),
                    "told": [{"kind": why.kind, "words": why.words} for why in one.told],
                    "messages": one.messages,
                    "hits": [words.hit(hit) for hit in one.hits],
                }
                for one in known.found
            ]
        }
    )
