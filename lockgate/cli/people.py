"""`lockgate people` and `lockgate token`: who there is, what they may do, and keys for machines.

The shell acts as an administrator of the machine: where no person is named, the archive says "system".
"""

from __future__ import annotations

import getpass
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from lockgate.cli.troubles import BAD_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.people.models import Person


def run_first(email: str, name: str) -> int:
    """The company itself and its first administrator; refused where there is a company already."""
    _ready()
    from django.conf import settings
    from django.db import transaction

    from lockgate.base.clock import now
    from lockgate.base.markings import Marking
    from lockgate.people import operations as people
    from lockgate.people.models import Duty, Firm
    from lockgate.people.queries import house
    from lockgate.spaces import operations as spaces
    from lockgate.spaces.models import Audience

    if house() is not None:
        raise Trouble("There is a company here already.", "Add people with: lockgate people add EMAIL NAME")
    password, at = _password(), now()
    with transaction.atomic():
        firm = Firm.objects.create(name=settings.COMPANY, is_house=True)
        person = people.admit(
            by=None, at=at, email=email, name=name, slug=_slug(name), firm=firm, password=password
        )
        for duty in (Duty.Kind.ADMINISTRATOR, Duty.Kind.POLICY_AUTHOR, Duty.Kind.CHANNEL_MANAGER):
            people.give_duty(by=None, at=at, person=person, kind=duty)
        Audience.objects.create(kind=Audience.Kind.OUTSIDE, ceiling=Marking.PUBLIC)
        spaces.open_space(
            by=person, at=at, slug="everyone", name="Everyone", kind="company", ceiling=Marking.CONFIDENTIAL
        )
        spaces.admit_to_company(by=person, at=at, person=person)
    print(f"{firm.name} is founded, and {person.name} administers it.")
    print("Until a policy is published everything is held. A second person reviews it:")
    print('  lockgate people add EMAIL "NAME" --duty policy_reviewer')
    print(f"  lockgate policy adopt --by {email} --reviewer EMAIL")
    print("What is held goes to the desks communications, compliance and export-control; open each:")
    print('  lockgate people desk compliance "Compliance" --approver EMAIL --deputy EMAIL')
    return 0


def run_add(email: str, name: str, duties: list[str]) -> int:
    """One more employee."""
    _ready()
    from django.db import transaction

    from lockgate.base.clock import now
    from lockgate.people import operations as people
    from lockgate.people.queries import house
    from lockgate.spaces import operations as spaces

    firm = house()
    if firm is None:
        raise Trouble("There is no company here yet.", "Begin with: lockgate people first EMAIL NAME")
    _check_duties(duties)
    password, at = _password(), now()
    with transaction.atomic():
        person = people.admit(
            by=None, at=at, email=email, name=name, slug=_slug(name), firm=firm, password=password
        )
        for duty in duties:
            people.give_duty(by=None, at=at, person=person, kind=duty)
        spaces.admit_to_company(by=None, at=at, person=person)
    print(f"{person.name} can sign in as {person.email}.")
    return 0


def run_guest(email: str, name: str, firm: str) -> int:
    """A person of another firm. They hear nothing until they are given a seat."""
    _ready()
    from django.db import transaction

    from lockgate.base.clock import now
    from lockgate.people import operations as people
    from lockgate.people.queries import house

    if house() is None:
        raise Trouble("There is no company here yet.", "Begin with: lockgate people first EMAIL NAME")
    password, at = _password(), now()
    with transaction.atomic():
        theirs = people.guest_firm(by=None, at=at, name=firm)
        person = people.admit(
            by=None, at=at, email=email, name=name, slug=_slug(name), firm=theirs, password=password
        )
    print(f"{person.name} ({theirs.name}) can sign in as {person.email}, and hears nothing yet. Give a seat:")
    print(f"  lockgate space seat SLUG {person.email}")
    return 0


def run_leave(email: str) -> int:
    """Everything of theirs ends at once; what they said stays."""
    _ready()
    from lockgate.approvals.queries import desks
    from lockgate.base.clock import now
    from lockgate.spaces.operations import leave_company

    person = person_called(email)
    orphans = leave_company(by=None, at=now(), person=person)
    print(f"{person.name} has left: account, sessions, tokens, duties and seats have ended.")
    for room in orphans:
        print(f"{room} has no owner now. Seat one: lockgate space seat SLUG EMAIL --role owner")
    for desk in desks():
        if person.slug in (desk.approver_slug, desk.deputy_slug):
            print(f"They signed at the desk {desk.name}. To let others sign there:")
            print(f"  lockgate people desk {desk.slug} '{desk.name}' --approver EMAIL --deputy EMAIL")
    return 0


def run_password(email: str) -> int:
    """A new password; whoever is signed in as them is signed out."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.people.operations import set_password

    person = person_called(email)
    set_password(by=None, at=now(), person=person, password=_password())
    print(f"{person.name} signs in with the new password; all sessions have ended.")
    return 0


def run_duty(email: str, give: list[str], end: list[str]) -> int:
    """Give duties and end them, all of them or none; then say which are held."""
    _ready()
    from django.db import transaction

    from lockgate.base.clock import now
    from lockgate.people import operations as people
    from lockgate.people.queries import duties

    _check_duties([*give, *end])
    person, at = person_called(email), now()
    with transaction.atomic():
        for kind in end:
            people.end_duty(by=None, at=at, person=person, kind=kind)
        for kind in give:
            people.give_duty(by=None, at=at, person=person, kind=kind)
    print(f"{person.name} holds: {', '.join(sorted(duties(person, now()))) or 'no duty'}.")
    return 0


def run_desk(slug: str, name: str, approver: str, deputy: str, hours: int) -> int:
    """A desk that signs what is held; one that is there already is staffed anew."""
    _ready()
    from lockgate.approvals.operations import open_desk, staff_desk
    from lockgate.approvals.queries import desks
    from lockgate.base.clock import now
    from lockgate.cli.posting import speaking

    at = now()
    signs, also = speaking(approver, at), speaking(deputy, at) if deputy else None
    known = {desk.slug: desk.name for desk in desks()}
    if slug in known:
        staff_desk(by=None, at=at, slug=slug, approver=signs, deputy=also, answer_hours=hours)
        print(f"{signs.name} signs at the desk {known[slug]} from now on, also what waits there already.")
        return 0
    open_desk(by=None, at=at, slug=slug, name=name, approver=signs, deputy=also, answer_hours=hours)
    print(f"The desk {name} signs from now on.")
    return 0


def run_adopt(by: str, reviewer: str) -> int:
    """Publish the packs that come with Lockgate."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.cli.posting import speaking
    from lockgate.policy.operations import adopt
    from lockgate.policy.queries import SHIPPED, packs

    at = now()
    made = adopt(by=speaking(by, at), reviewer=speaking(reviewer, at), at=at)
    # What is in force is asked of the tables, not of what this command believes to have done.
    standing = [one.standing for one in packs(now()) if one.standing and one.slug in SHIPPED]
    print(
        f"{len(standing)} of the {len(SHIPPED)} packs that come with Lockgate are in force, {len(made)} of them new:"
    )
    print("  " + " ".join(f"{one.pack}@{one.number}" for one in standing))
    return 0


def run_token(email: str, name: str, *, scopes: list[str], days: int) -> int:
    """An access token; printed once, kept as a digest only."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.cli.posting import speaking
    from lockgate.people.operations import make_token
    from lockgate.people.types import SCOPES

    at = now()
    person = speaking(email, at)
    ends_at = at + timedelta(days=days) if days else None
    print(make_token(by=person, at=at, person=person, name=name, scopes=scopes or SCOPES, ends_at=ends_at))
    print("Keep it: it is not shown again.", file=sys.stderr)
    return 0


def _ready() -> None:
    from lockgate.cli.serve import with_tables

    with_tables()


def _password() -> str:
    """Asked twice on a terminal, or read from standard input; held to the same rules as on the pages."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise Trouble("The two are not the same.", "Try again.", code=BAD_INPUT)
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as error:
        raise Trouble(
            " ".join(error.messages), "Choose another; give it on standard input or type it.", code=BAD_INPUT
        ) from error
    return password


def person_called(email: str) -> Person:
    """The person with this address, whether or not they have left."""
    from lockgate.people.queries import by_email

    person = by_email(email.strip())
    if person is None:
        raise Trouble(
            f"There is no {email} here.", "Give the address that they sign in with.", code=BAD_INPUT
        )
    return person


def _check_duties(kinds: list[str]) -> None:
    from lockgate.people.models import Duty

    for kind in kinds:
        if kind not in Duty.Kind.values:
            raise Trouble(
                f"{kind} is not a duty.", "Say one of: " + ", ".join(Duty.Kind.values), code=BAD_INPUT
            )


def _slug(name: str) -> str:
    from lockgate.people.queries import free_slug

    return free_slug(name)
