"""Talks of a few: write to people, whether or not they have an account, and invite more of them by e-mail."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.refusals import ReasonNeeded
from lockgate.mail import operations as mail
from lockgate.mail import queries as letters
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import Backlog
from lockgate.web.shell import page, viewer

MOST_TYPED = 8000
SLOT = "talk"
# A name in quotes and an address in brackets may hold what else parts two of them.
_ENTRY = re.compile(r'(?:"[^"\n]*"|<[^>\n]*>|[^,;\n"<])+')


@require_http_methods(["GET", "HEAD", "POST"])
def talks(request: HttpRequest) -> HttpResponse:
    """The talks in which one sits; employees may begin another."""
    person = viewer(request)
    problem: Refusal | None = None
    typed = {
        name: request.POST.get(name, "")[:MOST_TYPED]
        for name in ("to", "name", "ceiling", "admits", "reason")
    }
    # Words are never cut: the gate says when there are too many.
    typed["body"] = request.POST.get("body", "") if request.method == "POST" else _kept(person)
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_begin(person, typed))
        except NotFound:
            raise
        except Refusal as refusal:
            problem = refusal
    at = now()
    context: dict[str, Any] = {
        "rooms": [one for one in spaces.places_of(person, at) if one.space_kind == "circle"],
        "may_begin": person.firm.is_house,
        "is_sent": letters.is_configured(),
        "problem": problem,
        "asks_reason": isinstance(problem, ReasonNeeded) or bool(typed["reason"]),
        "typed": typed,
        "ceilings": [(str(one.value), one.label) for one in Marking],
        "most": mail.MOST_PEOPLE,
    }
    status = problem.status if problem else 200
    return page(request, "web/talks.html", context, person=person, current="spaces", at=at, status=status)


def _kept(person: Person) -> str:
    """Words that were typed here before and did not go."""
    draft = gate.draft(person, SLOT)
    return draft.body if draft is not None else ""


def _begin(person: Person, typed: dict[str, str]) -> str:
    """Where to go once the talk is begun, with its first words if there are some."""
    if not person.firm.is_house:
        raise NotFound
    if typed["ceiling"] not in {"0", "1", "2", "3"}:
        raise BadInput(_("Choose the highest marking that may be said there."))
    at, ceiling = now(), Marking(int(typed["ceiling"]))
    gateway.save_draft(by=person, at=at, body=typed["body"], marking=ceiling, places=(), slot=SLOT)
    persons, addresses = _named(typed["to"])
    admits_guests = typed["admits"] == "yes"
    if not typed["body"].strip():
        slug = mail.write_to(
            by=person,
            at=at,
            persons=persons,
            addresses=addresses,
            name=typed["name"],
            ceiling=ceiling,
            admits_guests=admits_guests,
        )
        return f"/spaces/{slug}"
    slug, sent = mail.say_first(
        by=person,
        at=at,
        body=typed["body"],
        marking=ceiling,
        persons=persons,
        addresses=addresses,
        name=typed["name"],
        ceiling=ceiling,
        admits_guests=admits_guests,
        justification=typed["reason"],
        slot=SLOT,
    )
    return f"/spaces/{slug}" if sent.passages[0].state == "delivered" else f"/messages/{sent.message_id}"


def _named(text: str) -> tuple[list[Person], list[str]]:
    """Whom the words name: people of this installation, and addresses that nobody here has."""
    entries = [clean for one in _ENTRY.findall(text) if (clean := " ".join(one.split()))]
    if len(entries) > mail.MOST_PEOPLE:
        raise BadInput(
            _("A talk begins with at most %(most)s people.") % {"most": mail.MOST_PEOPLE},
            _("Open a space for more."),
        )
    persons, addresses = [], []
    for entry in entries:
        if "@" in entry[1:]:
            asked = mail.read_invited(entry)
            known = people.by_email(asked.address)
            if known is None:
                addresses.append(entry)
            else:
                persons.append(known)
        else:
            persons.append(_called(entry))
    return persons, addresses


def _called(name: str) -> Person:
    cards = people.cards(people.named(name.removeprefix("@")))
    plain = name.removeprefix("@").casefold()
    exact = [one for one in cards.values() if plain in {one.slug, one.name.casefold()}]
    found = exact or list(cards.values())
    if not found:
        raise BadInput(
            _("Nobody here is called “%(name)s”.") % {"name": name[:80]},
            _("Write their e-mail address instead."),
        )
    if len(found) > 1:
        names = ", ".join(f"@{one.slug}" for one in found[:6])
        raise BadInput(
            _("Several people are called “%(name)s”.") % {"name": name[:80]},
            _("Write which one: %(names)s") % {"names": names},
        )
    person = people.by_slug(found[0].slug)
    assert person is not None
    return person


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """Who was invited here by e-mail; those who may, invite others."""
    person, at = viewer(request), now()
    place = spaces.place(person, slug, at)
    if not spaces.may_invite(person, place):
        raise NotFound
    problem: Refusal | None = None
    typed = {name: request.POST.get(name, "")[:400] for name in ("address", "backlog")}
    if request.method == "POST":
        try:
            if typed["backlog"] not in set(Backlog):
                raise BadInput(_("Choose how much of the past they hear."))
            mail.invite(
                by=person, at=at, key=place.key, address=typed["address"], backlog=Backlog(typed["backlog"])
            )
            return HttpResponseRedirect(f"{place.address}/invitations")
        except NotFound:
            raise
        except Refusal as refusal:
            problem = refusal
    context = {
        "place": place,
        "invited": letters.invitations(person, place.audience_id, at),
        "is_sent": letters.is_configured(),
        "hears_all": place.hears_from == 0,
        "problem": problem,
        "typed": typed,
    }
    status = problem.status if problem else 200
    return page(
        request, "web/invitations.html", context, person=person, current=place.key, at=at, status=status
    )
