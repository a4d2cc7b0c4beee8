"""`lockgate people import`, `sync` and `second-factor`: people from lists, and what they prove themselves by."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.cli.troubles import BAD_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.directory.types import Report

SHOWN = 20


def run_import(file: Path, is_dry: bool, many_leave: bool) -> int:
    """A CSV of everybody: whoever came from the last one and is not in this one leaves."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.directory.operations import sheet, synchronise
    from lockgate.directory.types import Source

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", "Name a file.", code=BAD_INPUT) from error
    rows, strange = sheet(raw)
    return _tell(
        synchronise(
            source=Source("csv", "from:csv"),
            at=now(),
            rows=rows,
            not_understood=strange,
            is_dry=is_dry,
            may_empty=many_leave,
        )
    )


def run_sync(is_dry: bool, many_leave: bool) -> int:
    """Everybody whom the LDAP server knows: whoever came from it and is not there any more leaves."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.directory.operations import people_of_ldap, sync_now, synchronise
    from lockgate.directory.queries import ldap_is_on
    from lockgate.directory.types import Source

    if not ldap_is_on():
        raise Trouble("No LDAP server is named.", "Set LOCKGATE_LDAP_URL and LOCKGATE_LDAP_BASE.")
    if not is_dry:
        return _tell(sync_now(clock=now, may_empty=many_leave))
    rows = people_of_ldap()
    source = Source("ldap", "from:ldap")
    return _tell(synchronise(source=source, at=now(), rows=rows, is_dry=True, may_empty=many_leave))


def run_second_factor(email: str, remove: bool) -> int:
    """Says what there is; takes it away for somebody who lost it."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.cli.people import person_called
    from lockgate.signin.operations import forget_factors
    from lockgate.signin.queries import factors

    person = person_called(email)
    if remove:
        forget_factors(by=None, at=now(), person=person)
        print(f"{person.name} has no second factor now, and all sessions have ended.")
        return 0
    held = factors(person)
    print(
        f"{person.name}: {len(held.passkeys)} passkeys, {'an' if held.has_totp else 'no'} authenticator app,"
    )
    print(f"  {held.codes_left} recovery codes left.")
    return 0


def _tell(report: Report) -> int:
    would = "would " if report.is_dry or report.stopped else ""
    for words, emails in (
        (f"{would}join", report.joined),
        (f"{would}change", report.changed),
        (f"{would}come back", report.came_back),
        (f"{would}leave", report.left),
    ):
        print(f"{len(emails)} {words}{':' if emails else ''}")
        for email in emails[:SHOWN]:
            print(f"  {email}")
        if len(emails) > SHOWN:
            print(f"  and {len(emails) - SHOWN} more")
    print(f"{report.same} are as they were")
    if report.lines or report.unknown_managers:
        print(f"{report.lines} {would}report to somebody else")
        print(f"{report.unknown_managers} report to somebody who is not here yet")
    for one in report.not_understood:
        print(f"not taken: {one}", file=sys.stderr)
    if report.stopped:
        raise Trouble(report.stopped, "If that is right, run it again with --many-leave.")
    return BAD_INPUT if report.not_understood else 0


def _ready() -> None:
    from lockgate.cli.serve import with_tables

    with_tables()
