"""Recall: take words back. Inside at once; outside by asking the channel, and believing it only when it is seen to be gone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations.release import locked
from lockgate.gateway.permissions import may_recall
from lockgate.gateway.refusals import NotRecallable
from lockgate.notices.operations import announce
from lockgate.people.models import Person
from lockgate.publishing import operations as publishing
from lockgate.publishing import queries as deliveries
from lockgate.spaces import queries as spaces


def recall(*, by: Person, at: datetime, passage_id: int, why: str) -> str:
    """Take one passage back, for a reason; answers its new state ("recalled", or "recalling" until the channel shows it gone).

    The record stays: the words in the archive's sealed body, the fact of the recall in its log. Raises NotFound for who may
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
            if passage.state != State.DELIVERED:
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
        if passage.account_id is not None:
            delivery = deliveries.live_of(passage.pk)
            if delivery is None:
                raise NotRecallable(_("This is not out, so there is nothing to take back."))
            publishing.ask_recall(delivery_id=delivery, by=by, why=why, at=at)
            passage.state = State.RECALLING
            passage.save()
        else:
            _take_back_inside(passage, by, at, facts)
        record(facts)
    return passage.state


def _take_back_inside(passage: Passage, by: Person, at: datetime, facts: list[Fact]) -> None:
    passage.state = State.RECALLED
    passage.position = None
    passage.save()
    facts.append(
        Fact(events.PASSAGE_RECALLED, f"x:{passage.pk}", by.pseudonym, at, parent=f"m:{passage.message_id}")
    )
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
