"""Talks of a few, for machines: begin one, add people to it, invite by e-mail, leave. As on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from lockgate.api import cursors, shapes, words
from lockgate.api.declared import (
    CURSOR,
    FLAG,
    MARKING,
    MOMENT,
    PAGED,
    TEXT,
    Verb,
    known,
    many,
    or_null,
    record,
)
from lockgate.api.fields import flag, marking, needed, read, strings, text
from lockgate.api.speaker import answering
from lockgate.base.clock import now, rfc3339
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.gateway.types import Submitted
from lockgate.mail import operations as mail
from lockgate.mail import queries as letters
from lockgate.mail.types import InvitationView
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import operations as tending
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import Backlog, PlaceInSpace

_LANE = {"lane": TEXT}
_ROLES = ("member", "observer", "moderator", "owner")
_SEAT = record({"person": shapes.PERSON, "role": TEXT})
_BACKLOG = {"type": "string", "enum": [one.value for one in Backlog]}
_INVITATION = record(
    {
        "name": TEXT,
        "address": TEXT,
        "by": TEXT,
        "backlog": _BACKLOG,
        "invited_at": MOMENT,
        "letter": TEXT,
        "sits_here": FLAG,
    }
)
_BEGUN = record({**shapes.SPACE["properties"], "said": or_null(shapes.SUBMITTED)})
_BEGIN = Verb(
    "Begin a talk with people of this installation (slugs) and with whoever has these e-mail addresses. Without a name"
    " it is the one talk of these people, and goes on where there is one. With a body (scope “post”) these are its"
    " first words: where the gate refuses them, no talk is begun.",
    "spaces",
    _BEGUN,
    takes=record(
        {},
        {
            "people": many(TEXT, mail.MOST_PEOPLE),
            "addresses": many(TEXT, mail.MOST_PEOPLE),
            "name": TEXT,
            "ceiling": MARKING,
            "admits_guests": FLAG,
            "body": TEXT,
            "marking": MARKING,
            "justification": TEXT,
        },
    ),
    status=201,
    also={"body": "post"},
)


@answering(
    GET=Verb(
        "The talks in which the caller sits.",
        "read",
        record({"talks": many(shapes.SPACE), "next": CURSOR}),
        asks=PAGED,
    ),
    POST=_BEGIN,
)
def talks(request: HttpRequest, *, viewer: Person, at: datetime) -> JsonResponse:
    """The talks in which one sits; employees begin another: all who are named are seated, or nobody."""
    if request.method == "POST":
        said = read(request, known(_BEGIN))
        slug, sent = _begin(viewer, at, said)
        # Another may have opened it after this request came in.
        place = spaces.place(viewer, slug, max(at, now()))
        told = words.submitted(sent) if sent is not None else None
        return JsonResponse(words.space(place) | {"said": told}, status=201)
    begin, limit = cursors.asked(request, "talks")
    first = begin or 0
    rooms = [one for one in spaces.places_of(viewer, at) if one.space_kind == "circle"]
    more = first + limit if len(rooms) > first + limit else None
    return JsonResponse(
        {
            "talks": [words.space(one) for one in rooms[first : first + limit]],
            "next": cursors.written("talks", more),
        }
    )


def _begin(viewer: Person, at: datetime, said: Mapping[str, Any]) -> tuple[str, Submitted | None]:
    # Before a name is looked up: a guest learns of nobody by what this answers.
    if not viewer.firm.is_house:
        raise NotFound
    slugs, typed = strings(said, "people"), strings(said, "addresses")
    if len(slugs) + len(typed) > mail.MOST_PEOPLE:
        raise BadInput(
            _("A talk begins with at most %(most)s people.") % {"most": mail.MOST_PEOPLE},
            _("Open a space for more."),
        )
    persons, addresses = [_called(one) for one in slugs], []
    for one in typed:
        found = people.by_email(mail.read_invited(one).address)
        if found is None:
            addresses.append(one)
        else:
            persons.append(found)
    ceiling = Marking(marking({"marking": said.get("ceiling", "internal")}))
    body, name, admits_guests = text(said, "body"), text(said, "name"), flag(said, "admits_guests")
    if not body.strip():
        slug = mail.write_to(
            by=viewer,
            at=at,
            persons=persons,
            addresses=addresses,
            name=name,
            ceiling=ceiling,
            admits_guests=admits_guests,
        )
        return slug, None
    return mail.say_first(
        by=viewer,
        at=at,
        body=body,
        marking=marking(said) if "marking" in said else ceiling,
        persons=persons,
        addresses=addresses,
        name=name,
        ceiling=ceiling,
        admits_guests=admits_guests,
        justification=text(said, "justification"),
        slot="",
    )


def _called(slug: str) -> Person:
    found = people.by_slug(slug.removeprefix("@")[:80])
    if found is None:
        raise BadInput(
            _("Nobody here is called “%(name)s”.") % {"name": slug[:80]},
            _("Write their e-mail address instead."),
        )
    return found


_ADD = Verb(
    "Give somebody of this installation a seat.",
    "spaces",
    _SEAT,
    takes=record(
        {"person": TEXT}, {"role": {"type": "string", "enum": list(_ROLES)}, "hears_past": FLAG, "lane": TEXT}
    ),
    status=201,
)


@answering(
    GET=Verb(
        "Who sits in a space.",
        "read",
        record({"seats": many(_SEAT), "next": CURSOR}),
        asks={**_LANE, **PAGED},
    ),
    POST=_ADD,
)
def seats(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    """Who sits in a space; those who tend it give others a seat, with its past unless {"hears_past": false}."""
    if request.method == "POST":
        said = read(request, known(_ADD))
        needed(said, "person")
        place = spaces.place(viewer, slug, at, lane=text(said, "lane")[:32])
        return _seated(viewer, place, at, said)
    place = spaces.place(viewer, slug, at, lane=request.GET.get("lane", "")[:32].replace("\x00", ""))
    listing = f"seats:{place.key}"
    begin, limit = cursors.asked(request, listing)
    first = begin or 0
    sitting = spaces.sitters(viewer, place.audience_id, at)
    shown = sitting[first : first + limit]
    cards = people.cards([one.person_id for one in shown])
    return JsonResponse(
        {
            "seats": [
                {"person": words.person(cards[one.person_id]), "role": one.role}
                for one in shown
                if one.person_id in cards
            ],
            "next": cursors.written(listing, first + limit if len(sitting) > first + limit else None),
        }
    )


def _seated(viewer: Person, place: PlaceInSpace, at: datetime, said: Mapping[str, Any]) -> JsonResponse:
    if not place.tends:
        raise NotFound
    chosen = people.by_slug(text(said, "person")[:80])
    if chosen is None or not chosen.is_active:
        raise BadInput(_("Choose who shall sit here."))
    role = text(said, "role") or "member"
    if role not in _ROLES:
        raise BadInput(_("A role is member, observer, moderator or owner."))
    taken = tending.seat(
        by=viewer,
        at=at,
        person=chosen,
        audience_id=place.audience_id,
        role=role if chosen.firm.is_house else "guest",
        hears_past=flag({"hears_past": True, **said}, "hears_past"),
    )
    return JsonResponse({"person": words.person(people.card(chosen)), "role": taken.role}, status=201)


@answering(
    DELETE=Verb(
        "End somebody's seat: another's by who tends the room, one's own by oneself.",
        "spaces",
        record({"sits": FLAG}),
        asks=_LANE,
    )
)
def seat(request: HttpRequest, slug: str, person_slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    place = spaces.place(viewer, slug, at, lane=request.GET.get("lane", "")[:32].replace("\x00", ""))
    whose = people.by_slug(person_slug)
    if whose is None:
        raise NotFound
    tending.end_seat(by=viewer, at=at, person=whose, audience_id=place.audience_id)
    return JsonResponse({"sits": False})


_INVITE = Verb(
    "Invite somebody by e-mail, with as much of what was said before as one chooses.",
    "spaces",
    record({"person": shapes.PERSON, "space": TEXT}),
    takes=record({"address": TEXT, "backlog": _BACKLOG}),
    status=201,
)


@answering(
    GET=Verb(
        "Who was invited here by e-mail, the latest first; for those who may invite.",
        "read",
        record({"invitations": many(_INVITATION), "next": CURSOR}),
        asks=PAGED,
    ),
    POST=_INVITE,
)
def invitations(request: HttpRequest, slug: str, *, viewer: Person, at: datetime) -> JsonResponse:
    place = spaces.place(viewer, slug, at)
    if not spaces.may_invite(viewer, place):
        raise NotFound
    if request.method == "POST":
        said = read(request, known(_INVITE))
        needed(said, "address", "backlog")
        backlog = text(said, "backlog")
        if backlog not in set(Backlog):
            raise BadInput(_("Choose how much of the past they hear."))
        invited = mail.invite(
            by=viewer, at=at, key=place.key, address=text(said, "address")[:400], backlog=Backlog(backlog)
        )
        return JsonResponse(
            {"person": words.person(people.card(invited)), "space": place.slug},
            status=201,
        )
    listing = f"invitations:{place.key}"
    begin, limit = cursors.asked(request, listing)
    first = begin or 0
    found = letters.invitations(viewer, place.audience_id, at, limit=first + limit + 1)
    more = first + limit if len(found) > first + limit else None
    return JsonResponse(
        {
            "invitations": [_invitation(one) for one in found[first : first + limit]],
            "next": cursors.written(listing, more),
        }
    )


def _invitation(one: InvitationView) -> dict[str, Any]:
    return {
        "name": one.name,
        "address": one.address,
        "by": one.by,
        "backlog": one.backlog,
        "invited_at": rfc3339(one.invited_at),
        "letter": one.letter,
        "sits_here": one.sits_here,
    }
