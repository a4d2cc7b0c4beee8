"""From held to delivered: signatures, edits that void them, schedules, and a policy that changes in between."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.approvals.operations import AlreadyDecided, NoLongerAsked
from lockgate.approvals.queries import of_passage, waiting_for
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.channels.models import FeedEntry
from lockgate.demo.cast import Cast
from lockgate.gateway import queries
from lockgate.gateway.models import Message, Passage, Revision
from lockgate.gateway.operations import (
    deliver_next,
    escalate,
    recall,
    release_due,
    remind,
    revise,
    sign_off,
    submit,
)
from lockgate.gateway.refusals import NotRecallable, NotRevisable
from lockgate.notices.models import Notice
from lockgate.people.models import Person
from lockgate.policy.operations import propose, publish, review
from lockgate.spaces.operations import end_seat

HELD = "Our Valve 7 sealed for ten thousand cycles last night."
MINUTE = timedelta(minutes=1)


def held(cast: Cast, at: datetime, *places: str, deliver_at: datetime | None = None) -> tuple[int, list[int]]:
    """A message that waits at each of ``places``: (message id, passage ids)."""
    sent = submit(
        by=cast.author,
        at=at,
        body=HELD,
        marking=Marking.PUBLIC,
        places=places or ("channel:feed",),
        deliver_at=deliver_at,
    )
    assert {one.state for one in sent.passages} == {"held"}
    return sent.message_id, [one.passage_id for one in sent.passages]


def state_of(passage_id: int) -> str:
    return Passage.objects.get(pk=passage_id).state


def sign_all(passage_id: int, by: Person, at: datetime, decision: str = "approve") -> None:
    for request in of_passage(passage_id, at):
        if request.is_open:
            sign_off(request_id=request.request_id, by=by, decision=decision, word="Checked.", at=at)


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("id").values_list("kind", flat=True))


def test_the_last_signature_sends_it_on_and_the_feed_carries_it(cast: Cast, at: datetime) -> None:
    _message, (passage,) = held(cast, at)
    sign_all(passage, cast.approver, at + MINUTE)
    assert state_of(passage) == "queued"
    assert deliver_next(at=at + 2 * MINUTE) > 0
    assert state_of(passage) == "delivered"
    assert FeedEntry.objects.count() == 1
    assert told(cast.author) == ["signed", "delivered"]


def test_only_who_was_asked_may_sign_and_never_the_author(cast: Cast, at: datetime) -> None:
    _message, (passage,) = held(cast, at)
    (request,) = of_passage(passage, at)
    for nobody in (cast.author, cast.colleague, cast.stranger, cast.guest, cast.administrator):
        with pytest.raises(NotFound):
            sign_off(request_id=request.request_id, by=nobody, decision="approve", word="Fine.", at=at)
    with pytest.raises(BadInput):
        sign_off(request_id=request.request_id, by=cast.approver, decision="approve", word=" ", at=at)
    sign_off(request_id=request.request_id, by=cast.deputy, decision="approve", word="Fine.", at=at)
    with pytest.raises(AlreadyDecided, match="Marc Olsen"):
        sign_off(request_id=request.request_id, by=cast.approver, decision="reject", word="No.", at=at)
    assert state_of(passage) == "queued"


@pytest.mark.parametrize(
    ("decision", "state", "notice"),
    [("change", "returned", "change-asked"), ("reject", "rejected", "rejected")],
)
def test_a_no_goes_back_to_the_author_with_its_word(
    cast: Cast, at: datetime, decision: str, state: str, notice: str
) -> None:
    message, (passage,) = held(cast, at)
    sign_all(passage, cast.approver, at + MINUTE, decision)
    assert state_of(passage) == state
    assert told(cast.author) == [notice]
    seen = queries.message(cast.author, message, at + MINUTE)
    assert seen.passages[0].last_word == "Checked."


def test_any_edit_voids_the_signatures(cast: Cast, at: datetime) -> None:
    message, passages = held(cast, at, "channel:feed", "channel:blog")
    first = of_passage(passages[0], at)[0]
    revise(by=cast.author, at=at + MINUTE, message_id=message, body=HELD + " Proud.", marking=Marking.PUBLIC)
    with pytest.raises(NoLongerAsked):
        sign_off(
            request_id=first.request_id, by=cast.approver, decision="approve", word="Fine.", at=at + MINUTE
        )
    assert [state_of(one) for one in passages] == ["held", "held"]
    open_now = [one for one in of_passage(passages[0], at + MINUTE) if one.is_open]
    assert len(open_now) == 1
    assert (
        open_now[0].content_hash == bytes(Message.objects.get(pk=message).content_hash) != first.content_hash
    )
    assert Revision.objects.get().body == HELD
    sign_all(passages[0], cast.approver, at + 2 * MINUTE)
    assert state_of(passages[0]) == "queued"


def test_harmless_words_after_an_edit_go_without_a_signature(cast: Cast, at: datetime) -> None:
    message, (passage,) = held(cast, at)
    revise(
        by=cast.author,
        at=at + MINUTE,
        message_id=message,
        body="We hire two apprentices in Toulouse.",
        marking=Marking.PUBLIC,
    )
    assert state_of(passage) == "queued"
    assert waiting_for(cast.approver, at + MINUTE) == []


def test_what_went_out_is_not_rewritten(cast: Cast, at: datetime) -> None:
    message, (passage,) = held(cast, at)
    sign_all(passage, cast.approver, at)
    with pytest.raises(NotRevisable):
        revise(by=cast.author, at=at, message_id=message, body="Other words.", marking=Marking.PUBLIC)
    with pytest.raises(NotFound):
        revise(by=cast.colleague, at=at, message_id=message, body="Other words.", marking=Marking.PUBLIC)


def test_what_waits_can_be_said_anew_while_what_went_out_keeps_its_words(cast: Cast, at: datetime) -> None:
    sent = submit(
        by=cast.author, at=at, body=HELD, marking=Marking.PUBLIC, places=["space:valve-7", "channel:feed"]
    )
    inside, outside = (one.passage_id for one in sent.passages)
    sign_all(outside, cast.approver, at + MINUTE, "change")
    anew = revise(
        by=cast.author,
        at=at + 2 * MINUTE,
        message_id=sent.message_id,
        body="We hire two apprentices in Toulouse.",
        marking=Marking.PUBLIC,
    )
    assert anew.id != sent.message_id
    assert [(one.place, one.state) for one in anew.passages] == [("channel:feed", "queued")]
    assert (state_of(inside), state_of(outside)) == ("delivered", "recalled")
    assert Message.objects.get(pk=sent.message_id).body == HELD


def test_a_channel_manager_sees_what_is_stuck_and_no_other_employee_does(cast: Cast, at: datetime) -> None:
    body = "Our apprentices start in September."
    sent = submit(by=cast.author, at=at, body=body, marking=Marking.PUBLIC, places=["channel:feed"])
    assert queries.message(cast.approver, sent.message_id, at).body == body
    for nobody in (cast.stranger, cast.guest, cast.colleague):
        with pytest.raises(NotFound):
            queries.message(nobody, sent.message_id, at)


def test_a_schedule_is_kept_after_the_signature(cast: Cast, at: datetime) -> None:
    later = at + timedelta(days=1)
    _message, (passage,) = held(cast, at, deliver_at=later)
    sign_all(passage, cast.approver, at + MINUTE)
    assert state_of(passage) == "scheduled"
    assert release_due(at=later - MINUTE) == 0
    assert release_due(at=later) == 1
    assert state_of(passage) == "queued"


def test_a_policy_published_in_between_asks_again(cast: Cast, at: datetime) -> None:
    later = at + timedelta(days=1)
    _message, (passage,) = held(cast, at, deliver_at=later)
    sign_all(passage, cast.approver, at + MINUTE)
    source = """
pack: night-shift
title: Night shift
rules:
  - id: cycles
    kind: term
    title: Cycles
    why: Cycle counts are looked at twice.
    mend: Leave the count out.
    desk: compliance
    outcome: {outside: hold}
    terms: [ten thousand cycles]
    examples:
      match: ["It did ten thousand cycles."]
      pass: ["It did well."]
"""
    version = propose(by=cast.policy_author, at=at + MINUTE, source=source)
    review(by=cast.supervisor, at=at + MINUTE, version_id=version.pk)
    publish(by=cast.policy_author, at=at + MINUTE, version_id=version.pk)
    assert release_due(at=later) == 1
    assert state_of(passage) == "held"
    assert {one.desk for one in of_passage(passage, later) if one.is_open} >= {"compliance"}
    assert "asked-again" in told(cast.author)


def test_who_was_cleared_from_a_room_speaks_there_no_more_by_a_schedule(cast: Cast, at: datetime) -> None:
    later = at + timedelta(hours=2)
    sent = submit(
        by=cast.guest,
        at=at,
        body="We shall send the list tomorrow.",
        marking=Marking.INTERNAL,
        places=["space:resellers-dach"],
        deliver_at=later,
    )
    end_seat(
        by=cast.guest, at=at + MINUTE, person=cast.guest, audience_id=cast.audiences["resellers-dach"].pk
    )
    release_due(at=later)
    assert state_of(sent.passages[0].passage_id) == "refused"


def test_escalation_moves_the_question_and_tells_both(cast: Cast, at: datetime) -> None:
    _message, (passage,) = held(cast, at)
    (request,) = of_passage(passage, at)
    escalate(request_id=request.request_id, by=cast.approver, to=cast.chief, word="Your call.", at=at)
    assert told(cast.chief) == ["asked"]
    assert told(cast.author) == ["escalated"]
    sign_off(request_id=request.request_id, by=cast.chief, decision="approve", word="Yes.", at=at + MINUTE)
    assert state_of(passage) == "queued"


def test_late_is_told_and_never_expires(cast: Cast, at: datetime) -> None:
    _message, (passage,) = held(cast, at)
    assert remind(at=at + timedelta(days=9)) >= 1
    assert "late" in told(cast.author)
    assert "overdue" in told(cast.approver)
    sign_all(passage, cast.approver, at + timedelta(days=10))
    assert state_of(passage) == "queued"
    assert "signed-late" in told(cast.author)


def test_recall_inside_is_at_once_and_outside_when_it_is_seen_to_be_gone(cast: Cast, at: datetime) -> None:
    sent = submit(
        by=cast.author,
        at=at,
        body="Our apprentices start in September.",
        marking=Marking.PUBLIC,
        places=["space:valve-7", "channel:feed"],
    )
    inside, outside = (one.passage_id for one in sent.passages)
    deliver_next(at=at + MINUTE)
    assert (state_of(inside), state_of(outside)) == ("delivered", "delivered")
    with pytest.raises(NotFound):
        recall(by=cast.stranger, at=at + MINUTE, passage_id=inside, why="Because.")
    with pytest.raises(BadInput):
        recall(by=cast.author, at=at + MINUTE, passage_id=inside, why=" ")
    assert recall(by=cast.author, at=at + MINUTE, passage_id=inside, why="Wrong month.") == "recalled"
    assert recall(by=cast.author, at=at + MINUTE, passage_id=outside, why="Wrong month.") == "recalling"
    assert deliver_next(at=at + 2 * MINUTE) > 0
    assert state_of(outside) == "recalled"
    with pytest.raises(NotRecallable):
        recall(by=cast.author, at=at + 3 * MINUTE, passage_id=inside, why="Again.")


def test_what_waits_is_seen_by_its_author_and_its_signers_alone(cast: Cast, at: datetime) -> None:
    message, _passages = held(cast, at)
    assert queries.message(cast.author, message, at).is_mine
    assert not queries.message(cast.approver, message, at).is_mine
    for nobody in (cast.colleague, cast.stranger, cast.guest, cast.administrator, cast.chief):
        with pytest.raises(NotFound):
            queries.message(nobody, message, at)
    assert [one[0] for one in queries.waiting_of(cast.author, at)] == [message]
    assert queries.waiting_of(cast.colleague, at) == []
