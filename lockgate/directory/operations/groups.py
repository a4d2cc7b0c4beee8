"""Groups of the directory: kept as it says, seen by nobody else, and giving nothing by themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.directory import events
from lockgate.directory.models import Group
from lockgate.directory.types import Source
from lockgate.people.models import Person


class NameTaken(Refusal):
    code = "group-name-taken"


def open_group(
    *, source: Source, at: datetime, name: str, external_id: str = "", members: Collection[str] = ()
) -> str:
    """A new group; answers its reference. Raises NameTaken, BadInput."""
    clean = _name(name)
    try:
        with change():
            row = Group.objects.create(
                name=clean, external_id=external_id[:254], created_at=at, updated_at=at
            )
            row.persons.set(_persons(members))
            _note(source, at, row)
    except IntegrityError as error:
        raise NameTaken(_("There is a group of that name already.")) from error
    return row.reference


def tend_group(
    *,
    source: Source,
    at: datetime,
    reference: str,
    name: str | None = None,
    external_id: str | None = None,
    members: Collection[str] | None = None,
    add: Collection[str] = (),
    drop: Collection[str] = (),
) -> None:
    """What is None stays; ``members`` replaces all, ``add`` and ``drop`` change some. Raises NotFound, NameTaken."""
    try:
        with change():
            row = Group.objects.select_for_update().filter(reference=reference).first()
            if row is None:
                raise NotFound
            if name is not None:
                row.name = _name(name)
            if external_id is not None:
                row.external_id = external_id[:254]
            row.updated_at = at
            row.save()
            if members is not None:
                row.persons.set(_persons(members))
            if add:
                row.persons.add(*_persons(add))
            if drop:
                row.persons.remove(*_persons(drop))
            _note(source, at, row)
    except IntegrityError as error:
        raise NameTaken(_("There is a group of that name already.")) from error


def drop_group(*, source: Source, at: datetime, reference: str) -> None:
    with change():
        row = Group.objects.filter(reference=reference).first()
        if row is None:
            raise NotFound
        _note(source, at, row)
        row.delete()


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not 0 < len(clean) <= 254 or "\x00" in clean:
        raise BadInput(_("A group's name has 1 to 254 characters."))
    return clean


def _persons(members: Collection[str]) -> list[Person]:
    """The house's people with these ids; others are passed over, as a directory may know more than it was told."""
    wanted = list(dict.fromkeys(members))
    found: list[Person] = []
    for first in range(0, len(wanted), 500):
        found += Person.objects.filter(slug__in=wanted[first : first + 500], firm__is_house=True)
    return found


def _note(source: Source, at: datetime, row: Group) -> None:
    record([Fact(events.GROUP_CHANGED, f"g:{row.reference}", "system", at, parent=source.record)])
