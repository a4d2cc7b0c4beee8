"""Another time for what is scheduled: by its author alone, on record, and looked at again when it has come."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.approvals.queries import of_passage
from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations.refusals import BadEvent, BadPoll
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway import queries
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall, release, release_due, reschedule, sign_off, submit
from lockgate.gateway.refusals import NotScheduled, SignedForLater
from lockgate.spaces.operations import end_seat

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def later(cast: Cast, at: datetime, place: str = "space:valve-7", hours: int = 3) -> Passage:
    sent = submit(
        by=cast.author,
        at=at,
        body="The bench is free tomorrow.",
        marking=Marking.PUBLIC if place.startswith("channel:") else Marking.INTERNAL,
        places=[place],
        deliver_at=at + hours * HOUR,
    )
    return Passage.objects.get(pk=sent.passages[0].passage_id)


def rescheduled(passage: Passage) -> int:
    return Entry.objects.filter(record=f"x:{passage.pk}", action="gateway.passage.rescheduled").count()


@pytest.mark.parametrize("hours", [1, 9])
def test_it_goes_at_the_new_time_and_at_no_other(hours: int, cast: Cast, at: datetime) -> None:
    one = later(cast, at)
    assert one.state == "scheduled"
    reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + hours * HOUR)
    assert rescheduled(one) == 1
    release_due(at=at + hours * HOUR - timedelta(minutes=1))
    one.refresh_from_db()
    assert (one.state, one.version) == ("scheduled", 2)
    release_due(at=at + hours * HOUR)
    one.refresh_from_db()
    assert one.state == "delivered"


def test_the_same_time_again_changes_nothing_and_is_no_entry(cast: Cast, at: datetime) -> None:
    one = later(cast, at)
    reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + 3 * HOUR)
    one.refresh_from_db()
    assert (rescheduled(one), one.version) == (0, 1)


@pytest.mark.parametrize("wrong", [timedelta(0), -HOUR, timedelta(days=365 * 80)])
def test_a_time_that_is_past_or_too_far_is_refused(wrong: timedelta, cast: Cast, at: datetime) -> None:
    one = later(cast, at)
    with pytest.raises(BadInput):
        reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + wrong)
    one.refresh_from_db()
    assert one.deliver_at == at + 3 * HOUR
    assert rescheduled(one) == 0


def test_nobody_else_may_and_none_learns_that_it_is_there(cast: Cast, at: datetime) -> None:
    one = later(cast, at)
    for person in (cast.colleague, cast.approver, cast.supervisor, cast.stranger, cast.guest):
        said = []
        for number in (one.pk, 4_611_686_018_427_387_904):
            with pytest.raises(NotFound) as refused:
                reschedule(by=person, at=at, passage_id=number, deliver_at=at + HOUR)
            said.append(str(refused.value))
        assert said[0] == said[1]
        assert queries.scheduled_of(person, at) == []
    assert [found.passage_id for found in queries.scheduled_of(cast.author, at)] == [one.pk]


def test_an_author_without_a_seat_there_knows_of_it_no_more(cast: Cast, at: datetime) -> None:
    one = later(cast, at)
    end_seat(by=cast.author, at=at + timedelta(minutes=1), person=cast.author, audience_id=one.audience_id)
    after = at + timedelta(minutes=2)
    with pytest.raises(NotFound):
        reschedule(by=cast.author, at=after, passage_id=one.pk, deliver_at=at + HOUR)
    assert queries.scheduled_of(cast.author, after) == []


def test_only_what_waits_for_its_time_has_one_to_change(cast: Cast, at: datetime) -> None:
    gone = submit(by=cast.author, at=at, body="Now.", marking=1, places=["space:valve-7"]).passages[0]
    back = later(cast, at)
    recall(by=cast.author, at=at, passage_id=back.pk, why="Wrong.")
    for number in (gone.passage_id, back.pk):
        with pytest.raises(NotScheduled):
            reschedule(by=cast.author, at=at, passage_id=number, deliver_at=at + HOUR)


def test_what_was_signed_is_put_off_and_not_brought_forward(cast: Cast, at: datetime) -> None:
    sent = submit(
        by=cast.author,
        at=at,
        body="Our Valve 7 sealed for ten thousand cycles last night.",
        marking=Marking.PUBLIC,
        places=["channel:feed"],
        deliver_at=at + 3 * HOUR,
    )
    one = Passage.objects.get(pk=sent.passages[0].passage_id)
    with pytest.raises(NotScheduled):  # it waits for somebody, too
        reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + 4 * HOUR)
    for asked in of_passage(one.pk, at):
        sign_off(request_id=asked.request_id, by=cast.approver, decision="approve", word="Then.", at=at)
    one.refresh_from_db()
    assert one.state == "scheduled"
    with pytest.raises(SignedForLater):
        reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + HOUR)
    assert rescheduled(one) == 0
    reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + 4 * HOUR)
    assert release_due(at=at + 3 * HOUR) == 0
    assert release_due(at=at + 4 * HOUR) == 1
    one.refresh_from_db()
    assert one.state == "queued"


def test_a_schedule_that_found_it_first_asks_again_under_the_lock(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = later(cast, at)

    def late(passage_id: int) -> Passage | None:
        monkeypatch.undo()
        reschedule(by=cast.author, at=at + 2 * HOUR, passage_id=passage_id, deliver_at=at + 9 * HOUR)
        return release.locked(passage_id)

    monkeypatch.setattr(release, "locked", late)
    assert release_due(at=at + 3 * HOUR) == 0
    one.refresh_from_db()
    assert (one.state, one.deliver_at) == ("scheduled", at + 9 * HOUR)


def test_what_it_asks_must_not_be_over_before_it_is_read(cast: Cast, at: datetime) -> None:
    poll = Asks("poll", ("North", "South"), closes_at=at + 5 * HOUR)
    event = Asks("event", begins_at=at + 4 * HOUR, ends_at=at + 5 * HOUR, time_zone="Europe/Paris")
    for asks, refusal in ((poll, BadPoll), (event, BadEvent)):
        sent = talk.submit(
            by=cast.author,
            at=at,
            body="Which bench?",
            marking=1,
            places=["space:valve-7"],
            deliver_at=at + 3 * HOUR,
            asks=asks,
        )
        one = Passage.objects.get(pk=sent.passages[0].passage_id)
        with pytest.raises(refusal):
            talk.reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + 5 * HOUR)
        one.refresh_from_db()
        assert (one.deliver_at, rescheduled(one)) == (at + 3 * HOUR, 0)
        talk.reschedule(by=cast.author, at=at, passage_id=one.pk, deliver_at=at + 4 * HOUR)
        one.refresh_from_db()
        assert (one.deliver_at, rescheduled(one)) == (at + 4 * HOUR, 1)
