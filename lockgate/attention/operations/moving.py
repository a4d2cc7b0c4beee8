"""A thread is moved, and those who follow or muted it and hear it there follow it on, or hear as little of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lockgate.attention.models import Follow
from lockgate.conversations import operations as talk
from lockgate.notices import operations as notices
from lockgate.notices import queries as told
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def move_thread(*, by: Person, at: datetime, passage_id: int, to: str) -> int:
    """As ``conversations.operations.move_thread``, which says what it answers and raises; follows and mutes go along.

    Whoever does not sit in the other space follows what stands here no more, as when it is taken back: their row stays
    as it is, so that nothing of theirs tells one from the other, and leads nowhere.
    """

    def carry(numbers: Mapping[int, int], audience_id: int) -> None:
        before, after = passage_id, numbers[passage_id]
        follows = Follow.objects.filter(kind="thread", key=str(before))
        following = set(follows.values_list("person_id", flat=True))
        concerned = following | told.muters(before)
        hears = {person for _room, person in spaces.sitting(concerned, {audience_id}, at)}
        follows.filter(person__in=hears).update(key=str(after))
        notices.carry_mutes(before=before, after=after, persons=hears)

    return talk.move_thread(by=by, at=at, passage_id=passage_id, to=to, alongside=carry)
