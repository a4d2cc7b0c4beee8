"""The trail of a message as a reader may see it: entries of the archive with names where the reader may know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive import queries as archive
from lockgate.archive.types import TrailEntry
from lockgate.gateway.types import MessageView
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.web.states import action_words

_ORDER = {
    "gateway.message.submitted": 0,
    "gateway.message.brought_in": 0,
    "gateway.file.replaced": 1,
    "gateway.message.revised": 1,
    "approvals.request.voided": 2,
    "gateway.passage.ruled": 3,
    "approvals.request.asked": 4,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trail: when, what, by whom, where, and its place in the log ("" while it has none)."""

    entry_id: int
    at: datetime
    words: str
    who: str
    place: str
    rule: str
    index: int | None
    is_proven: bool
    action: str
    record: str


def of_message(viewer: Person, message: MessageView, request_ids: Sequence[int], at: datetime) -> list[Line]:
    """What happened to a message and to those of its passages and requests that ``viewer`` may see."""
    places = {f"x:{one.passage_id}": one.place_name for one in message.passages}
    records = [f"m:{message.id}", *places, *(f"r:{one}" for one in request_ids)]
    entries = archive.trail(records)
    # What happened in one moment is told in the order in which it is understood.
    entries.sort(key=lambda one: (one.at, _ORDER.get(one.action, len(_ORDER)), one.entry_id))
    return lines(entries, viewer, at, places)


def lines(
    entries: Sequence[TrailEntry], viewer: Person, at: datetime, places: dict[str, str] | None = None
) -> list[Line]:
    """Entries in words. An actor whom the viewer may not know of is "somebody".

    A guest reads no places in the log, and gets no proofs: the log is one for the whole house and counts everything, so
    that two numbers of one message would tell a firm in how many other lanes the same was said.
    """
    actors = {one.actor for one in entries if one.actor != "system"}
    known = spaces.known_to(viewer, at) if actors and not viewer.firm.is_house else None
    names = {
        pseudonym: name
        for pseudonym, (number, name) in people.named_by_pseudonym(actors).items()
        if known is None or number in known
    }
    return [
        Line(
            entry_id=one.entry_id,
            at=one.at,
            words=action_words(one.action),
            who="" if one.actor == "system" else names.get(one.actor, _("somebody")),
            place=(places or {}).get(one.record, ""),
            rule=one.rule,
            index=one.index if viewer.firm.is_house else None,
            is_proven=one.is_proven and viewer.firm.is_house,
            action=one.action,
            record=one.record,
        )
        for one in entries
    ]
