"""Breaking the glass: an administrator reads a private space for a day, if a second person agrees; its owners are told.

Nothing tells the administrator whether the space is there before somebody has agreed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.spaces import events
from lockgate.spaces.models import Audience, BreakGlass, Seat
from lockgate.spaces.operations.seats import begin
from lockgate.spaces.queries import seats_at

LASTS = timedelta(hours=24)


def ask_for_glass(*, by: Person, at: datetime, slug: str, why: str) -> int:
    """An administrator asks to read the space ``slug``, whether it is there or not; answers the request's id."""
    if "administrator" not in duties(by, at):
        raise NotFound
    why, slug = " ".join(why.split())[:300], slug.strip()[:60]
    if not why or not slug:
        raise BadInput(_("Say which space, and why it must be read."))
    with change():
        made = BreakGlass.objects.create(id=new_id(at), slug=slug, asked_by=by, why=why, asked_at=at)
        record([_fact(events.GLASS_ASKED, made, by, at, body=f"{slug}\n{why}".encode())])
    return int(made.pk)


def agree_to_glass(*, by: Person, at: datetime, glass_id: int) -> int:
    """A supervisor who is not the one who asked agrees: an observer's seat for a day in each audience of the
    space, and a
    notice to all its owners. Answers how many audiences: 0 where no such space is there. NotFound for anybody else."""
    with change():
        glass = _answer(by, at, glass_id, is_agreed=True)
        record([_fact(events.GLASS_AGREED, glass, by, at)])
        # What is still sealed is opened to nobody before its time.
        audiences = list(
            Audience.objects.filter(space__slug=glass.slug)
            .exclude(sealed_until__gt=at)
            .exclude(seats__in=seats_at(at).filter(person=glass.asked_by))
            .select_related("space")
        )
        for audience in audiences:
            begin(
                by=by,
                at=at,
                person=glass.asked_by,
                audience=audience,
                role=Seat.Role.OBSERVER,
                hears_past=True,
                until=at + LASTS,
            )
        owners = seats_at(at).filter(audience__in=audiences, role=Seat.Role.OWNER)
        if audiences:
            tell(
                set(owners.values_list("person_id", flat=True)),
                "glass-broken",
                words={"place": str(audiences[0].space), "who": glass.asked_by.name, "why": glass.why},
                message_id=None,
                at=at,
            )
    return len(audiences)


def decline_glass(*, by: Person, at: datetime, glass_id: int) -> None:
    """A supervisor does not agree. NotFound for anybody else."""
    with change():
        record([_fact(events.GLASS_DECLINED, _answer(by, at, glass_id, is_agreed=False), by, at)])


def _answer(by: Person, at: datetime, glass_id: int, *, is_agreed: bool) -> BreakGlass:
    glass = (
        BreakGlass.objects.filter(pk=glass_id, answered_at__isnull=True)
        .select_related("asked_by__firm")
        .select_for_update(of=("self",))
        .first()
    )
    if glass is None or "supervisor" not in duties(by, at) or glass.asked_by_id == by.pk:
        raise NotFound
    if is_agreed and "administrator" not in duties(glass.asked_by, at):
        raise NotFound
    glass.answered_by, glass.answered_at, glass.is_agreed = by, at, is_agreed
    glass.save()
    return glass


def _fact(event: str, glass: BreakGlass, by: Person, at: datetime, body: bytes | None = None) -> Fact:
    return Fact(event, f"g:{glass.pk}", by.pseudonym, at, body=body)
