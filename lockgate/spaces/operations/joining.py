"""How an employee gets into a space by themselves: into an open one at once, into a closed one by asking."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.spaces import events
from lockgate.spaces.models import Audience, Request, Seat, Space
from lockgate.spaces.operations.seats import actor_of, begin
from lockgate.spaces.queries import audible, seats_at
from lockgate.spaces.refusals import SeatTaken


def join(*, by: Person, at: datetime, slug: str) -> None:
    """``by`` takes a member's seat in an open space, and hears its past. Raises NotFound for anything else that
    they could
    not find in the list; BadInput for a closed one; SeatTaken."""
    audience = _door(by, slug, at)
    assert audience.space is not None
    if audience.space.entry != Space.Entry.OPEN:
        raise BadInput(_("This space is closed."), _("Ask to join; those who tend it answer."))
    try:
        with change():
            begin(by=by, at=at, person=by, audience=audience, role=Seat.Role.MEMBER, hears_past=True)
    except IntegrityError as error:
        raise SeatTaken(_("You sit here already.")) from error


def ask_to_join(*, by: Person, at: datetime, slug: str, words: str = "") -> int:
    """``by`` asks those who tend a closed space for a seat; answers the request's id. Asking twice is asking once."""
    audience = _door(by, slug, at)
    assert audience.space is not None
    if audience.space.entry != Space.Entry.CLOSED:
        raise BadInput(_("This space is open: join it."))
    waiting = Request.objects.filter(space=audience.space, person=by, answered_at__isnull=True)
    try:
        with change():
            made = Request.objects.create(
                id=new_id(at),
                space=audience.space,
                person=by,
                words=" ".join(words.split())[:300],
                asked_at=at,
            )
            record([_fact(events.JOIN_ASKED, made, by, by, at)])
    except IntegrityError:
        return int(waiting.values_list("pk", flat=True)[0])
    return int(made.pk)


def withdraw(*, by: Person, at: datetime, request_id: int) -> None:
    """Who asked asks no more. Raises NotFound where no request of theirs waits under this id."""
    with change():
        _answer(request_id, Request.Answer.WITHDRAWN, events.JOIN_WITHDRAWN, by, at, person=by)


def accept(*, by: Person, at: datetime, request_id: int) -> str:
    """Who asked takes a member's seat; answers the space's slug. Raises NotFound unless ``by`` tends the space and
    the request waits."""
    with change():
        request = _answer(request_id, Request.Answer.ACCEPTED, events.JOIN_ACCEPTED, by, at)
        if not request.person.is_active or not request.person.firm.is_house:
            raise NotFound
        audience = _main(request.space)
        if not seats_at(at).filter(person=request.person, audience=audience).exists():
            begin(
                by=by, at=at, person=request.person, audience=audience, role=Seat.Role.MEMBER, hears_past=True
            )
    return request.space.slug


def decline(*, by: Person, at: datetime, request_id: int) -> str:
    """No seat; answers the space's slug. Raises NotFound unless ``by`` tends the space and the request waits."""
    with change():
        request = _answer(request_id, Request.Answer.DECLINED, events.JOIN_DECLINED, by, at)
    return request.space.slug


def set_entry(*, by: Person | None, at: datetime, slug: str, entry: str) -> None:
    """An owner opens a space to those who find it, closes it or takes it out of sight. Requests that wait in a
    space that
    is private now are declined: nobody can see any more what they asked for."""
    space = Space.objects.filter(slug=slug, archived_at__isnull=True).first()
    if space is None:
        raise NotFound
    owns = seats_at(at).filter(person=by, audience__space=space, audience__lane="", role=Seat.Role.OWNER)
    if by is not None and not owns.exists():
        raise NotFound
    if entry not in Space.Entry.values:
        raise BadInput(_("A space is open, closed or private."))
    if space.kind in {Space.Kind.CIRCLE, Space.Kind.DEAL} and entry != Space.Entry.PRIVATE:
        raise BadInput(_("A circle and a deal room are always private."))
    with change():
        Space.objects.filter(pk=space.pk).update(entry=entry)
        record(
            [Fact(events.ENTRY_CHANGED, f"s:{space.pk}", actor_of(by), at, body=entry.encode())],
        )
        if entry == Space.Entry.PRIVATE:
            for one in Request.objects.filter(space=space, answered_at__isnull=True).select_related("person"):
                one.answer, one.answered_at, one.answered_by = Request.Answer.DECLINED, at, by
                one.save()
                record([_fact(events.JOIN_DECLINED, one, by, one.person, at)])


def keep_words(*, by: Person, at: datetime, slug: str, is_on: bool) -> None:
    """Whoever tends a space lets letters, texts and messages to devices say nothing of what is said there but that
    there is something; or lets them again. It holds for what is sent from now on. Raises NotFound for anybody else."""
    space = Space.objects.filter(slug=slug, archived_at__isnull=True).first()
    tends = seats_at(at).filter(
        person=by,
        audience__space=space,
        audience__lane="",
        role__in=[Seat.Role.OWNER, Seat.Role.MODERATOR],
    )
    if space is None or not tends.exists():
        raise NotFound
    with change():
        if Space.objects.filter(pk=space.pk).exclude(words_stay=is_on).update(words_stay=is_on):
            action = events.WORDS_KEPT if is_on else events.WORDS_LET_GO
            record([Fact(action, f"s:{space.pk}", actor_of(by), at)])


def _door(by: Person, slug: str, at: datetime) -> Audience:
    """The main audience of a space that ``by`` finds in the list and does not sit in."""
    if not by.is_active or not by.firm.is_house:
        raise NotFound
    found = (
        Audience.objects.filter(space__slug=slug, lane="", space__archived_at__isnull=True)
        .exclude(space__entry=Space.Entry.PRIVATE)
        .select_related("space")
        .first()
    )
    if found is None:
        raise NotFound
    if found.pk in audible(by, at):
        raise SeatTaken(_("You sit here already."))
    return found


def _main(space: Space) -> Audience:
    return Audience.objects.select_related("space").get(space=space, lane="")


def _answer(
    request_id: int, answer: str, event: str, by: Person, at: datetime, *, person: Person | None = None
) -> Request:
    request = (
        Request.objects.filter(pk=request_id, answered_at__isnull=True)
        .select_related("space", "person__firm")
        .select_for_update(of=("self",))
        .first()
    )
    if request is None:
        raise NotFound
    tends = seats_at(at).filter(
        person=by,
        audience__space=request.space,
        audience__lane="",
        role__in=[Seat.Role.OWNER, Seat.Role.MODERATOR],
    )
    if person is not None and request.person_id != person.pk:
        raise NotFound
    if person is None and not tends.exists():
        raise NotFound
    request.answer, request.answered_by, request.answered_at = answer, by, at
    request.save()
    record([_fact(event, request, by, request.person, at)])
    return request


def _fact(event: str, request: Request, by: Person | None, person: Person, at: datetime) -> Fact:
    return Fact(event, f"s:{request.space_id}", actor_of(by), at, parent=person.pseudonym)
