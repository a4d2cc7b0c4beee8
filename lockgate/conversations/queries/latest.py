"""What was said last in each of several rooms, answers counted: for lists of talks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max

from lockgate.base.rows import fetched
from lockgate.conversations.types import Latest
from lockgate.gateway.models import Passage
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

_THREADS = 20
_MOST_RANGES = 400

# One range of the index of feeds for each room: however much was said there, so many entries of it are read.
_NEWEST = (
    "SELECT * FROM (SELECT audience_id, position, id FROM gateway_passage"  # noqa: S608 (only placeholders and a number of ours)
    " WHERE audience_id = %s AND position >= %s AND position IS NOT NULL AND thread_id IS NULL"
    f" ORDER BY position DESC LIMIT {_THREADS}) AS newest"
)


def latest(viewer: Person, audiences: Collection[int], at: datetime) -> dict[int, Latest]:
    """For each of these audiences that ``viewer`` hears, what was said last of what they hear there; a room in which
    they hear nothing is left out. An answer counts if its post is among the newest of its room."""
    heard = spaces.audible(viewer, at)
    floors = [(one, heard[one]) for one in sorted(set(audiences)) if one in heard]
    found: dict[int, Latest] = {}
    rooms: dict[int, int] = {}
    for first in range(0, len(floors), _MOST_RANGES):
        some = floors[first : first + _MOST_RANGES]
        question = " UNION ALL ".join([_NEWEST] * len(some))
        for audience, position, number in fetched(question, [value for pair in some for value in pair]):
            rooms[number] = audience
            if audience not in found or found[audience].position < position:
                found[audience] = Latest(position, number, number)
    for thread, position, number in _last_answers(rooms):
        if found[rooms[thread]].position < position:
            found[rooms[thread]] = Latest(position, number, thread)
    return found


def _last_answers(threads: Collection[int]) -> list[tuple[int, int, int]]:
    """(post, position, answer) of the last delivered answer to each of these posts that has one."""
    if not threads:
        return []
    answers = Passage.objects.filter(thread_id__in=list(threads), position__isnull=False)
    newest = [last for _thread, last in answers.values_list("thread_id").annotate(Max("position"))]
    rows = answers.filter(position__in=newest).values_list("thread_id", "position", "pk")
    return [(thread or 0, position or 0, number) for thread, position, number in rows]
