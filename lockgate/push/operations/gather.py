"""Gather: what people were told since the last look becomes messages for their devices.

Looked at from behind by a minute each time, because what was committed late bears an earlier id; a device is told a
thing once, which the database holds to. What is written here is ids: rights are asked at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Min

from lockgate.approvals import queries as approvals
from lockgate.base.ids import id_time, new_id
from lockgate.base.transactions import change
from lockgate.notices import queries as notices
from lockgate.push import rules
from lockgate.push.models import Looked, Push, Subscription
from lockgate.push.queries import is_on

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)
NOTED_EVERY = timedelta(seconds=30)
_SOME = 500


def gather(*, at: datetime) -> bool:
    """Write the messages that are due from what happened until ``at``; answers whether there is more to look at. Where
    nothing is to be told, nothing is written but, now and then, how far was looked."""
    first: datetime | None = Subscription.objects.aggregate(first=Min("created_at"))["first"]
    if first is None or not is_on():
        return False
    kept = Looked.objects.filter(pk=1).values_list("until", flat=True).first()
    # Nothing is told that happened before anybody asked, nor what is too old to be sent.
    since = max(first, at - rules.TTL, kept or first)
    begins, ends = max(since - LATE, first), min(at, since + STRIDE)
    made = list(_pushes(begins, ends, at))
    if made or kept is None or ends - kept >= NOTED_EVERY:
        with change():
            for start in range(0, len(made), _SOME):
                Push.objects.bulk_create(made[start : start + _SOME], ignore_conflicts=True)
            Looked.objects.update_or_create(pk=1, defaults={"until": ends})
    return ends < at


def _pushes(begins: datetime, ends: datetime, at: datetime) -> Iterator[Push]:
    told = [("notice", number, person) for number, person in notices.told_between(begins, ends)]
    told += [
        ("request", number, person) for number, _message, person in approvals.asked_between(begins, ends)
    ]
    if not told:
        return
    devices: dict[int, list[Subscription]] = {}
    persons = sorted({person for _kind, _number, person in told})
    for start in range(0, len(persons), _SOME):
        for row in Subscription.objects.filter(person__in=persons[start : start + _SOME]):
            devices.setdefault(row.person_id, []).append(row)
    known = _known(devices, told)
    for kind, number, person in told:
        for one in devices.get(person, ()):
            if _is_wanted(one, kind, number) and (one.pk, kind, number) not in known:
                yield Push(id=new_id(at), subscription=one, kind=kind, about_id=number, due_at=at)


def _known(
    devices: dict[int, list[Subscription]], told: Sequence[tuple[str, int, int]]
) -> set[tuple[int, str, int]]:
    """What these devices were told already: the same minute is looked at again and again."""
    numbers = [one.pk for rows in devices.values() for one in rows]
    if not numbers:
        return set()
    rows = Push.objects.filter(about_id__gte=min(number for _kind, number, _person in told))
    return set(rows.values_list("subscription_id", "kind", "about_id"))


def _is_wanted(one: Subscription, kind: str, number: int) -> bool:
    if kind == "notice" and id_time(number) < one.created_at:
        return False
    if one.token_id is None:
        return True
    # An app knows notices alone, as mentions; each comes from where one sits, which is what one follows there.
    return kind == "notice" and one.policy != "none" and bool(one.alerts.get("mention"))
