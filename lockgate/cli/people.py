"""`lockgate people` and `lockgate token`: the first persons of an installation, and keys for machines."""

from __future__ import annotations

import getpass
import re
import sys
import unicodedata

from lockgate.cli.troubles import BAD_INPUT, Trouble


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
    from lockgate.people.models import Duty
    from lockgate.people.queries import house
    from lockgate.spaces import operations as spaces

    firm = house()
    if firm is None:
        raise Trouble("There is no company here yet.", "Begin with: lockgate people first EMAIL NAME")
    for duty in duties:
        if duty not in Duty.Kind.values:
            raise Trouble(
                f"{duty} is not a duty.", "Say one of: " + ", ".join(Duty.Kind.values), code=BAD_INPUT
            )
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


def run_desk(slug: str, name: str, approver: str, deputy: str, hours: int) -> int:
    """A desk that signs what is held."""
    _ready()
    from lockgate.approvals.operations import open_desk
    from lockgate.base.clock import now
    from lockgate.cli.posting import speaking

    at = now()
    open_desk(
        by=None,
        at=at,
        slug=slug,
        name=name,
        approver=speaking(approver, at),
        deputy=speaking(deputy, at) if deputy else None,
        answer_hours=hours,
    )
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


def run_token(email: str, name: str) -> int:
    """An access token; printed once, kept as a digest only."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.cli.posting import speaking
    from lockgate.people.operations import make_token

    at = now()
    person = speaking(email, at)
    print(make_token(by=person, at=at, person=person, name=name))
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


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80] or "person"
