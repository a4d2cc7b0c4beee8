"""Opening and ending endpoints and sources. Each belongs to an employee, who answers for it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.channels.outgoing import address_complaint
from lockgate.channels.sealing import seal
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace
from lockgate.webhooks import events, rules
from lockgate.webhooks.models import Call, Endpoint, Source, State
from lockgate.webhooks.types import Opened

MOST = 20


def open_endpoint(
    *,
    by: Person,
    at: datetime,
    name: str,
    url: str,
    kinds: Collection[str],
    hears_as: Person | None = None,
    place: str = "",
) -> Opened:
    """Call ``url`` from now on with what ``hears_as`` (a bot of ``by``'s, else ``by``) hears: everywhere, or in
    ``place`` alone.

    Raises NotFound for guests and bots, for somebody else's bot, and for a place where they do not sit; BadInput for an
    address that may not be called.
    """
    ears = _own(by, hears_as)
    there = _place(ears, place, at) if place else None
    clean = _name(name)
    if complaint := address_complaint(url):
        raise BadInput(complaint)
    if len(url) > 500:
        raise BadInput(_("An address has 500 characters at most."))
    if not kinds or not set(kinds) <= set(rules.KINDS):
        raise BadInput(_("Choose what to be told of."))
    secret, number = rules.new_secret(), new_id(at)
    with change():
        if Endpoint.objects.filter(owner=by, ended_at__isnull=True).count() >= MOST:
            raise BadInput(_("You have twenty of these already."), _("End one that you no longer use."))
        Endpoint.objects.create(
            id=number,
            owner=by,
            hears_as=ears,
            audience_id=there.audience_id if there else None,
            name=clean,
            url=url,
            kinds=[one for one in rules.KINDS if one in kinds],
            secret=seal(secret, slug=f"webhook-{number}", name="secret"),
            created_at=at,
        )
        record([Fact(events.ENDPOINT_OPENED, f"w:{number}", by.pseudonym, at)])
    return Opened(number, secret)


def end_endpoint(*, by: Person, at: datetime, endpoint_id: int) -> None:
    """It is called no more, nor with what waits. Raises NotFound for one that is not ``by``'s."""
    with change():
        rows = Endpoint.objects.filter(pk=endpoint_id, owner=by, ended_at__isnull=True)
        if not rows.update(ended_at=at, why_ended="owner"):
            raise NotFound
        let_rest(endpoint_id, at)
        record([Fact(events.ENDPOINT_ENDED, f"w:{endpoint_id}", by.pseudonym, at)])


def let_rest(endpoint_id: int, at: datetime) -> None:
    """What waits for an endpoint that has ended is not sent."""
    Call.objects.filter(endpoint=endpoint_id, state__in=[State.WAITING, State.CLAIMED]).update(
        state=State.MOOT, settled_at=at, taken_until=None
    )


def open_source(
    *, by: Person, at: datetime, name: str, bot: Person, place: str, marking: int = Marking.INTERNAL
) -> Opened:
    """Let a system call us: what it says becomes ``bot``'s words in ``place``. Raises NotFound where the bot is not
    ``by``'s or does not sit there, BadInput for a marking above what the place hears."""
    if not bot.is_bot:
        raise NotFound
    speaks = _own(by, bot)
    there = _place(speaks, place, at)
    if marking not in Marking.values or marking > there.ceiling:
        raise BadInput(
            _("%(place)s may not hear of anything marked so high.") % {"place": there.name},
            _("Choose a lower marking, or another space."),
        )
    clean, secret, number, reference = _name(name), rules.new_secret(), new_id(at), uuid.uuid4()
    with change():
        if Source.objects.filter(owner=by, ended_at__isnull=True).count() >= MOST:
            raise BadInput(_("You have twenty of these already."), _("End one that you no longer use."))
        Source.objects.create(
            id=number,
            reference=reference,
            owner=by,
            bot=speaks,
            audience_id=there.audience_id,
            name=clean,
            marking=marking,
            secret=seal(secret, slug=f"webhook-{number}", name="secret"),
            created_at=at,
        )
        record([Fact(events.SOURCE_OPENED, f"w:{number}", by.pseudonym, at, parent=speaks.pseudonym)])
    return Opened(number, secret, str(reference))


def end_source(*, by: Person, at: datetime, source_id: int) -> None:
    """Nobody who calls there is believed any more. Raises NotFound for one that is not ``by``'s."""
    with change():
        if not Source.objects.filter(pk=source_id, owner=by, ended_at__isnull=True).update(ended_at=at):
            raise NotFound
        record([Fact(events.SOURCE_ENDED, f"w:{source_id}", by.pseudonym, at)])


def _own(by: Person, other: Person | None) -> Person:
    if not by.firm.is_house or by.is_bot or not by.is_active:
        raise NotFound
    if other is None or other.pk == by.pk:
        return by
    if other.owner_id != by.pk or not other.is_active:
        raise NotFound
    return other


def _place(ears: Person, key: str, at: datetime) -> PlaceInSpace:
    if not key.startswith("space:"):
        raise NotFound
    return spaces.place_of_key(ears, key, at)


def _name(name: str) -> str:
    clean = " ".join(name.replace("\x00", "").split())[:80]
    if not clean:
        raise BadInput(_("Give it a name, so that you know it again."))
    return clean
