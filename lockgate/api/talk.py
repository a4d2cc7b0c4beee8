"""Marks on what was said, for machines: the verbs of the pages, with the same answers to who may not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import cursors, shapes, words
from lockgate.api.declared import COUNT, CURSOR, FLAG, ID, PAGED, TEXT, Verb, known, many, record
from lockgate.api.fields import needed, read, text
from lockgate.api.speaker import answering
from lockgate.attention import operations as attention
from lockgate.base.clock import rfc3339
from lockgate.base.refusal import BadInput
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import PollView, Reader
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.people import queries as people
from lockgate.people.models import Person

_REACT = Verb("React to a post or an answer.", "mark", shapes.REACTIONS, takes=shapes.KIND)


@answering(
    GET=Verb("Who reacted.", "read", shapes.REACTIONS),
    POST=_REACT,
    DELETE=Verb("Take a reaction back.", "mark", shapes.REACTIONS, takes=shapes.KIND),
)
def reactions(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Who reacted; POST and DELETE {"kind"} give one’s own and take it back."""
    if request.method != "GET":
        kind = text(read(request, known(_REACT)), "kind")
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
                    "people": [words.person(person) for person in one.people],
                    "mine": one.kind in own,
                }
                for one in gathered
            ]
        }
    )


_BOOST = Verb(
    "Boost a post into a space where everybody hears it already; without a place, where it was said.",
    "post",
    shapes.BOOSTS,
    takes=shapes.BOOST,
)


@answering(
    GET=Verb("Who boosted a post, in the places that the caller hears.", "read", shapes.BOOSTS),
    POST=_BOOST,
    DELETE=Verb("Take one’s own boost back, there or everywhere.", "post", shapes.BOOSTS, takes=shapes.BOOST),
)
def boosts(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Who boosted; POST and DELETE {"place"} make one’s own and take it back."""
    if request.method != "GET":
        place = text(read(request, known(_BOOST)), "place")[:80]
        verb = gateway.boost if request.method == "POST" else gateway.unboost
        verb(by=viewer, at=at, passage_id=passage_id, place=place)
    shown = gate.shown_again(viewer, passage_id, at)
    return JsonResponse(
        {
            "post": str(shown.passage_id),
            "may_go_to": sorted(shown.places),
            "boosts": [
                {
                    "place": one.place,
                    "place_name": one.place_name,
                    "count": len(one.people) + one.others,
                    "people": [words.person(person) for person in one.people],
                    "mine": one.is_mine,
                }
                for one in conversations.boosted_in(viewer, shown.passage_id, at)
            ],
        }
    )


_SAVED = record({"saved": FLAG})


@answering(
    POST=Verb("Keep a post at hand.", "mark", _SAVED),
    DELETE=Verb("Keep it no longer.", "mark", _SAVED),
)
def saved_mark(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    is_on = request.method == "POST"
    (talk.save if is_on else talk.unsave)(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"saved": is_on})


@answering(
    GET=Verb(
        "What the caller saved and still hears.",
        "read",
        record({"saved": many(shapes.POST), "next": CURSOR}),
        asks=PAGED,
    )
)
def saved(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """What the caller saved and still hears, the latest first."""
    begin, limit = cursors.asked(request, "saved")
    first = begin or 0
    ids = conversations.saved(viewer, at, limit=first + limit + 1)
    shown = ids[first : first + limit]
    items = conversations.items(shown)
    more = first + limit if len(ids) > first + limit else None
    return JsonResponse(
        {
            "saved": words.posts(viewer, [items[one] for one in shown if one in items], at),
            "next": cursors.written("saved", more),
        }
    )


_PINNED = record({"pinned": FLAG})


@answering(
    POST=Verb("Pin a post at the top of its space.", "mark", _PINNED),
    DELETE=Verb("Take it down from there.", "mark", _PINNED),
)
def pin(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    is_on = request.method == "POST"
    (talk.pin if is_on else talk.unpin)(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"pinned": is_on})


_MUTED = record({"muted": FLAG})


@answering(
    POST=Verb("Be told nothing more of a thread.", "mark", _MUTED),
    DELETE=Verb("Be told of it again.", "mark", _MUTED),
)
def mute(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """The thread of this post or answer; what the caller is to sign or to confirm is told all the same."""
    is_on = request.method == "POST"
    (attention.mute_thread if is_on else attention.unmute_thread)(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"muted": is_on})


_MOVE = Verb(
    "Move a thread to another space that the caller owns too.",
    "spaces",
    record({"passage": ID}),
    takes=record({"to": TEXT}),
)


@answering(POST=_MOVE)
def move(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"to": "space:<slug>"}: said anew there, taken back here; answers its new passage."""
    said = read(request, known(_MOVE))
    needed(said, "to")
    moved = attention.move_thread(by=viewer, at=at, passage_id=passage_id, to=text(said, "to"))
    return JsonResponse({"passage": str(moved)})


_ACCEPTED = record({"accepted": FLAG})


@answering(
    POST=Verb("This answer answers its question.", "mark", _ACCEPTED),
    DELETE=Verb("It does not after all.", "mark", _ACCEPTED),
)
def acceptance(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """This answer answers its question, or does not after all."""
    is_on = request.method == "POST"
    (talk.accept if is_on else talk.withdraw_acceptance)(by=viewer, at=at, answer_id=passage_id)
    return JsonResponse({"accepted": is_on})


@answering(POST=Verb("Confirm that one has read an announcement.", "mark", record({"confirmed": FLAG})))
def receipt(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """I have read this."""
    talk.confirm(by=viewer, at=at, passage_id=passage_id)
    return JsonResponse({"confirmed": True})


@answering(GET=Verb("Who has read an announcement, who has not, who need not.", "read", shapes.READERS))
def readers(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Who has read, who has not, who need not."""
    return _readers(viewer, passage_id, at)


def _readers(viewer: Person, passage_id: int, at: datetime) -> JsonResponse:
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


_EXEMPT = Verb("Somebody need not confirm, for a reason.", "mark", shapes.READERS, takes=shapes.EXEMPTION)


@answering(POST=_EXEMPT)
def exemption(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """{"person": slug, "why"}: they need not confirm."""
    said = read(request, known(_EXEMPT))
    found = people.by_slug(text(said, "person")[:80])
    talk.exempt(
        by=viewer,
        at=at,
        passage_id=passage_id,
        person_id=found.pk if found is not None else 0,
        why=text(said, "why"),
    )
    return _readers(viewer, passage_id, at)


@answering(POST=Verb("Remind all who have not confirmed.", "mark", record({"reminded": COUNT})))
def reminder(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse({"reminded": talk.remind_now(by=viewer, at=at, passage_id=passage_id)})


@answering(GET=Verb("A poll, with its result where it is shown.", "read", shapes.POLL))
def poll(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    return JsonResponse(_poll(conversations.poll(viewer, passage_id, at)))


_VOTE = Verb("Choose in a poll; options are counted from 1.", "mark", shapes.POLL, takes=shapes.CHOICE)


@answering(POST=_VOTE)
def votes(request: HttpRequest, passage_id: int, *, viewer: Person, at: datetime) -> JsonResponse:
    """Choose: {"options": [1]}, counted from 1."""
    chosen = read(request, known(_VOTE)).get("options", [])
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
