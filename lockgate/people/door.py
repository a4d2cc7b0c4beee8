"""Who comes back with a session: the person and their firm, in one plain statement."""

from __future__ import annotations

import threading
from datetime import UTC
from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.db.models import DateTimeField, Field

from lockgate.base.rows import fetched
from lockgate.people.models import Firm, Person


class Door(ModelBackend):
    """Signs in by e-mail and password as Django does; finds a person again with their firm, as every page needs it."""

    def get_user(self, user_id: int) -> Person | None:
        row = _met.taken(user_id)
        if row is None:
            rows = fetched(_statement(), [user_id])
            if not rows:
                return None
            row = rows[0]
        firm_fields, person_fields = _fields(Firm), _fields(Person)
        values = _as_python(row, [*person_fields, *firm_fields])
        cut = len(person_fields)
        person = Person.from_db(connection.alias, [one.attname for one in person_fields], values[:cut])
        person.firm = Firm.from_db(connection.alias, [one.attname for one in firm_fields], values[cut:])
        return person if person.is_active else None


class _Met(threading.local):
    """The person that came with the session just read, so that a page asks for both in one statement.

    Used once, by the thread that read the session, and replaced with each session read.
    """

    row: tuple[Any, ...] | None = None

    def taken(self, person: int) -> tuple[Any, ...] | None:
        row, self.row = self.row, None
        return row if row is not None and row[0] == person else None


_met = _Met()


def meet(row: tuple[Any, ...] | None) -> None:
    """Note the columns of ``with_firm`` as they were read with a session; None where nobody came with it."""
    _met.row = row if row is not None and row[0] is not None else None


def _fields(model: type[Person] | type[Firm]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


@cache
def with_firm() -> str:
    """The columns that make a person and their firm, of tables called person and firm; the person's id first."""
    return ", ".join(
        [f"person.{one.column}" for one in _fields(Person)] + [f"firm.{one.column}" for one in _fields(Firm)]
    )


@cache
def _statement() -> str:
    return (
        f"SELECT {with_firm()} FROM people_person person"  # noqa: S608 (our own names)
        " JOIN people_firm firm ON firm.id = person.firm_id WHERE person.id = %s"
    )


def _as_python(row: tuple[Any, ...], fields: list[Field[Any, Any]]) -> list[Any]:
    """SQLite's times come without their zone, which is UTC."""
    values = list(row)
    if connection.vendor == "sqlite":
        for place, field in enumerate(fields):
            if isinstance(field, DateTimeField) and values[place] is not None:
                values[place] = values[place].replace(tzinfo=UTC)
    return values
