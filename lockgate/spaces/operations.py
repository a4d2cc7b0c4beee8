"""Opening spaces, giving seats and ending them. A seat that ends holds at the very next read.

``by`` is None for the shell on the server alone, which the archive calls "system". It needs no seat, since whoever has
that shell can write the tables anyway: through here it is recorded and held to every other rule. No page and no call of
the API may hand in None: there, whoever does not tend a room learns nothing of it, administrators included.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.people.queries import duties
from lockgate.spaces import events
from lockgate.spaces.models import Audience, Seat, Space
from lockgate.spaces.queries import audible


class SeatTaken(Refusal):
    code = "seat-taken"


class LastOwner(Refusal):
    code = "last-owner"


class NotForGuests(Refusal):
    code = "not-for-guests"
    status = 422


def open_space(
    *,
    by: Person | None,
    at: datetime,
    slug: str,
    name: str,
    kind: str,
    ceiling: Marking,
    admits_guests: bool = False,
    about: str = "",
    owner: Person | None = None,
) -> Space:
    """A new space with one audience; ``owner``, an employee (not said: ``by``), takes the owner's seat.
    ``admits_guests`` holds for good. Raises NotFound for guests, BadInput where the slug is taken or nobody owns it."""
    owner = owner or by
    if owner is None or not owner.is_active:
        raise BadInput(_("A space needs an owner who is with us."))
    if not owner.firm.is_house or (by is not None and not by.firm.is_house):
        raise NotFound
    try:
        with change():
            space = Space.objects.create(slug=slug, name=name, about=about, kind=kind, created_at=at)
            audience = Audience.objects.create(
                space=space,
                kind=Audience.Kind.GUESTS if admits_guests else Audience.Kind.INSIDE,
                ceiling=ceiling,
            )
            record(
                [
                    Fact(
                        action=events.SPACE_OPENED,
                        record=f"s:{space.pk}",
                        actor=_actor(by),
                        at=at,
                        marking=int(ceiling),
                        body=name.encode(),
                    )
                ]
            )
            _begin(by=by, at=at, person=owner, audience=audience, role=Seat.Role.OWNER, hears_past=True)
    except IntegrityError as error:
        raise BadInput(
            _("There is a space at “%(slug)s” already.") % {"slug": slug}, _("Choose another short name.")
        ) from error
    return space


def seat(
    *,
    by: Person | None,
    at: datetime,
    person: Person,
    audience_id: int,
    role: str = Seat.Role.MEMBER,
    hears_past: bool = True,
) -> Seat:
    """``person`` sits in the audience from ``at``. ``by`` must own or moderate it, or administer.

    Raises NotFound where ``by`` may not, NotForGuests where the audience never admits guests, SeatTaken where they
    sit there already. With ``hears_past`` false, nothing said before is ever heard from this seat.
    """
    audience = _tended(by, audience_id, at)
    if not person.firm.is_house and audience.kind == Audience.Kind.INSIDE:
        raise NotForGuests(
            _("%(name)s is a guest, and this space never admits guests.") % {"name": person.name},
            _("Open a partner space and invite them there."),
        )
    if not person.is_active:
        raise BadInput(_("%(name)s has left.") % {"name": person.name})
    try:
        with change():
            return _begin(by=by, at=at, person=person, audience=audience, role=role, hears_past=hears_past)
    except IntegrityError as error:
        raise SeatTaken(_("%(name)s sits here already.") % {"name": person.name}) from error


def end_seat(*, by: Person | None, at: datetime, person: Person, audience_id: int) -> None:
    """``person`` hears nothing said here from ``at`` on, by any road. One may always end one's own seat."""
    if by is None or by.pk != person.pk:
        _tended(by, audience_id, at)
    with change():
        _refuse_if_last(person, audience_id, at)
        ended = Seat.objects.filter(
            person=person, audience_id=audience_id, ends_at__isnull=True, begins_at__lte=at
        ).update(ends_at=at)
        if not ended:
            raise NotFound
        record([_ended(by, at, person, audience_id)])


def leave_company(*, by: Person | None, at: datetime, person: Person) -> list[str]:
    """``person`` leaves for good: every seat ends, then all of ``people.operations.let_go``, in one transaction.

    Nobody can be kept from leaving: where they were the last owner the room stays without one, and its name is in the
    answer, so that another can be seated from the shell. Raises HasLeft.
    """
    with change():
        let_go(by=by, at=at, person=person)
        seats = Seat.objects.filter(person=person, ends_at__isnull=True)
        held = list(seats.select_for_update(of=("self",)).select_related("audience__space").order_by("pk"))
        # One that was to begin later never does; it ends when it begins.
        seats.filter(begins_at__gt=at).update(ends_at=F("begins_at"))
        seats.filter(begins_at__lte=at).update(ends_at=at)
        record([_ended(by, at, person, one.audience_id) for one in held])
    return [
        str(one.audience) for one in held if one.role == Seat.Role.OWNER and not _owners(one.audience_id, at)
    ]


def _ended(by: Person | None, at: datetime, person: Person, audience_id: int) -> Fact:
    return Fact(
        action=events.SEAT_ENDED,
        record=f"a:{audience_id}",
        parent=person.pseudonym,
        actor=_actor(by),
        at=at,
    )


def _owners(audience_id: int, at: datetime) -> list[int]:
    owners = Seat.objects.filter(
        audience_id=audience_id,
        role=Seat.Role.OWNER,
        ends_at__isnull=True,
        begins_at__lte=at,
        person__is_active=True,
    )
    return list(owners.values_list("person_id", flat=True))


def _refuse_if_last(person: Person, audience_id: int, at: datetime) -> None:
    """A room that nobody tends could never give or end a seat again from a page."""
    if _owners(audience_id, at) == [person.pk]:
        raise LastOwner(
            _("%(name)s is the last owner of this room.") % {"name": person.name},
            _("Make somebody else an owner first."),
        )


def admit_to_company(*, by: Person | None, at: datetime, person: Person) -> None:
    """An employee's first seats: at the public's (what the company says outside) and wherever all sit."""
    with change():
        for audience in Audience.objects.filter(kind=Audience.Kind.OUTSIDE) | Audience.objects.filter(
            space__kind=Space.Kind.COMPANY, kind=Audience.Kind.INSIDE
        ):
            if not Seat.objects.filter(person=person, audience=audience, ends_at__isnull=True).exists():
                _begin(by=by, at=at, person=person, audience=audience, role=Seat.Role.MEMBER, hears_past=True)


def _begin(
    *, by: Person | None, at: datetime, person: Person, audience: Audience, role: str, hears_past: bool
) -> Seat:
    taken = Seat.objects.create(
        person=person,
        audience=audience,
        role=role,
        begins_at=at,
        hears_from=0 if hears_past else floor_id(at),
    )
    record(
        [
            Fact(
                action=events.SEAT_BEGUN,
                record=f"a:{audience.pk}",
                parent=person.pseudonym,
                actor=_actor(by),
                at=at,
            )
        ]
    )
    return taken


def _actor(by: Person | None) -> str:
    return by.pseudonym if by else "system"


def _tended(by: Person | None, audience_id: int, at: datetime) -> Audience:
    """The audience, if ``by`` may give and end seats in it: its owners and moderators, and administrators
    for rooms that all employees may sit in. Whoever may not learns nothing of it. The shell may: see above."""
    audience = Audience.objects.select_related("space").filter(pk=audience_id).first()
    if audience is None:
        raise NotFound
    if by is None:
        return audience
    tends = Seat.objects.filter(
        person=by, audience=audience, ends_at__isnull=True, role__in=[Seat.Role.OWNER, Seat.Role.MODERATOR]
    ).exists()
    if tends and audience.pk in audible(by, at):
        return audience
    if audience.kind == Audience.Kind.OUTSIDE and "administrator" in duties(by, at):
        return audience
    raise NotFound
