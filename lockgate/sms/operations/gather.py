"""Gather: what was said in talks since the last look becomes texts for those in them who have a number.

Looked at from behind by a minute each time, because what was committed late bears an earlier id; a thing is texted to
a person once, which the database holds to. What counts is asked again at the moment of sending.
"""

from __future__ import annotations

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


def gather(*, at: datetime) -> bool:
    """Write the texts that are due from what happened until ``at``; answers whether there is more to look at. Where
    nobody has a number, nothing is written at all."""
    if not is_configured():
        return False
    rows_of_numbers = Number.objects.filter(verified_at__isnull=False).values_list("person_id", "verified_at")
    since = {person: verified for person, verified in rows_of_numbers if verified is not None}
    if not since:
        return False
    with change():
        kept, _is_first = Looked.objects.get_or_create(id=1, defaults={"until": at})
        begins, ends = kept.until - LATE, min(at, kept.until + STRIDE)
        happened = notices.happened_between(begins, ends)
        talks = spaces.talks_among({audience for audience, _passage, _kind in happened})
        rows = {(passage, kind) for audience, passage, kind in happened if audience in talks}
        heard = gate.heard_of(rows, begins) if rows else []
        sitting = spaces.sitting(list(since), {one.audience_id for one in heard}, at) if heard else set()
        made = [
            Texting(id=new_id(at), person_id=person, kind="post", about_id=one.passage_id, due_at=at)
            for one in heard
            for audience, person in sitting
            if audience == one.audience_id
            and person != one.author_id
            and id_time(one.position) >= since[person]
        ]
        Texting.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
        kept.until = ends
        kept.save()
    return ends < at
