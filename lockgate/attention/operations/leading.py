"""Who leads the company, for the order of Home."""

from __future__ import annotations

from datetime import datetime

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.attention import events
from lockgate.attention.models import Leader
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.queries import duties


def name_leader(*, by: Person, at: datetime, person: Person) -> None:
    """What this person says stands first on Home until it is seen. Raises NotFound unless ``by`` administers, and for
    guests and those who left."""
    _may(by, at)
    if not person.is_active or not person.firm.is_house:
        raise NotFound
    with change():
        _row, is_new = Leader.objects.get_or_create(person=person, defaults={"at": at})
        if is_new:
            record([Fact(events.LEADER_NAMED, person.pseudonym, by.pseudonym, at)])


def no_leader(*, by: Person, at: datetime, person: Person) -> None:
    """No longer first. Raises NotFound as ``name_leader`` does."""
    _may(by, at)
    with change():
        if Leader.objects.filter(person=person).delete()[0]:
            record([Fact(events.LEADER_NO_MORE, person.pseudonym, by.pseudonym, at)])


def _may(by: Person, at: datetime) -> None:
    if "administrator" not in duties(by, at):
        raise NotFound
