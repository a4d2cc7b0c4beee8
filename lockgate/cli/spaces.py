"""`lockgate space`: rooms and seats, for whoever runs the machine.

On a page only those who tend a room may do this. Whoever has a shell on the server can write the tables anyway, so
these commands do it without a seat, recorded as "system" and held to every other rule of the room.
"""

from __future__ import annotations

import re

from lockgate.cli.markings import marking_named
from lockgate.cli.people import person_called
from lockgate.cli.troubles import BAD_INPUT, Trouble
from lockgate.spaces.types import split_key

_KINDS = ("topic", "project", "department", "site", "circle", "deal")
_ENTRIES = ("private", "closed", "open")
_ROLES = ("member", "observer", "moderator", "owner")


def run_open(
    slug: str, name: str, *, owner: str, ceiling: str, guests: bool, about: str, kind: str, entry: str
) -> int:
    """A new space; its owner gives seats from then on, on its page or here."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.spaces.operations import open_space

    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?", slug):
        raise Trouble(
            f"{slug} is not a short name.",
            "Use small letters, digits and hyphens, 60 at most.",
            code=BAD_INPUT,
        )
    level = marking_named(ceiling)
    # A room where everybody sits is opened with the company: nobody would be seated in another one.
    if kind not in _KINDS:
        raise Trouble(f"{kind} is not a kind of space.", "Say one of: " + ", ".join(_KINDS), code=BAD_INPUT)
    if entry not in _ENTRIES:
        raise Trouble(f"{entry} is no entry.", "Say one of: " + ", ".join(_ENTRIES), code=BAD_INPUT)
    name, about = " ".join(name.split()), " ".join(about.split())
    if not 0 < len(name) <= 80 or len(about) > 300:
        raise Trouble("A name has 1 to 80 characters, and --about at most 300.", code=BAD_INPUT)
    person = person_called(owner)
    if not person.firm.is_house:
        raise Trouble(
            f"{person.name} is a guest.", "Name an employee as owner; guests are given seats.", code=BAD_INPUT
        )
    open_space(
        by=None,
        at=now(),
        slug=slug,
        name=name,
        about=about,
        kind="partner" if guests else kind,
        ceiling=level,
        admits_guests=guests,
        owner=person,
        entry=entry,
    )
    print(f"{name} is open, and {person.name} owns it. Give seats: lockgate space seat {slug} EMAIL")
    return 0


def run_seat(slug: str, email: str, *, role: str, past: bool) -> int:
    """A seat for a person, from now on; what was said before is heard only with ``past``."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.spaces.operations import seat

    audience, person = _audience(slug), person_called(email)
    if role and role not in _ROLES:
        raise Trouble(f"{role} is not a role.", "Say one of: " + ", ".join(_ROLES), code=BAD_INPUT)
    if role and not person.firm.is_house:
        raise Trouble(f"{person.name} is a guest, and sits as one.", "Leave --role out.", code=BAD_INPUT)
    seat(
        by=None,
        at=now(),
        person=person,
        audience_id=audience,
        role=(role or "member") if person.firm.is_house else "guest",
        hears_past=past,
    )
    print(
        f"{person.name} sits in {slug}, and hears {'its past too' if past else 'what is said from now on'}."
    )
    return 0


def run_end(slug: str, email: str) -> int:
    """A seat ends; its person hears nothing there from now on."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.base.refusal import NotFound
    from lockgate.spaces.operations import end_seat

    audience, person = _audience(slug), person_called(email)
    try:
        end_seat(by=None, at=now(), person=person, audience_id=audience)
    except NotFound as error:
        raise Trouble(f"{person.name} does not sit in {slug}.", code=BAD_INPUT) from error
    print(f"{person.name} no longer sits in {slug}.")
    return 0


def run_clear(slug: str, why: str) -> int:
    """Every guest's seat in the space ends at once."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.base.refusal import NotFound
    from lockgate.spaces.operations import clear_room

    try:
        left = clear_room(by=None, at=now(), slug=slug, why=why)
    except NotFound as error:
        raise Trouble(f"There is no space {slug}.", code=BAD_INPUT) from error
    print(f"{slug} is cleared: {left} guests left.")
    return 0


def run_archive(slug: str) -> int:
    """Nothing new in a space, for good; those who sit there read it."""
    _ready()
    from lockgate.base.clock import now
    from lockgate.base.refusal import NotFound
    from lockgate.spaces.operations import archive_space

    try:
        archive_space(by=None, at=now(), slug=slug)
    except NotFound as error:
        raise Trouble(f"There is no space {slug} that could be archived.", code=BAD_INPUT) from error
    print(f"{slug} is archived.")
    return 0


def run_nda(email: str, until: str, marking: str, reference: str) -> int:
    """Put a guest's NDA on file."""
    _ready()
    from datetime import date, datetime, time, timedelta
    from zoneinfo import ZoneInfo

    from lockgate.base.clock import now
    from lockgate.spaces.operations import file_nda

    person = person_called(email)
    try:
        ends_on = date.fromisoformat(until)
    except ValueError as error:
        raise Trouble(f"{until} is not a day.", "Write it like 2027-03-31.", code=BAD_INPUT) from error
    level = marking_named(marking)
    left = file_nda(
        by=None,
        at=now(),
        person=person,
        # The whole of the last day, where they are.
        ends_at=datetime.combine(ends_on + timedelta(days=1), time(), ZoneInfo(person.time_zone)),
        ceiling=level,
        reference=reference,
    )
    print(f"{person.name} hears up to {marking}, until the end of {until}.")
    for room in left:
        print(f"Their seat in {room} ended: more than that may be said there.")
    return 0


def _audience(slug: str) -> int:
    from lockgate.spaces.models import Audience

    name, lane = split_key(slug)
    found = Audience.objects.filter(space__slug=name, lane=lane).values_list("pk", flat=True).first()
    if found is None:
        raise Trouble(
            f"There is no space {slug}.",
            "Give the short name in its address, /spaces/…, or <space>/<lane>.",
            code=BAD_INPUT,
        )
    return int(found)


def _ready() -> None:
    from lockgate.cli.serve import with_tables

    with_tables()
