"""Deciding among the buyers: named votes with reasons, one decision, and no guest who hears of any of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.deals import queries, rules
from lockgate.deals.models import Decision, Vote
from lockgate.deals.operations import answer_all, call, clear, decide, vote
from lockgate.deals.refusals import HasDecided, HasVoted
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import change_role, open_lane, open_space, seat

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(cast: Cast, at: datetime) -> Audience:
    space = open_space(
        by=cast.author, at=at, slug="castings", name="Castings", kind="deal", ceiling=Marking.CONFIDENTIAL
    )
    main = Audience.objects.get(space=space)
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=main.pk)
    seat(by=cast.author, at=at, person=cast.chief, audience_id=main.pk, role="observer")
    for slug in ("stefan-bauer", "lars-eklund"):
        guest = cast.persons[slug]
        lane = open_lane(by=cast.author, at=at, slug="castings", firm=guest.firm, ceiling=2)
        seat(by=cast.author, at=at, person=guest, audience_id=lane.pk, role="guest")
    call(by=cast.colleague, at=at, slug="castings", question="Which firm?", options=["Bauer", "Eklund", " "])
    return main


def test_options_are_read_as_they_were_written() -> None:
    body = rules.written("To be decided:", "Which\nfirm?", ["A 1. b", " B  c "])
    assert rules.options_of(body)[1] == ("A 1. b", "B c")
    assert rules.options_of("No list here.")[1] == ()


def test_each_votes_once_with_a_reason_and_the_owner_decides(
    cast: Cast, at: datetime, room: Audience
) -> None:
    (asked,) = queries.decisions(cast.author, "castings", at)
    assert [one.words for one in asked.choices] == ["Bauer", "Eklund"]
    with pytest.raises(BadInput):
        vote(by=cast.author, at=at, slug="castings", decision_id=asked.id, option=1, reason=" ")
    with pytest.raises(BadInput):
        vote(by=cast.author, at=at, slug="castings", decision_id=asked.id, option=3, reason="It is cheap.")
    vote(by=cast.author, at=at + MINUTE, slug="castings", decision_id=asked.id, option=2, reason="On time.")
    with pytest.raises(HasVoted):
        vote(by=cast.author, at=at + MINUTE, slug="castings", decision_id=asked.id, option=1, reason="No.")
    vote(by=cast.colleague, at=at + MINUTE, slug="castings", decision_id=asked.id, option=1, reason="Near.")
    for person in (cast.colleague, cast.chief):
        with pytest.raises(NotFound):
            decide(by=person, at=at, slug="castings", decision_id=asked.id, option=2, why="So.")
    decide(
        by=cast.author, at=at + 2 * MINUTE, slug="castings", decision_id=asked.id, option=2, why="In time."
    )
    with pytest.raises(HasDecided):
        decide(by=cast.author, at=at + 2 * MINUTE, slug="castings", decision_id=asked.id, option=1, why="No.")
    seen = queries.decision(cast.chief, "castings", asked.id, at + 3 * MINUTE)
    assert seen.chosen_words == "Eklund"
    assert [[(one.person_id, one.reason) for one in each.voices] for each in seen.choices] == [
        [(cast.colleague.pk, "Near.")],
        [(cast.author.pk, "On time.")],
    ]
    facts = Entry.objects.filter(record=f"v:{asked.id}").order_by("id").values_list("action", flat=True)
    assert list(facts) == [
        "deals.decision.called",
        "deals.vote.cast",
        "deals.vote.cast",
        "deals.decision.taken",
    ]


def test_a_guest_an_observer_and_a_stranger_have_no_part_in_it(
    cast: Cast, at: datetime, room: Audience
) -> None:
    (asked,) = queries.decisions(cast.author, "castings", at)
    for person in (cast.guest, cast.stranger, cast.administrator):
        with pytest.raises(NotFound):
            queries.decisions(person, "castings", at)
    for person in (cast.guest, cast.stranger, cast.chief):
        with pytest.raises(NotFound):
            vote(by=person, at=at, slug="castings", decision_id=asked.id, option=1, reason="I.")
        with pytest.raises(NotFound):
            call(by=person, at=at, slug="castings", question="?", options=["a", "b"])
    assert not Vote.objects.exists()
    said = Passage.objects.filter(pk=asked.passage_id).values_list("audience_id", flat=True)
    assert list(said) == [room.pk]


def test_the_database_keeps_votes_and_decisions(cast: Cast, at: datetime, room: Audience) -> None:
    (asked,) = queries.decisions(cast.author, "castings", at)
    vote(by=cast.author, at=at, slug="castings", decision_id=asked.id, option=2, reason="On time.")
    for change in (
        lambda: Vote.objects.update(option=1),
        lambda: Vote.objects.all().delete(),
        lambda: Decision.objects.update(chosen=3, decided_by=cast.author, decided_at=at),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    change_role(by=cast.author, at=at, person=cast.chief, audience_id=room.pk, role="owner")
    decide(by=cast.chief, at=at, slug="castings", decision_id=asked.id, option=1, why="It is so.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(chosen=2)


def test_clearing_leaves_the_decision_with_the_buyers(cast: Cast, at: datetime, room: Audience) -> None:
    answer_all(by=cast.author, at=at, slug="castings", question="When?", answer="In May.", marking=1)
    left, _sent = clear(by=cast.author, at=at + MINUTE, slug="castings", why="Enough.")
    assert left == 2
    assert queries.decisions(cast.colleague, "castings", at + 2 * MINUTE)
