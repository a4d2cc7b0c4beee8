"""Who comes back with a session: the person and their firm, in one plain statement."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.db.models import DateTimeField, Field

from lockgate.base.rows import fetched
from lockgate.people.models import Firm, Person


class Door(ModelBackend):
    """Signs in by e-mail and password as Django does; finds a person again with their firm, as every page needs it."""

    def get_user(self, user_id: int) -> Person | None:
        rows = fetched(_statement(), [user_id])
        if not rows:
            return None
        firm_fields, person_fields = _fields(Firm), _fields(Person)
        values = _as_python(rows[0], [*person_fields, *firm_fields])
        cut = len(person_fields)
        person = Person.from_db(connection.alias, [one.attname for one in person_fields], values[:cut])
        person.firm = Firm.from_db(connection.alias, [one.attname for one in firm_fields], values[cut:])
        return person if person.is_active else None


def _fields(model: type[Person] | type[Firm]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


_known: list[str] = []


def _statement() -> str:
    if not _known:
        columns = [f"person.{one.column}" for one in _fields(Person)] + [
            f"firm.{one.column}" for one in _fields(Firm)
        ]
        _known.append(
            f"SELECT {', '.join(columns)} FROM people_person person"  # noqa: S608 (our own names)
            " JOIN people_firm firm ON firm.id = person.firm_id WHERE person.id = %s"
        )
    return _known[0]


def _as_python(row: tuple[Any, ...], fields: list[Field[Any, Any]]) -> list[Any]:
    """SQLite's times come without their zone, which is UTC."""
    values = list(row)
    if connection.vendor == "sqlite":
        for place, field in enumerate(fields):
            if isinstance(field, DateTimeField) and values[place] is not None:
                values[place] = values[place].replace(tzinfo=UTC)
    return values
