"""Gather: what was said in talks since the last look becomes texts for those in them who have a number.

Looked at from behind by a minute each time, because what was committed late bears an earlier id; a thing is texted to
a person once, which the database holds to. What counts is asked again at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lockgate.base.ids import id_time, new_id
from lockgate.base.transactions import change
from lockgate.gateway import queries as gate
from lockgate.notices import queries as notices
from lockgate.sms.models import Looked, Number, Texting
from lockgate.sms.queries import is_configured
from lockgate.spaces import queries as spaces

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)
NEWS = timedelta(days=1)
NOTED_EVERY = timedelta(seconds=30)
"""Where nothing is to be told, so often it is written how far was looked."""


def gather(*, at: datetime) -> bool:
    """Write the texts that are due from what happened until ``at``; answers whether there is more to look at. Where
    nobody has a number, nothing is written at all."""
    if not is_configured() or not Number.objects.filter(verified_at__isnull=False).exists():
        return False
    kept = Looked.objects.filter(id=1).values_list("until", flat=True).first()
    # What is older is no news on a phone: after a long silence the past is not walked through.
    since = max(kept or at, at - NEWS)
    begins, ends = since - LATE, min(at, since + STRIDE)
    # Read outside of the transaction: SQLite has one write lock, and posts wait for it.
    made = list(_texts(begins, ends, at))
    if made or kept is None or ends - kept >= NOTED_EVERY:
        with change():
            Texting.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
            Looked.objects.update_or_create(id=1, defaults={"until": ends})
    return ends < at


def _texts(begins: datetime, ends: datetime, at: datetime) -> Iterator[Texting]:
    happened = notices.happened_between(begins, ends)
    talks = spaces.talks_among({one.audience_id for one in happened})
    if not talks:
        return
    said = gate.heard_of({(one.passage_id, one.kind) for one in happened if one.audience_id in talks}, begins)
    # The same minute is looked at again and again.
    known = set(
        Texting.objects.filter(kind="post", about_id__in=[one.passage_id for one in said]).values_list(
            "person_id", "about_id"
        )
    )
    for one in said:
        sitting = spaces.seats_at(at).filter(audience_id=one.audience_id, hears_from__lte=one.position)
        numbers = Number.objects.filter(
            person__in=sitting.values("person"), verified_at__lte=id_time(one.position)
        )
        for person in numbers.exclude(person=one.author_id).values_list("person_id", flat=True):
            if (person, one.passage_id) not in known:
                yield Texting(
                    id=new_id(at), person_id=person, kind="post", about_id=one.passage_id, due_at=at
                )
