"""Telling those who are named, once it is delivered and only if they hear it then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lockgate.base.transactions import change
from lockgate.conversations import rules
from lockgate.conversations.models import Mention
from lockgate.conversations.queries.hearing import all_heard
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.people.queries import named_by_slug

_SOME = 100
_WAITING = ("held", "returned", "scheduled")


def note_mentions(*, by: Person, passages: Iterable[int], body: str) -> None:
    """Put down who is named in these passages, whether they will hear it or not: that is asked when it is told. Call it
    inside the transaction of the passages."""
    named = [person for person, _name in named_by_slug(rules.mentioned(body)).values() if person != by.pk]
    Mention.objects.bulk_create(
        [Mention(passage_id=passage, person_id=person) for passage in passages for person in named],
        ignore_conflicts=True,
    )


def tell_mentioned(*, at: datetime) -> int:
    """Tell some of those who were named in what has been delivered; answers how many lines were settled. Who does not
    hear the passage is told nothing, now or later. For the work process."""
    with change():
        rows = list(
            Mention.objects.filter(settled_at__isnull=True)
            .exclude(passage__state__in=_WAITING)
            .select_related("person")
            .order_by("pk")[:_SOME]
        )
        for row in rows:
            # Asked for each, now: a mention never lets anybody hear what they would not hear without it.
            for passage in all_heard(row.person, [row.passage_id], at):
                tell(
                    [row.person_id],
                    "mentioned",
                    words={"who": passage.author_name, "place": passage.place_name},
                    message_id=passage.message_id,
                    at=at,
                )
        Mention.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=at)
    return len(rows)
