"""Who hears what by e-mail, and how the outbox stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, F

from lockgate.archive import queries as archive
from lockgate.attention.queries import leaders
from lockgate.base.ids import floor_id, id_time
from lockgate.base.refusal import NotFound
from lockgate.gateway import queries as gate
from lockgate.mail import events
from lockgate.mail.models import Choice, Imported, Invitation, Mailing, State, Undelivered
from lockgate.mail.types import Choices, How, InvitationView, Replaced, RoomChoice, Week, Weeks, What
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.spaces import queries as spaces

FEWEST_ROOMS = 5


def is_configured() -> bool:
    """Whether letters can be sent at all: a server, and a domain of our own."""
    return bool(settings.EMAIL_HOST and settings.MAIL_DOMAIN)


def takes_mail() -> bool:
    """Whether mail is taken in or fetched, so that an address of ours may be told to people."""
    return bool((settings.MAIL_RECEIVE_PORT or settings.MAIL_IMAP_HOST) and settings.MAIL_DOMAIN)


def default_how(person: Person) -> How:
    """At once for who has never signed in, since they have nothing else; off for who does."""
    return How.NOW if person.last_login is None else How.OFF


def has_account(person: Person) -> bool:
    """Whether ``person`` can sign in, or ever did: by a password, or by what the company signs in with."""
    return person.firm.is_house or person.has_usable_password() or person.last_login is not None


def choices(viewer: Person, at: datetime) -> Choices:
    """How the viewer hears of each thing, with their rooms."""
    kept: dict[tuple[str, int | None], How] = {
        (what, audience): How(how)
        for what, audience, how in Choice.objects.filter(person=viewer).values_list("what", "audience", "how")
    }
    otherwise = default_how(viewer)
    return Choices(
        posts=kept.get((What.POSTS, None), otherwise),
        approvals=kept.get((What.APPROVALS, None), otherwise),
        notices=kept.get((What.NOTICES, None), otherwise),
        rooms=tuple(
            RoomChoice(
                one.audience_id, one.slug, one.name, one.kind, kept.get((What.POSTS, one.audience_id), "")
            )
            for one in spaces.places_of(viewer, at)
        ),
        is_unreachable=bool(unreachable([viewer.pk])),
    )


def hows(persons: Collection[int], what: What, audience_id: int | None = None) -> dict[int, How]:
    """How each of these active persons (ids) hears of ``what``, of a room's posts in that room; those who do not want
    to are left out. Three queries for any number."""
    kept: dict[int, dict[int | None, How]] = {}
    rows = Choice.objects.filter(person__in=persons, what=what)
    for person, audience, how in rows.values_list("person_id", "audience_id", "how"):
        kept.setdefault(person, {})[audience] = How(how)
    found: dict[int, How] = {}
    for one in Person.objects.filter(pk__in=persons, is_active=True).only("pk", "last_login"):
        own = kept.get(one.pk, {})
        how = own.get(audience_id) or own.get(None) or default_how(one)
        if how is not How.OFF:
            found[one.pk] = how
    gone = unreachable(found) if found else set()
    return {person: how for person, how in found.items() if person not in gone}


def outbox() -> dict[str, int]:
    """How many letters stand in each state."""
    return {
        state: count
        for state, count in Mailing.objects.values_list("state").annotate(count=Count("pk"))
        if count
    }


def waits_since(at: datetime) -> float:
    """Seconds that the oldest due letter has waited; 0 where none does."""
    oldest = Mailing.objects.filter(state=State.WAITING, due_at__lte=at).order_by("due_at").first()
    return (at - oldest.due_at).total_seconds() if oldest else 0.0


def unreachable(persons: Collection[int]) -> set[int]:
    """Those of these persons (ids) whose address takes no letters."""
    rows = Undelivered.objects.filter(person__in=persons, is_told=True, address=F("person__email"))
    return set(rows.values_list("person_id", flat=True))


def replaced(at: datetime, *, days: int) -> Replaced:
    """How much e-mail the last ``days`` days did without. Numbers of the whole company alone, never of a room."""
    begins = at - timedelta(days=days)
    said = _said(begins, at)
    copies = 0
    for day in sorted({day for _audience, day in said}):
        ends = min(at, datetime.combine(day, time.max, UTC))
        sitting = dict(
            spaces.seats_at(ends).values_list("audience_id").annotate(count=Count("person", distinct=True))
        )
        copies += sum(
            count * max(0, sitting.get(audience, 0) - 1)
            for (audience, of_day), count in said.items()
            if of_day == day
        )
    # Rows of the outbox are kept for 30 days, the archive's entries for good.
    letters = archive.count(events.MAIL_SENT, begins, at)
    return Replaced(
        days, sum(said.values()), copies, letters, archive.count(events.MAIL_RECEIVED, begins, at)
    )


def invitations(viewer: Person, audience_id: int, at: datetime, *, limit: int = 100) -> list[InvitationView]:
    """Who was invited by e-mail into an audience that ``viewer`` hears, the latest first; how far their letter
    came, and whether they sit there still."""
    if audience_id not in spaces.audible(viewer, at):
        return []
    rows = Invitation.objects.filter(seat__audience=audience_id).select_related("seat__person", "by")
    found = list(rows.order_by("-pk")[:limit])
    letters = Mailing.objects.filter(kind="invite", about_id__in=[one.pk for one in found])
    states = dict(letters.values_list("about_id", "state"))
    return [
        InvitationView(
            name=one.seat.person.name,
            address=one.seat.person.email,
            by=one.by.name,
            backlog=one.backlog,
            invited_at=one.invited_at,
            letter=states.get(one.pk, State.SENT.value),
            sits_here=one.seat.ends_at is None or one.seat.ends_at > at,
        )
        for one in found
    ]


def may_see_replaced(viewer: Person, at: datetime) -> bool:
    """Administrators, and whoever leads the company."""
    if not viewer.is_active or not viewer.firm.is_house:
        return False
    return "administrator" in duties(viewer, at) or any(one.id == viewer.pk for one in leaders())


def replaced_by_week(viewer: Person, at: datetime, *, weeks: int) -> Weeks:
    """How much e-mail each of the last ``weeks`` whole weeks did without. Raises NotFound for whoever may not see it.

    What was said in a room that the viewer does not hear may not be told apart from the rest: such rooms are counted in
    a week only where at least ``FEWEST_ROOMS`` of them spoke, and only weeks that have ended are counted, so that
    nobody sees a number grow while somebody speaks.
    """
    if not may_see_replaced(viewer, at):
        raise NotFound
    today = datetime.combine(at.astimezone(UTC).date(), time.min, UTC)
    ends = today - timedelta(days=today.weekday())
    begins = ends - timedelta(weeks=weeks)
    of_week: list[dict[int, int]] = [{} for _week in range(weeks)]
    for (audience, day), count in _said(begins, ends).items():
        if count and begins.date() <= day < ends.date():
            week = of_week[(day - begins.date()).days // 7]
            week[audience] = week.get(audience, 0) + count
    heard = spaces.audible(viewer, at)
    found: list[Week] = []
    for number, rooms in enumerate(of_week):
        begun = begins + timedelta(weeks=number)
        over = begun + timedelta(weeks=1)
        unheard = rooms.keys() - heard.keys()
        if len(unheard) < FEWEST_ROOMS:
            rooms = {one: count for one, count in rooms.items() if one not in unheard}
        seats = spaces.seats_at(over - timedelta(seconds=1)).filter(audience__in=rooms)
        sitting = dict(seats.values_list("audience_id").annotate(count=Count("person", distinct=True)))
        copies = sum(count * max(0, sitting.get(one, 0) - 1) for one, count in rooms.items())
        found.append(Week(begun.date(), over.date() - timedelta(days=1), sum(rooms.values()), copies))
    return Weeks(
        tuple(reversed(found)),
        archive.count(events.MAIL_SENT, begins, ends),
        archive.count(events.MAIL_RECEIVED, begins, ends),
    )


def _said(begins: datetime, ends: datetime) -> dict[tuple[int, date], int]:
    """{(room, day): how many posts and answers}, without those that a mailbox file brought."""
    said = {(audience, day): count for audience, day, count in gate.said_between(begins, ends)}
    brought = Imported.objects.filter(pk__gte=floor_id(begins), pk__lt=floor_id(ends))
    for audience, number in brought.values_list("audience_id", "pk"):
        key = (audience, id_time(number).date())
        if key in said:
            said[key] = max(0, said[key] - 1)
    return said
