"""Telling those who are named, once it is delivered and only if they hear it then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lockgate.base.transactions import change
from lockgate.conversations import rules
from lockgate.conversations.models import GroupMention, Mention
from lockgate.conversations.queries.hearing import all_heard, delivered
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.people.queries import departments_by_slug, named_by_slug, of_department
from lockgate.spaces import queries as spaces

_SOME = 100
_WAITING = ("held", "returned", "scheduled")


def note_mentions(*, by: Person, at: datetime, passages: Iterable[int], body: str) -> None:
    """Put down who is named in these passages, whether they will hear it or not: that is asked when it is told. A name
    that is no person's may be a department's, or that of a space where ``by`` sits. Call it inside the transaction of
    the passages."""
    passages = list(passages)
    slugs = rules.mentioned(body)
    people = named_by_slug(slugs)
    named = [person for person, _name in people.values() if person != by.pk]
    Mention.objects.bulk_create(
        [Mention(passage_id=passage, person_id=person) for passage in passages for person in named],
        ignore_conflicts=True,
    )
    others = [slug for slug in slugs if slug not in people]
    if not others:
        return
    teams = departments_by_slug(others) if by.firm.is_house else {}
    rooms = [one for one in spaces.places_of(by, at, slugs=others) if not one.lane and one.slug not in teams]
    GroupMention.objects.bulk_create(
        [
            *(
                GroupMention(passage_id=passage, department_id=department)
                for passage in passages
                for department, _name in teams.values()
            ),
            *(
                GroupMention(passage_id=passage, audience_id=one.audience_id)
                for passage in passages
                for one in rooms
            ),
        ],
        ignore_conflicts=True,
    )


def tell_mentioned(*, at: datetime) -> int:
    """Tell some of those who were named in what has been delivered; answers how many lines were settled. Who does not
    hear the passage is told nothing, now or later. For the work process."""
    if not _waits():
        return 0
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
                    thread=passage.root_id,
                    at=at,
                )
        Mention.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=at)
        return len(rows) + _tell_groups(at)


def _waits() -> bool:
    """Asked before the transaction: there is one write lock on SQLite, and mostly nobody is named."""
    waiting = (model.objects.filter(settled_at__isnull=True) for model in (Mention, GroupMention))
    return any(rows.exclude(passage__state__in=_WAITING).exists() for rows in waiting)


def _tell_groups(at: datetime) -> int:
    rows = list(
        GroupMention.objects.filter(settled_at__isnull=True)
        .exclude(passage__state__in=_WAITING)
        .select_related("department")
        .order_by("pk")[:_SOME]
    )
    for row in rows:
        passage = delivered(row.passage_id)
        if passage is None:
            continue
        if row.department is not None:
            named = of_department(row.department.pk)
        else:
            named = set(
                spaces.seats_at(at).filter(audience=row.audience_id).values_list("person_id", flat=True)
            )
        # Of those who are meant, who hears it: naming a group opens the room to none of them.
        hears = set(spaces.hearing(passage.audience_id, passage.position, at))
        alone = set(Mention.objects.filter(passage=row.passage_id).values_list("person_id", flat=True))
        tell(
            sorted((named & hears) - alone - {passage.author_id}),
            "mentioned-group",
            words={"who": passage.author_name, "place": passage.place_name},
            message_id=passage.message_id,
            thread=passage.root_id,
            at=at,
        )
    GroupMention.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=at)
    return len(rows)
