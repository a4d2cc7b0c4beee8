"""What is said where: feeds, spaces, threads, and who one is; for machines, with the same answers to who may not."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import cursors, shapes, words
from lockgate.api.declared import CURSOR, PAGED, TEXT, Verb, many, record
from lockgate.api.speaker import answering
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import FeedPage
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

_LANE = {"lane": TEXT}


@answering(GET=Verb("Who the caller is.", "read", shapes.PERSON))
def me(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse(words.person(people.cards([viewer.pk])[viewer.pk]))


@answering(GET=Verb("Somebody whom the caller may know of.", "read", shapes.PERSON))
def person(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    found = people.by_slug(slug)
    if found is None or found.pk not in spaces.known_to(viewer, at, among=[found.pk]):
        raise NotFound
    return JsonResponse(words.person(people.card(found)))


@answering(GET=Verb("The newest posts of all the caller's places.", "read", shapes.POSTS, asks=PAGED))
def feed(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    before, limit = cursors.asked(request, "feed")
    return _posts(viewer, at, "feed", conversations.home(viewer, at, before=before, limit=limit))


@answering(GET=Verb("The places where the caller sits.", "read", record({"spaces": many(shapes.SPACE)})))
def all_spaces(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse({"spaces": [words.space(one) for one in spaces.places_of(viewer, at)]})


@answering(GET=Verb("One space where the caller sits.", "read", shapes.SPACE, asks=_LANE))
def space(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse(words.space(spaces.place(viewer, slug, at, lane=_lane(request))))


@answering(
    GET=Verb("The newest posts of a space.", "read", shapes.POSTS, asks={**_LANE, **PAGED}),
)
def space_feed(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    lane = _lane(request)
    listing = f"space:{slug}/{lane}"
    before, limit = cursors.asked(request, listing)
    return _posts(
        viewer, at, listing, conversations.of_space(viewer, slug, at, lane=lane, before=before, limit=limit)
    )


@answering(
    GET=Verb("What is pinned in a space.", "read", record({"pinned": many(shapes.LINE)}), asks=_LANE),
)
def pinned(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    found = conversations.pinned(viewer, slug, at, lane=_lane(request))
    return JsonResponse({"pinned": [words.line(one) for one in found]})


@answering(
    GET=Verb(
        "The questions of a space.",
        "read",
        shapes.POSTS,
        asks={**_LANE, "state": {"type": "string", "enum": ["open", "answered"]}, **PAGED},
    ),
)
def questions(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    lane, state = _lane(request), request.GET.get("state", "open")
    if state not in {"open", "answered"}:
        raise BadInput(_("“state” is open or answered."))
    listing = f"questions:{slug}/{lane}/{state}"
    before, limit = cursors.asked(request, listing)
    return _posts(
        viewer,
        at,
        listing,
        conversations.questions(viewer, slug, at, lane=lane, state=state, before=before, limit=limit),
    )


@answering(GET=Verb("One post, or the post that an answer answers.", "read", shapes.POST))
def post(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    key = conversations.one(viewer, passage_id, at)
    item = conversations.items([key.passage_id])[key.passage_id]
    return JsonResponse(words.posts(viewer, [item], at)[0])


@answering(
    GET=Verb(
        "The answers to a post, oldest first.",
        "read",
        record({"answers": many(shapes.ANSWER), "next": CURSOR}),
        asks=PAGED,
    ),
)
def answers(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    listing = f"answers:{passage_id}"
    after, limit = cursors.asked(request, listing)
    found = conversations.answers(viewer, passage_id, at, after=after or 0, limit=limit)
    last = conversations.position_of(viewer, found[-1].passage_id, at) if len(found) == limit else None
    return JsonResponse({"answers": words.answers(viewer, found, at), "next": cursors.written(listing, last)})


def _posts(viewer: Person, at: datetime, listing: str, page: FeedPage) -> JsonResponse:
    items = conversations.items([one.passage_id for one in page.keys])
    return JsonResponse(
        {
            "posts": words.posts(
                viewer, [items[one.passage_id] for one in page.keys if one.passage_id in items], at
            ),
            "next": cursors.written(listing, page.older),
        }
    )


def _lane(request: HttpRequest) -> str:
    return request.GET.get("lane", "")[:32].replace("\x00", "")
