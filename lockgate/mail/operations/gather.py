"""Gather: what happened since the last look becomes rows of the outbox, for each person who wants to hear of it.

Looked at from behind by a minute each time, because what was committed late bears an earlier id; a thing is mailed to
a person once, which the database holds to. Rights are asked here only to write no needless rows: what counts is asked
again at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lockgate.approvals import queries as approvals
from lockgate.base.ids import new_id
from lockgate.base.transactions import change
from lockgate.gateway import queries as gate
from lockgate.gateway.types import Heard
from lockgate.mail.models import Gathered, Mailing
from lockgate.mail.queries import hows, is_configured
from lockgate.mail.types import How, What
from lockgate.notices import queries as notices
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)
AT_MORNING = time(7, 0)
_ROWS = 500


def gather(*, at: datetime) -> bool:
    """Write the letters that are due from what happened until ``at``; answers whether there is more to look at. Does
    nothing where no mail server is named; what happened before one was is never mailed."""
    if not is_configured():
        return False
    with change():
        kept, is_first = Gathered.objects.get_or_create(id=1, defaults={"since": at, "until": at})
        if is_first:
            return False
        # After a long silence the past is taken in strides, so that no transaction grows with it.
        begins, ends = max(kept.until - LATE, kept.since), min(at, kept.until + STRIDE)
        made = [*_posts(begins, ends, at), *_requests(begins, ends, at), *_notices(begins, ends, at)]
        Mailing.objects.bulk_create(made, batch_size=_ROWS, ignore_conflicts=True)
        # What was written in this very millisecond is looked at once more: a span ends before its end.
        kept.until = ends
        kept.save()
    return ends < at


def _posts(begins: datetime, ends: datetime, at: datetime) -> Iterable[Mailing]:
    happened = {(passage, kind) for _audience, passage, kind in notices.happened_between(begins, ends)}
    by_audience: dict[int, list[Heard]] = {}
    for one in gate.heard_of(happened, begins):
        by_audience.setdefault(one.audience_id, []).append(one)
    for audience, heard in by_audience.items():
        floors = dict(spaces.seats_at(at).filter(audience_id=audience).values_list("person_id", "hears_from"))
        wanted = hows(floors, What.POSTS, audience)
        known = _known(wanted, "post", [one.passage_id for one in heard])
        for one in heard:
            for person, how in wanted.items():
                if person == one.author_id or floors[person] > one.position:
                    continue
                if (person, one.passage_id) not in known:
                    words = {"thread_message": str(one.thread_message_id)} if one.thread_message_id else {}
                    yield _mailing(
                        person, "post", one.passage_id, one.message_id, how, at, one.thread_id, words
                    )


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
        due_at=next_morning(person, at) if is_daily else at,
    )


def next_morning(person_id: int, at: datetime) -> datetime:
    """Seven o'clock where the person is, after ``at``."""
    name = Person.objects.filter(pk=person_id).values_list("time_zone", flat=True).first() or "UTC"
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    here = at.astimezone(zone)
    day = here.date() if here.time() < AT_MORNING else here.date() + timedelta(days=1)
    return datetime.combine(day, AT_MORNING, zone)
