"""Opening spaces, giving seats and ending them. A seat that ends holds at the very next read.

``by`` is None for the shell on the server alone, which the archive calls "system". It needs no seat, since whoever has
that shell can write the tables anyway: through here it is recorded and held to every other rule. No page and no call of
the API may hand in None: there, whoever does not tend a room learns nothing of it, administrators included.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.people.queries import duties
from lockgate.spaces import events
from lockgate.spaces.models import Audience, Nda, Seat, Space
from lockgate.spaces.operations.admission import refuse_guest, refuse_if_full
from lockgate.spaces.queries import audible, seats_at
from lockgate.spaces.refusals import LastOwner, SeatTaken


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
    entry: str = Space.Entry.PRIVATE,
    among: str = "",
) -> Space:
    """A new space with one audience; ``owner``, an employee (not said: ``by``), takes the owner's seat.
    ``admits_guests`` holds for good; ``among`` is ``open_talk``'s alone. Raises NotFound for guests, BadInput where the
    slug is taken or nobody owns it."""
    owner = owner or by
    if owner is None or not owner.is_active:
        raise BadInput(_("A space needs an owner who is with us."))
    if not owner.firm.is_house or (by is not None and not by.firm.is_house):
        raise NotFound
    if kind in {Space.Kind.CIRCLE, Space.Kind.DEAL}:
        entry = Space.Entry.PRIVATE
    if kind == Space.Kind.DEAL:
        # Whom a deal room's own audience admits: the buyers, who are employees. Guests sit in lanes beside it.
        admits_guests = False
    try:
        with change():
            space = Space.objects.create(
                slug=slug,
                name=name,
                about=about,
                kind=kind,
                entry=entry,
                most=settings.CIRCLE_MOST if kind == Space.Kind.CIRCLE else None,
                among=among,
                created_at=at,
            )
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
                        actor=actor_of(by),
                        at=at,
                        marking=int(ceiling),
                        body=name.encode(),
                    )
                ]
            )
            begin(by=by, at=at, person=owner, audience=audience, role=Seat.Role.OWNER, hears_past=True)
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

    Raises NotFound where ``by`` may not, NotForGuests where the audience never admits guests or none of their firm,
    AboveTheirNda, CircleFull, SeatTaken where they sit there already. With ``hears_past`` false, nothing said before is
    ever heard from this seat. A guest's seat ends with their NDA, where one is on file.
    """
    audience = _tended(by, audience_id, at)
    if not person.firm.is_house:
        refuse_guest(person, audience, at)
    if not person.is_active:
        raise BadInput(_("%(name)s has left.") % {"name": person.name})
    if role == Seat.Role.OWNER and by is not None and not _owns(by, audience_id, at):
        raise BadInput(_("Only an owner makes another owner."))
    try:
        with change():
            taken = begin(by=by, at=at, person=person, audience=audience, role=role, hears_past=hears_past)
            for lane in beside(audience):
                if not _sits_or_will(person, lane, at):
                    begin(by=by, at=at, person=person, audience=lane, role=role, hears_past=hears_past)
            return taken
    except IntegrityError as error:
        raise SeatTaken(_("%(name)s sits here already.") % {"name": person.name}) from error


def end_seat(*, by: Person | None, at: datetime, person: Person, audience_id: int) -> None:
    """``person`` hears nothing said here from ``at`` on, by any road. One may always end one's own seat."""
    if by is None or by.pk != person.pk:
        _tended(by, audience_id, at)
    with change():
        _refuse_if_last(person, audience_id, at)
        ended = _running(at).filter(person=person, audience_id=audience_id, begins_at__lte=at)
        if not ended.update(ends_at=at, is_end_recorded=True):
            raise NotFound
        audience = Audience.objects.select_related("space").get(pk=audience_id)
        lanes = Seat.objects.filter(person=person, audience__in=beside(audience))
        record([ended_fact(by, at, person, audience_id), *end_all(by, at, lanes)])


def change_role(*, by: Person | None, at: datetime, person: Person, audience_id: int, role: str) -> None:
    """An owner changes what somebody may do in the room. Raises NotFound where ``by`` owns it not or ``person``
    does not
    sit there, LastOwner, BadInput for a guest, who is a guest or observes."""
    _tended(by, audience_id, at)
    if by is not None and not _owns(by, audience_id, at):
        raise NotFound
    allowed = (
        set(Seat.Role) - {Seat.Role.GUEST} if person.firm.is_house else {Seat.Role.GUEST, Seat.Role.OBSERVER}
    )
    if role not in allowed:
        raise BadInput(_("A guest sits as a guest or observes; everybody else is not a guest."))
    with change():
        if role != Seat.Role.OWNER:
            _refuse_if_last(person, audience_id, at)
        mine = _running(at).filter(person=person)
        if not mine.filter(audience_id=audience_id, begins_at__lte=at).update(role=role):
            raise NotFound
        audience = Audience.objects.select_related("space").get(pk=audience_id)
        lanes = mine.filter(audience__in=beside(audience))
        changed = [audience_id, *lanes.values_list("audience_id", flat=True)]
        lanes.update(role=role)
        record(
            [
                Fact(
                    events.SEAT_CHANGED,
                    f"a:{one}",
                    actor_of(by),
                    at,
                    parent=person.pseudonym,
                    body=role.encode(),
                )
                for one in changed
            ]
        )


def leave_company(*, by: Person | None, at: datetime, person: Person) -> list[str]:
    """``person`` leaves for good: every seat ends, then all of ``people.operations.let_go``, in one transaction.

    Nobody can be kept from leaving: where they were the last owner the room stays without one, and its name is in the
    answer, so that another can be seated from the shell. Raises HasLeft.
    """
    with change():
        let_go(by=by, at=at, person=person)
        seats = _running(at).filter(person=person)
        held = list(seats.select_for_update(of=("self",)).select_related("audience__space").order_by("pk"))
        record(end_all(by, at, seats))
    return [
        str(one.audience) for one in held if one.role == Seat.Role.OWNER and not _owners(one.audience_id, at)
    ]


def ended_fact(by: Person | None, at: datetime, person: Person, audience_id: int) -> Fact:
    return Fact(
        action=events.SEAT_ENDED,
        record=f"a:{audience_id}",
        parent=person.pseudonym,
        actor=actor_of(by),
        at=at,
    )


def end_all(by: Person | None, at: datetime, seats: QuerySet[Seat]) -> list[Fact]:
    """Every seat among ``seats`` that runs at ``at`` or was to begin later ends; answers what is to be recorded."""
    running = _running(at) & seats
    held = list(running.select_related("person").order_by("pk"))
    # One that was to begin later never does; it ends when it begins.
    chosen = Seat.objects.filter(pk__in=[one.pk for one in held])
    chosen.filter(begins_at__gt=at).update(ends_at=F("begins_at"), is_end_recorded=True)
    chosen.filter(begins_at__lte=at, is_end_recorded=False).update(ends_at=at, is_end_recorded=True)
    return [ended_fact(by, at, one.person, one.audience_id) for one in held]


def _running(at: datetime) -> QuerySet[Seat]:
    """Seats that have not ended at ``at``, also those that begin later."""
    return Seat.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def _owners(audience_id: int, at: datetime) -> list[int]:
    owners = seats_at(at).filter(audience_id=audience_id, role=Seat.Role.OWNER, ends_at__isnull=True)
    return list(owners.values_list("person_id", flat=True))


def _owns(by: Person, audience_id: int, at: datetime) -> bool:
    return seats_at(at).filter(person=by, audience_id=audience_id, role=Seat.Role.OWNER).exists()


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
                begin(by=by, at=at, person=person, audience=audience, role=Seat.Role.MEMBER, hears_past=True)


def begin(
    *,
    by: Person | None,
    at: datetime,
    person: Person,
    audience: Audience,
    role: str,
    hears_past: bool,
    until: datetime | None = None,
    hears_from: int | None = None,
) -> Seat:
    """A seat and its record, inside a change. Of ours, nobody hears what is sealed before its time; a guest hears
    nothing after their NDA; a circle takes no more than it was opened for (CircleFull). ``hears_from``, where it is
    given, says from which position on, instead of ``hears_past``."""
    begins_at = at
    if audience.sealed_until is not None and person.firm.is_house:
        begins_at = max(at, audience.sealed_until)
    if not person.firm.is_house:
        nda = Nda.objects.filter(person=person).first()
        until = until if nda is None else min(until or nda.ends_at, nda.ends_at)
    refuse_if_full(audience, at)
    if hears_from is None:
        hears_from = 0 if hears_past else floor_id(at)
    taken = Seat.objects.create(
        person=person,
        audience=audience,
        role=role,
        begins_at=begins_at,
        ends_at=until,
        hears_from=hears_from,
    )
    record(
        [
            Fact(
                action=events.SEAT_BEGUN,
                record=f"a:{audience.pk}",
                parent=person.pseudonym,
                actor=actor_of(by),
                at=at,
            )
        ]
    )
    return taken


def beside(audience: Audience) -> list[Audience]:
    """The lanes whose seats go with those of ``audience``: with the buyers’ own every firm’s lane and box, with
    a firm's lane its boxes. Who is let in, or goes, is let into all of them, or goes from all."""
    space = audience.space
    if space is None or audience.sealed_until is not None:
        return []
    lanes = Audience.objects.filter(space=space, firm__isnull=False).select_related("space").order_by("pk")
    if audience.firm_id is not None:
        return list(lanes.filter(firm_id=audience.firm_id, sealed_until__isnull=False))
    return list(lanes) if space.kind == Space.Kind.DEAL and not audience.lane else []


def _sits_or_will(person: Person, audience: Audience, at: datetime) -> bool:
    """Also who begins later. A seat that was taken away before it began is none."""
    return (
        _running(at)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")), person=person, audience=audience)
        .exists()
    )


def actor_of(by: Person | None) -> str:
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
