"""Moving a thread: the words by the gate, and what is laid over them with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.refusal import NotFound
from lockgate.conversations.models import (
    Acceptance,
    Bookmark,
    FaqEntry,
    GroupMention,
    LinkPreview,
    Mention,
    Pin,
    Praise,
    Question,
    Reaction,
)
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.refusals import StaysInFaq
from lockgate.gateway import operations as gateway
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

# What follows here, and the topics, which are noted anew. Whatever else hangs on a passage keeps it where it is.
_CARRIED = frozenset(
    {
        "attention.Topic",
        *(
            model._meta.label
            for model in (
                Acceptance,
                Bookmark,
                GroupMention,
                LinkPreview,
                Mention,
                Pin,
                Praise,
                Question,
                Reaction,
            )
        ),
    }
)


Alongside = Callable[[Mapping[int, int], int], None]
"""Given {old passage: new} and the new audience."""


def move_thread(
    *, by: Person, at: datetime, passage_id: int, to: str, alongside: Alongside | None = None
) -> int:
    """Move a post with its answers, files and marks to another space; answers its new passage. Its address stays, for
    those who hear it there. What rooms above keep of it they carry ``alongside``, in the same transaction: people move
    threads by ``attention.operations.move_thread``. Raises what ``gateway.operations.move`` does, and StaysInFaq."""
    passage = heard(by, passage_id, at)
    if passage.is_public or passage.thread_id is not None:
        raise NotFound

    def carry(numbers: Mapping[int, int], audience_id: int) -> None:
        _carry(numbers, audience_id, at)
        if alongside is not None:
            alongside(numbers, audience_id)

    return gateway.move(by=by, at=at, passage_id=passage_id, to=to, carried=_CARRIED, alongside=carry)


def _carry(numbers: Mapping[int, int], audience_id: int, at: datetime) -> None:
    old = list(numbers)
    if FaqEntry.objects.filter(question__in=old).exists():
        raise StaysInFaq(
            _("This question stands in the FAQ of its space."), _("Take it out there first, then move it.")
        )
    Pin.objects.filter(passage__in=old).delete()
    # A name is told only to those who sit with its bearer.
    reacted = set(Reaction.objects.filter(passage__in=old).values_list("person_id", flat=True))
    sitting = {person for _room, person in spaces.sitting(reacted, {audience_id}, at)}
    Reaction.objects.filter(passage__in=old).exclude(person__in=sitting).delete()
    for before, after in numbers.items():
        for model in (Reaction, Bookmark, Mention, GroupMention, Praise, LinkPreview):
            model._default_manager.filter(passage=before).update(passage_id=after)
    for question in Question.objects.filter(passage__in=old):
        anew = Question.objects.create(passage_id=numbers[question.pk], audience_id=audience_id)
        accepted = Acceptance.objects.filter(question=question).first()
        question.delete()
        if accepted is not None and accepted.answer_id in numbers:
            Acceptance.objects.create(
                question=anew, answer_id=numbers[accepted.answer_id], by_id=accepted.by_id, at=accepted.at
            )
