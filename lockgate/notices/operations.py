"""Tell persons, and wake open pages. Both are written in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.base.ids import floor_id, new_id
from lockgate.base.refusal import BadInput
from lockgate.base.rows import execute, insert, stored
from lockgate.base.transactions import after_commit, change, is_postgresql
from lockgate.notices.models import Happening, MutedThread, Notice, Quiet, SeenUpTo
from lockgate.notices.queries import muters
from lockgate.notices.rules import MOST_DAYS
from lockgate.notices.types import MOST_COUNTED, QuietHours
from lockgate.notices.wake import wake

CHANNEL = "lockgate_live"
SEATS = "seats"
UNSETTLED = timedelta(minutes=1)


def announce(happened: Sequence[tuple[int, int, str]], *, at: datetime) -> None:
    """Wake whoever sits in an audience: (audience id, passage id, kind) for each happening.

    Call it inside the transaction of the change. Nobody is woken before the commit: PostgreSQL holds a NOTIFY
    back until then, and on SQLite the datagram is sent after it.
    """
    if not happened:
        return
    rows = [(new_id(at), audience, passage, kind, stored(at)) for audience, passage, kind in happened]
    if is_postgresql():
        # The wake-up rides on the row, and PostgreSQL holds it back until the commit.
        execute(
            "INSERT INTO notices_happening (id, audience_id, passage_id, kind, at) VALUES "  # noqa: S608 (only placeholders vary)
            + ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
            + f" RETURNING pg_notify('{CHANNEL}', concat_ws(' ', id, audience_id, passage_id, kind))",
            [value for row in rows for value in row],
        )
        return
    insert("notices_happening", ("id", "audience_id", "passage_id", "kind", "at"), rows)
    payloads = [f"{number} {audience} {passage} {kind}" for number, audience, passage, kind, _at in rows]

    def wake_all() -> None:
        for payload in payloads:
            wake(payload)

    after_commit(wake_all)


def wake_streams() -> None:
    """Have the streams look at once whose seat has ended, after the commit of the surrounding transaction. They
    look each
    second without it."""
    if is_postgresql():
        execute("SELECT pg_notify(%s, %s)", [CHANNEL, SEATS])
        return
    after_commit(lambda: wake(SEATS))


def tell(
    persons: Iterable[int],
    kind: str,
    *,
    words: Mapping[str, str],
    message_id: int | None,
    at: datetime,
    thread: int | None = None,
) -> None:
    """Put a notice of ``kind`` before each person (ids); ``words`` fill the sentence that the page shows.

    ``thread`` is the post that its thread hangs on: who muted it is not told. What is asked of somebody as a duty (to
    sign, to confirm an announcement) is told without, and so to everybody."""
    if thread is not None:
        deaf = muters(thread)
        persons = [one for one in persons if one not in deaf]
    Notice.objects.bulk_create(
        [
            Notice(
                id=new_id(at),
                person_id=person,
                kind=kind,
                message_id=message_id,
                thread_id=thread,
                words=dict(words),
                at=at,
            )
            for person in persons
        ]
    )


def mute_thread(*, by: int, at: datetime, thread: int) -> None:
    """``by`` (a person's id) is told nothing more of this thread; whoever calls this has asked whether they hear it."""
    with change():
        MutedThread.objects.get_or_create(person_id=by, thread_id=thread, defaults={"at": at})


def unmute_thread(*, by: int, thread: int) -> None:
    with change():
        MutedThread.objects.filter(person_id=by, thread_id=thread).delete()


def carry_mutes(*, before: int, after: int, persons: Iterable[int]) -> None:
    """A thread has another number now for these people (ids): it stays as muted for them as it was."""
    MutedThread.objects.filter(thread_id=before, person__in=list(persons)).update(thread_id=after)


def mark_seen(*, by: int, at: datetime) -> int:
    """Everything that ``by`` (a person's id) was told is seen; answers how many were not before, to a hundred.

    What is older than UNSETTLED is seen by a mark up to which all is. Ids are given before the commit, so below a
    younger mark a notice could still appear that nobody has seen: those few are marked one by one.
    """
    up_to = floor_id(at - UNSETTLED)
    unseen = Notice.objects.filter(person_id=by, seen_at__isnull=True)
    with change():
        before = SeenUpTo.objects.filter(person_id=by).values_list("notice_id", flat=True).first() or 0
        older = unseen.filter(pk__gt=before, pk__lte=up_to)[:MOST_COUNTED].count()
        if older:
            SeenUpTo.objects.update_or_create(person_id=by, defaults={"notice_id": up_to, "at": at})
        newer = unseen.filter(pk__gt=max(before, up_to)).update(seen_at=at)
    return min(MOST_COUNTED, older + newer)


def mark_one_seen(*, by: int, at: datetime, notice_id: int) -> None:
    """One thing that ``by`` (a person's id) was told is seen; nothing happens where it is not theirs, or was seen."""
    with change():
        Notice.objects.filter(pk=notice_id, person_id=by, seen_at__isnull=True).update(seen_at=at)


def forget_happenings(*, before: datetime) -> int:
    """The log of happenings is for waking, not for keeping; the archive keeps. Answers how many went."""
    return Happening.objects.filter(at__lt=before).delete()[0]


def keep_quiet(*, by: int, at: datetime, hours: QuietHours) -> None:
    """When ``by`` (a person's id) is not to be disturbed; without any, from now on never. Raises BadInput."""
    both = (hours.begins is None) == (hours.ends is None)
    times = [one for one in (hours.begins, hours.ends) if one is not None]
    if not both or not all(0 <= one < 1440 for one in times) or not hours.days <= set(range(7)):
        raise BadInput(_("Quiet hours have a beginning and an end."), _("Choose both times, or none."))
    if hours.until is not None and not at < hours.until <= at + timedelta(days=MOST_DAYS):
        raise BadInput(_("That time is past, or too far away."), _("Choose one within the next 60 days."))
    with change():
        Quiet.objects.update_or_create(
            person_id=by,
            defaults={
                "begins": hours.begins,
                "ends": hours.ends,
                "days": sum(1 << one for one in hours.days),
                "until": hours.until,
            },
        )
