"""Recall: take words back. Inside at once; outside by asking the channel, and believing it only when it is
seen to be gone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.approvals import operations as approvals
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.models import Boost, Passage, State
from lockgate.gateway.operations.release import locked
from lockgate.gateway.permissions import may_recall
from lockgate.gateway.refusals import NotRecallable
from lockgate.notices.operations import announce
from lockgate.people.models import Person
from lockgate.publishing import operations as publishing
from lockgate.publishing import queries as deliveries
from lockgate.publishing.types import DeliveryState
from lockgate.spaces import queries as spaces

_NOT_OUT = (State.HELD, State.RETURNED, State.SCHEDULED)


def recall(*, by: Person, at: datetime, passage_id: int, why: str) -> str:
    """Take one passage back, for a reason; answers its new state ("recalled", or "recalling" until the channel
    shows it gone).

    The record stays: the words in the archive's sealed body, the fact of the recall in its log. Raises
    NotFound for who may
    not see it, NotRecallable where it is not out.
    """
    why = why.strip()[:500]
    if not why:
        raise BadInput(_("Say in a few words why this is taken back."))
    with change():
        passage = locked(passage_id)
        if passage is None or not _knows_of(by, passage, at):
            raise NotFound
        if not may_recall(by, passage, at):
            if passage.state in (
                State.RECALLED,
                State.RECALLING,
                State.REFUSED,
                State.FAILED,
                State.REJECTED,
            ):
                raise NotRecallable(_("This is not out, so there is nothing to take back."))
            raise NotFound
        facts = [
            Fact(
                events.RECALL_ASKED,
                f"x:{passage.pk}",
                by.pseudonym,
                at,
                parent=f"m:{passage.message_id}",
                body=why.encode(),
            )
        ]
        passage.version += 1
        passage.last_word = why
        if passage.state in _NOT_OUT:
            approvals.void(passage_id=passage.pk, why=_("The author took it back."), at=at, by=by)
            passage.state = State.RECALLED
            passage.save()
            facts.append(_recalled(passage, by, at))
        elif passage.account_id is None:
            _take_back_inside(passage, by, at, facts)
        else:
            _ask_back(passage, by, why, at, facts)
        record(facts)
    return passage.state


def _ask_back(passage: Passage, by: Person, why: str, at: datetime, facts: list[Fact]) -> None:
    delivery = deliveries.of_passage(passage.pk)
    if delivery is None:
        raise NotRecallable(_("This is not out, so there is nothing to take back."))
    asked = publishing.ask_recall(delivery_id=delivery.delivery_id, by=by, why=why, at=at)
    if asked.state == DeliveryState.RECALLED:
        passage.state = State.RECALLED
        passage.position = None
        facts.append(_recalled(passage, by, at))
    elif passage.position is not None:
        passage.state = State.RECALLING
    # Otherwise it is just under way: the worker takes it back as soon as it knows what became of it.
    passage.save()


def _recalled(passage: Passage, by: Person, at: datetime) -> Fact:
    return Fact(
        events.PASSAGE_RECALLED, f"x:{passage.pk}", by.pseudonym, at, parent=f"m:{passage.message_id}"
    )


def _take_back_inside(passage: Passage, by: Person, at: datetime, facts: list[Fact]) -> None:
    passage.state = State.RECALLED
    passage.position = None
    passage.save()
    # Gone as a boost, too: it may be boosted there again.
    Boost.objects.filter(pk=passage.pk).delete()
    facts.append(_recalled(passage, by, at))
    if passage.thread_id is not None:
        Passage.objects.filter(pk=passage.thread_id).update(
            answers_count=F("answers_count") - 1, version=F("version") + 1
        )
        announce([(passage.audience_id, passage.thread_id, "answered")], at=at)
    else:
        announce([(passage.audience_id, passage.pk, "recalled")], at=at)


def _knows_of(by: Person, passage: Passage, at: datetime) -> bool:
    heard = spaces.audible(by, at)
    floor = heard.get(passage.audience_id)
    if passage.message.author_id == by.pk:
        return floor is not None or passage.account_id is not None
    return floor is not None and passage.position is not None and floor <= passage.position
