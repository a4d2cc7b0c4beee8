"""Write to people, whether or not they have an account: a talk of a few, and its first words."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.utils.text import slugify
from django.utils.translation import gettext as _

from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.conversations import operations as conversations
from lockgate.gateway.types import Opened, Submitted
from lockgate.mail.operations.invite import invite, person_at, read_invited
from lockgate.people.models import Person
from lockgate.spaces import operations as spaces
from lockgate.spaces.types import Backlog, place_key, split_key

MOST_PEOPLE = 50


def write_to(
    *,
    by: Person,
    at: datetime,
    persons: Sequence[Person],
    addresses: Sequence[str],
    name: str = "",
    ceiling: Marking = Marking.INTERNAL,
    admits_guests: bool = False,
) -> str:
    """``open_talk`` before anything is said in it; answers its slug."""
    opened = open_talk(
        by=by,
        at=at,
        persons=persons,
        addresses=addresses,
        name=name,
        ceiling=ceiling,
        admits_guests=admits_guests,
    )
    return split_key(opened.key)[0]


def say_first(
    *,
    by: Person,
    at: datetime,
    body: str,
    marking: int,
    persons: Sequence[Person],
    addresses: Sequence[str],
    name: str = "",
    ceiling: Marking = Marking.INTERNAL,
    admits_guests: bool = False,
    justification: str = "",
    slot: str = "talk",
) -> tuple[str, Submitted]:
    """``open_talk`` with words, which stand or fall together: what the gate refuses opens no talk, admits nobody and
    sends no letter. Answers the talk's slug and what became of the words. Raises what ``open_talk`` and the gate's
    ``submit`` raise."""

    def opens() -> Opened:
        return open_talk(
            by=by,
            at=at,
            persons=persons,
            addresses=addresses,
            name=name,
            ceiling=ceiling,
            admits_guests=admits_guests,
        )

    sent = conversations.submit(
        by=by, at=at, body=body, marking=marking, justification=justification, slot=slot, opens=opens
    )
    return split_key(sent.passages[0].place)[0], sent


def open_talk(
    *,
    by: Person,
    at: datetime,
    persons: Sequence[Person],
    addresses: Sequence[str],
    name: str = "",
    ceiling: Marking = Marking.INTERNAL,
    admits_guests: bool = False,
) -> Opened:
    """A talk of a few: a circle with ``by``, these persons and whoever has these addresses. Without a name it is the
    talk of exactly these people, and where they have it already, they go on in it.

    It admits guests where one is among them, or ``admits_guests`` says so, and never otherwise. All of it or nothing:
    where one cannot be seated, nobody is. Raises NotFound for guests; BadInput where nobody or too many are named; what
    ``invite`` raises.
    """
    if not by.firm.is_house or by.is_bot:
        raise NotFound
    asked = {one: read_invited(one) for one in dict.fromkeys(addresses)}
    known = {one.pk: one for one in persons if one.pk != by.pk}
    if not known and not asked:
        raise BadInput(_("Name at least one other person."))
    if len(known) + len(asked) >= MOST_PEOPLE:
        raise BadInput(
            _("A talk begins with at most %(most)s people.") % {"most": MOST_PEOPLE},
            _("Open a space for more."),
        )
    has_guests = bool(asked) or any(not one.firm.is_house for one in known.values())
    named = [one.name for one in known.values()] + [one.name for one in asked.values()]
    given = " ".join(name.split())[:80]
    title = given or _among(by, named)
    with change():
        # By address, so that two who invite the same people at once wait for each other and not crosswise.
        invited = [person_at(by, at, one) for one in sorted(asked.values(), key=lambda one: one.address)]
        opened = spaces.open_talk(
            by=by,
            at=at,
            # No name of a talk may tell, by being taken, that there is another.
            slug=f"{slugify(title)[:50] or 'talk'}-{secrets.token_hex(4)}",
            name=title,
            persons=list(known.values()),
            invited=invited,
            ceiling=ceiling,
            admits_guests=has_guests or admits_guests,
            is_named=bool(given),
        )
        key = place_key(opened.slug)
        if opened.is_new:
            for address in asked:
                invite(by=by, at=at, key=key, address=address, backlog=Backlog.ALL)
    return Opened(key, opened.since)


def _among(by: Person, named: Sequence[str]) -> str:
    """What a talk without a name is called: the first names of those in it."""
    names = [one.split()[0] for one in [by.name, *named]]
    return ", ".join(names[:5])[:76] + (" …" if len(names) > 5 else "")
