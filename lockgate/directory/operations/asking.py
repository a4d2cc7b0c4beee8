"""Asks the company's LDAP server, and reads its sheets. None of it is done inside a transaction."""

from __future__ import annotations

from lockgate.base.refusal import BadInput
from lockgate.directory import ldap, sheets
from lockgate.directory.queries import by_external_id
from lockgate.directory.types import Row
from lockgate.people.models import Person


def people_of_ldap() -> list[Row]:
    """Everybody whom the server knows. Raises ServerFailed: half a list is none."""
    return ldap.everybody()


def prove_by_ldap(*, email: str, password: str) -> Person | None:
    """The person whose password this is at the server, if they were taken over from it and are here. Never by their
    address alone: who was not taken over has no way in by it. Raises ServerFailed."""
    found = ldap.whose(email, password)
    person = by_external_id("ldap", found) if found else None
    return person if person is not None and person.is_active else None


def sheet(raw: bytes) -> tuple[list[Row], list[str]]:
    """(rows, what was not understood) of a CSV. Raises BadInput."""
    try:
        return sheets.read(raw)
    except sheets.NoSheet as error:
        raise BadInput(str(error)) from error
