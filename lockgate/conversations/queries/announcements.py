"""Announcements: what a viewer has yet to confirm, and who has, for those who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lockgate.base.refusal import NotFound
from lockgate.conversations import rules
from lockgate.conversations.models import Announcement, Exemption, Receipt
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.queries.rooms import line
from lockgate.conversations.types import Heard, Line, Reader, Readers
from lockgate.gateway.models import State
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.spaces import queries as spaces


def unconfirmed(viewer: Person, heard_from: Mapping[int, int], *, limit: int = 5) -> list[Line]:
    """What asks ``viewer`` for a receipt and has none, the oldest first. ``heard_from`` is what
    ``spaces.queries.audible`` answered in this very request."""
    rows = (
        Announcement.objects.filter(audience__in=list(heard_from), passage__state=State.DELIVERED)
        .exclude(passage__message__author=viewer)
        .exclude(receipts__person=viewer)
        .exclude(exemptions__person=viewer)
        .select_related("passage__message__author", "passage__audience__space")
        .order_by("passage__position")
    )
    found = [
        line(one.passage)
        for one in rows[:100]
        if (one.passage.position or 0) >= heard_from.get(one.audience_id, 1 << 62)
    ]
    return found[:limit]


def sees_readers(viewer: Person, passage: Heard, at: datetime) -> bool:
    """Who asked for receipts, and who tends the room, see who gave one."""
    return viewer.pk == passage.author_id or rules.tends(spaces.role_in(viewer, passage.audience_id, at))


def readers(viewer: Person, passage_id: int, at: datetime) -> Readers:
    """Exactly who has read, who has not and who need not, of those who hear it at ``at``. Raises NotFound where
    ``viewer`` does not hear it, or neither wrote it nor tends its room."""
    passage = heard(viewer, passage_id, at)
    row = Announcement.objects.filter(pk=passage.passage_id).first()
    if row is None or not sees_readers(viewer, passage, at):
        raise NotFound
    return readers_of(row, passage, at)


def readers_of(row: Announcement, passage: Heard, at: datetime) -> Readers:
    """The lists themselves. Whoever calls this has asked whether they may be seen."""
    hearers = spaces.hearing(passage.audience_id, passage.position, at)
    receipts = dict(Receipt.objects.filter(announcement=row).values_list("person_id", "at"))
    exempt = {one.person_id: one for one in Exemption.objects.filter(announcement=row)}
    people = cards({*hearers, *receipts})
    here = set(hearers)
    asked = [one for one in hearers if one != passage.author_id]
    gone = sorted((one for one in receipts if one not in here), key=lambda one: people[one].name)
    return Readers(
        read=tuple(
            Reader(people[one], receipts[one], has_left=one not in here)
            for one in [*asked, *gone]
            if one in receipts
        ),
        unread=tuple(Reader(people[one]) for one in asked if one not in receipts and one not in exempt),
        exempt=tuple(
            Reader(people[one], exempt[one].at, exempt[one].why)
            for one in asked
            if one in exempt and one not in receipts
        ),
        reminded_at=row.reminded_at,
    )
