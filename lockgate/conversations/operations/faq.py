"""The FAQ of a room: questions whose accepted answer stands there, and no second copy of either."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Acceptance, FaqEntry, Question
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.refusals import NoAnswerYet
from lockgate.conversations.types import Heard
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def put_into_faq(*, by: Person, at: datetime, question_id: int) -> None:
    """It stands in the FAQ of its room from now on. Raises NotFound where ``by`` does not hear it, it is no question,
    or they do not tend the room; NoAnswerYet while no answer is accepted."""
    with change():
        passage = _tended(by, question_id, at)
        if not Acceptance.objects.filter(
            question=passage.passage_id, answer__position__isnull=False
        ).exists():
            raise NoAnswerYet(
                _("No answer is accepted yet."), _("Accept the answer that helped, then again.")
            )
        _entry, is_new = FaqEntry.objects.get_or_create(
            question_id=passage.passage_id,
            defaults={"audience_id": passage.audience_id, "by": by, "at": at},
        )
        if is_new:
            record([_fact(passage, events.QUESTION_IN_FAQ, by, at)])


def take_out_of_faq(*, by: Person, at: datetime, question_id: int) -> None:
    """No longer in the FAQ. Raises NotFound as ``put_into_faq`` does."""
    with change():
        passage = _tended(by, question_id, at)
        if FaqEntry.objects.filter(pk=passage.passage_id).delete()[0]:
            record([_fact(passage, events.QUESTION_OUT_OF_FAQ, by, at)])


def _tended(by: Person, question_id: int, at: datetime) -> Heard:
    passage = heard(by, question_id, at)
    tends = rules.tends(spaces.role_in(by, passage.audience_id, at))
    if not tends or not Question.objects.filter(pk=passage.passage_id).exists():
        raise NotFound
    return passage


def _fact(passage: Heard, action: str, by: Person, at: datetime) -> Fact:
    return Fact(action, f"x:{passage.passage_id}", by.pseudonym, at, parent=f"m:{passage.message_id}")
