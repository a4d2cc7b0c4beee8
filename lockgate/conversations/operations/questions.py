"""Questions: the answer that helped is accepted by who asked, or by who tends the room."""

from __future__ import annotations

from datetime import datetime

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Acceptance, Question
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.types import Heard
from lockgate.gateway.operations import redraw
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def accept(*, by: Person, at: datetime, answer_id: int) -> int:
    """This answer answers its question, and no other does; answers the question's passage. Raises NotFound where ``by``
    does not hear it, it answers no question, or ``by`` neither asked nor tends the room."""
    with change():
        answer, question = _pair(by, answer_id, at)
        found = Acceptance.objects.select_for_update().filter(question=question.passage_id).first()
        if found is not None and found.answer_id == answer.passage_id:
            return question.passage_id
        if found is not None:
            before = heard_or_none(by, found.answer_id, at)
            found.delete()
            if before is not None:
                _redraw(before, at)
        Acceptance.objects.create(question_id=question.passage_id, answer_id=answer.passage_id, by=by, at=at)
        _record(answer, question, by, at, events.ANSWER_ACCEPTED)
        _redraw(answer, at)
        _redraw(question, at)
        if answer.author_id != by.pk:
            words = {"who": by.name, "place": answer.place_name}
            tell(
                [answer.author_id],
                "accepted",
                words=words,
                message_id=answer.message_id,
                thread=question.passage_id,
                at=at,
            )
    return question.passage_id


def withdraw_acceptance(*, by: Person, at: datetime, answer_id: int) -> int:
    """It was not the answer after all: the question is open again. Raises NotFound as ``accept`` does."""
    with change():
        answer, question = _pair(by, answer_id, at)
        if Acceptance.objects.filter(question=question.passage_id, answer=answer.passage_id).delete()[0]:
            _record(answer, question, by, at, events.ACCEPTANCE_WITHDRAWN)
            _redraw(answer, at)
            _redraw(question, at)
    return question.passage_id


def heard_or_none(by: Person, passage_id: int, at: datetime) -> Heard | None:
    try:
        return heard(by, passage_id, at)
    except NotFound:
        return None


def _pair(by: Person, answer_id: int, at: datetime) -> tuple[Heard, Heard]:
    answer = heard(by, answer_id, at)
    if answer.thread_id is None:
        raise NotFound
    question = heard(by, answer.thread_id, at)
    if not Question.objects.filter(pk=question.passage_id).exists():
        raise NotFound
    role = spaces.role_in(by, question.audience_id, at)
    if not rules.may_accept(is_asker=question.author_id == by.pk, role=role):
        raise NotFound
    return answer, question


def _redraw(passage: Heard, at: datetime) -> None:
    redraw(passage_id=passage.passage_id, audience_id=passage.audience_id, thread_id=passage.thread_id, at=at)


def _record(answer: Heard, question: Heard, by: Person, at: datetime, action: str) -> None:
    record([Fact(action, f"x:{answer.passage_id}", by.pseudonym, at, parent=f"x:{question.passage_id}")])
