"""What is held in a sealed box: nobody is asked, and nobody can read it, before the deadline; then it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from lockgate.approvals import queries as approvals
from lockgate.base.refusal import NotFound
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import ask_for_opened, revise, sign_off, submit
from lockgate.gateway.refusals import NotRevisable
from lockgate.gateway.types import Submitted
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import clear_room, open_lane, open_space, seal_submissions, seat
from tests.fixtures import Cast

pytestmark = pytest.mark.django_db

HELD = "For internal use only: our price list of next year comes in March."
DAY = timedelta(days=1)


@dataclass
class Bid:
    sent: Submitted
    box: Audience


@pytest.fixture
def bid(cast: Cast, at: datetime) -> Bid:
    open_space(by=cast.author, at=at, slug="castings", name="Castings", kind="deal", ceiling=2)  # type: ignore[arg-type]  # as stored
    lane = open_lane(by=cast.author, at=at, slug="castings", firm=cast.guest.firm, ceiling=2)
    seat(by=cast.author, at=at, person=cast.guest, audience_id=lane.pk, role="guest")
    (box,) = seal_submissions(by=cast.author, at=at, slug="castings", until=at + DAY)
    sent = submit(by=cast.guest, at=at, body=HELD, marking=1, places=[box.key])
    assert sent.passages[0].state == "held"
    return Bid(sent, box)


def test_before_the_deadline_nobody_is_asked_and_nobody_reads(cast: Cast, at: datetime, bid: Bid) -> None:
    assert approvals.of_passage(bid.sent.passages[0].passage_id, at) == []
    for person in cast.persons.values():
        if person.pk != cast.guest.pk:
            assert not [
                one for one in approvals.waiting_for(person, at) if one.message_id == bid.sent.message_id
            ]
            with pytest.raises(NotFound):
                gate.message(person, bid.sent.message_id, at)
    revise(by=cast.guest, at=at, message_id=bid.sent.message_id, body=HELD + " So be it.", marking=1)
    assert ask_for_opened(at=at) == 0
    assert approvals.of_passage(bid.sent.passages[0].passage_id, at) == []


def test_after_the_deadline_its_desk_signs_and_the_buyers_read(cast: Cast, at: datetime, bid: Bid) -> None:
    opened = at + DAY
    assert ask_for_opened(at=opened) == 1
    assert ask_for_opened(at=opened) == 0
    passage = Passage.objects.get(pk=bid.sent.passages[0].passage_id)
    assert passage.state == "held"
    asked = approvals.of_passage(passage.pk, opened)
    assert asked
    for one in asked:
        signer = next(p for p in cast.persons.values() if p.name == one.waits_for[0])
        sign_off(request_id=one.request_id, by=signer, decision="approve", word="In order.", at=opened)
    key = conversations.one(cast.author, passage.pk, opened)
    assert key.passage_id == passage.pk


def test_whose_room_was_cleared_has_nothing_delivered(cast: Cast, at: datetime, bid: Bid) -> None:
    clear_room(by=cast.author, at=at + timedelta(hours=1), slug="castings", why="We stop.")
    ask_for_opened(at=at + DAY)
    assert Passage.objects.get(pk=bid.sent.passages[0].passage_id).state == "refused"


def test_after_the_deadline_nothing_that_waits_is_changed(cast: Cast, at: datetime, bid: Bid) -> None:
    with pytest.raises(NotRevisable):
        revise(by=cast.guest, at=at + DAY, message_id=bid.sent.message_id, body="Cheaper now.", marking=1)
