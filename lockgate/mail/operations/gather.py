"""Gather: what happened since the last look becomes rows of the outbox, for each person who wants to hear of it.

Looked at from behind by a minute each time, because what was committed late bears an earlier id; a thing is mailed to
a person once, which the database holds to. Rights are asked here only to write no needless rows: what counts is asked
again at the moment of sending. A post into a room of ten thousand is one row here, and is told to some hundred people
at a time: no transaction grows with the room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lockgate.approvals import queries as approvals
from lockgate.base.ids import floor_id, new_id
from lockgate.base.transactions import change
from lockgate.gateway import queries as gate
from lockgate.mail.models import Fanout, Gathered, Mailing
from lockgate.mail.queries import hows, is_configured
from lockgate.mail.types import How, What
from lockgate.notices import queries as notices
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)
NOTED_EVERY = timedelta(seconds=30)
"""Where nothing is to be told, so often it is written how far was looked."""
AT_MORNING = time(7, 0)
_ROWS = 500
PEOPLE = 200
"""So many of a room in one transaction: SQLite has one write lock, and others wait for it."""
KEPT = timedelta(hours=2)


def gather(*, at: datetime) -> bool:
    """Write the letters that are due from what happened until ``at``; answers whether there is more to do. Does
    nothing where no mail server is named; what happened before one was is never mailed."""
    if not is_configured():
        return False
    if _spread(at):
        return True
    kept = Gathered.objects.filter(id=1).first()
    if kept is None:
        with change():
            Gathered.objects.get_or_create(id=1, defaults={"since": at, "until": at})
        return False
    # After a long silence the past is taken in strides, so that no transaction grows with it.
    begins, ends = max(kept.until - LATE, kept.since), min(at, kept.until + STRIDE)
    # Read outside of the transaction: SQLite has one write lock, and posts wait for it. What another process writes
    # meanwhile is written once, as the database holds.
    made = [*_requests(begins, ends, at), *_notices(begins, ends, at)]
    posts = list(_posts(begins, ends))
    if made or posts or ends - kept.until >= NOTED_EVERY:
        with change():
            Mailing.objects.bulk_create(made, batch_size=_ROWS, ignore_conflicts=True)
            Fanout.objects.bulk_create(posts, batch_size=_ROWS, ignore_conflicts=True)
            # What was written in this very millisecond is looked at once more: a span ends before its end.
            Gathered.objects.filter(id=1, until__lt=ends).update(until=ends)
    _spread(at)
    return ends < at or Fanout.objects.filter(done_at__isnull=True).exists()


def _posts(begins: datetime, ends: datetime) -> Iterable[Fanout]:
    """One row a passage, however many hear it: who they are is asked when it is their turn."""
    happened = {(one.passage_id, one.kind) for one in notices.happened_between(begins, ends)}
    heard = gate.heard_of(happened, begins)
    known: set[int] = set()
    for first in range(0, len(heard), _ROWS):
        some = [one.passage_id for one in heard[first : first + _ROWS]]
        known.update(Fanout.objects.filter(pk__in=some).values_list("pk", flat=True))
    for one in heard:
        if one.passage_id in known:
            continue
        yield Fanout(
            passage_id=one.passage_id,
            message_id=one.message_id,
            audience_id=one.audience_id,
            position=one.position,
            thread_id=one.thread_id,
            thread_message_id=one.thread_message_id,
            author_id=one.author_id,
        )


def _spread(at: datetime) -> bool:
    """Write the letters of one passage for the next ``PEOPLE`` who sit in its room, in one transaction with how far it
    has come: broken off anywhere, it goes on from there. False where nothing waits."""
    if not Fanout.objects.filter(done_at__isnull=True).exists():
        return False
    with change():
        waiting = Fanout.objects.select_for_update().filter(done_at__isnull=True)
        row = waiting.order_by("passage_id").first()
        if row is None:
            return False
        seats = spaces.seats_at(at).filter(audience_id=row.audience_id, person_id__gt=row.after_person)
        values = seats.order_by("person_id").values_list("person_id", "hears_from", "begins_at")
        sitting = list(values[:PEOPLE])
        # What was said before they sat down is no news: who was invited has it in the letter that invited them.
        floors = {person: max(floor, floor_id(begins)) for person, floor, begins in sitting}
        Mailing.objects.bulk_create(_told(row, floors, at), batch_size=_ROWS, ignore_conflicts=True)
        if len(sitting) < PEOPLE:
            row.done_at = at
        else:
            row.after_person = sitting[-1][0]
        row.save(update_fields=["after_person", "done_at"])
    return True


def _told(row: Fanout, floors: Mapping[int, int], at: datetime) -> Iterable[Mailing]:
    words = {"thread_message": str(row.thread_message_id)} if row.thread_message_id else {}
    wanted = hows(floors, What.POSTS, row.audience_id)
    mornings = _mornings([person for person, how in wanted.items() if how is How.DAILY], at)
    # What asks for something is a post of its own and no answer: of the post itself it is asked when it is sent.
    deaf = notices.muters(row.thread_id) if row.thread_id is not None else set()
    for person, how in wanted.items():
        if person != row.author_id and person not in deaf and floors[person] <= row.position:
            yield _mailing(
                person, "post", row.passage_id, row.message_id, how, at, row.thread_id, words, mornings
            )


def forget_spread(*, at: datetime) -> int:
    """What was told to everybody some time ago is looked at no more. Answers how many rows went."""
    return Fanout.objects.filter(done_at__lt=at - KEPT).delete()[0]


def _requests(begins: datetime, ends: datetime, at: datetime) -> Iterable[Mailing]:
    rows = approvals.asked_between(begins, ends)
    wanted = hows({person for _request, _message, person in rows}, What.APPROVALS) if rows else {}
    known = _known(wanted, "request", [request for request, _message, _person in rows])
    for request, message, person in rows:
        if person in wanted and (person, request) not in known:
            yield _mailing(person, "request", request, message, wanted[person], at)


def _notices(begins: datetime, ends: datetime, at: datetime) -> Iterable[Mailing]:
    rows = notices.told_between(begins, ends)
    wanted = hows({person for _notice, person in rows}, What.NOTICES) if rows else {}
    known = _known(wanted, "notice", [notice for notice, _person in rows])
    for notice, person in rows:
        if person in wanted and (person, notice) not in known:
            yield _mailing(person, "notice", notice, None, wanted[person], at)


def _known(persons: Iterable[int], kind: str, about: list[int]) -> set[tuple[int, int]]:
    rows = Mailing.objects.filter(kind=kind, about_id__in=about, person__in=list(persons))
    return set(rows.values_list("person_id", "about_id")) if about else set()


def _mailing(
    person: int,
    kind: str,
    about: int,
    message: int | None,
    how: How,
    at: datetime,
    thread: int | None = None,
    words: dict[str, str] | None = None,
    mornings: Mapping[int, datetime] | None = None,
) -> Mailing:
    is_daily = how is How.DAILY
    return Mailing(
        id=new_id(at),
        person_id=person,
        kind=kind,
        about_id=about,
        message_id=message,
        thread_id=thread,
        words=words or {},
        is_daily=is_daily,
        due_at=((mornings or {}).get(person) or next_morning(person, at)) if is_daily else at,
    )


def next_morning(person_id: int, at: datetime) -> datetime:
    """Seven o'clock where the person is, after ``at``."""
    return _mornings([person_id], at).get(person_id) or _morning("UTC", at)


def _mornings(persons: Collection[int], at: datetime) -> dict[int, datetime]:
    """The same for many, in one statement."""
    if not persons:
        return {}
    rows = Person.objects.filter(pk__in=persons).values_list("pk", "time_zone")
    return {person: _morning(zone, at) for person, zone in rows}


def _morning(name: str, at: datetime) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    here = at.astimezone(zone)
    day = here.date() if here.time() < AT_MORNING else here.date() + timedelta(days=1)
    return datetime.combine(day, AT_MORNING, zone)
