"""Reading back what stands there, and taking it away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound
from lockgate.channels.types import Capabilities, OutcomeUnknown, SignInRefused, TryLater
from lockgate.publishing import operations as publishing
from lockgate.publishing import queries, rules
from lockgate.publishing.models import Delivery, Recall
from lockgate.publishing.tests.fake_channel import Crash, fails
from lockgate.publishing.tests.test_delivering import SECOND, one_round, planned, settle_and_die  # noqa: F401  (a fixture)
from lockgate.publishing.types import DeliveryState as S

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(planned, at):  # noqa: F811
    delivery = planned()
    one_round(at)
    delivery.refresh_from_db()
    return delivery


def asked(delivery, cast, at, why="The figure is wrong."):
    return publishing.ask_recall(delivery_id=delivery.pk, by=cast.author, why=why, at=at)


def actions():
    return list(
        Entry.objects.filter(action__startswith="publishing").order_by("id").values_list("action", flat=True)
    )


class TestReadingBack:
    def test_what_stands_there_is_looked_at_once_and_recorded(self, live, fake, at):
        assert publishing.claim_read_backs(at=at) == [live.pk]
        assert publishing.claim_read_backs(at=at) == []
        seen = publishing.read_back(live.pk, at=at)
        assert (seen.passage_id, seen.is_there, seen.differences) == (7, True, ())
        assert actions() == ["publishing.delivery.read_back"]
        assert "as it was sent" in queries.of_passage(7).sentence
        assert publishing.claim_read_backs(at=at + timedelta(days=9)) == []

    def test_a_difference_is_kept_and_said(self, live, fake, at):
        fake.differences = ("The title is shorter.",)
        assert publishing.read_back(live.pk, at=at).differences == ("The title is shorter.",)
        view = queries.of_passage(7)
        assert view.read_back.differences == ("The title is shorter.",)
        assert "not quite" in view.sentence

    def test_what_was_removed_there_is_said(self, live, fake, at):
        fake.posts.clear()
        assert not publishing.read_back(live.pk, at=at).is_there
        assert "no longer stands" in queries.of_passage(7).sentence

    def test_a_channel_that_is_down_is_asked_again_and_at_last_it_is_said(self, live, fake, at):
        fake.before_read_back = fails(TryLater("It is down."), times=99)
        rounds = 0
        while ids := publishing.claim_read_backs(at=at):
            assert publishing.read_back(ids[0], at=at) is None
            rounds += 1
            at += timedelta(hours=2)
        assert rounds == rules.MAX_READ_BACKS
        assert "could not be read back" in queries.of_passage(7).sentence
        assert actions() == []

    def test_a_crash_while_reading_back_is_made_up_for(self, live, fake, at):
        fake.before_read_back = fails(Crash())
        (claimed,) = publishing.claim_read_backs(at=at)
        with pytest.raises(Crash):
            publishing.read_back(claimed, at=at)
        assert publishing.claim_read_backs(at=at + 61 * SECOND) == [live.pk]


class TestTakingBack:
    def test_it_is_deleted_seen_to_be_gone_and_recorded(self, live, fake, at, cast):
        assert asked(live, cast, at).state == S.RECALLING
        (kept,) = one_round(at)
        assert kept.state is S.RECALLED
        assert fake.calls[-2:] == ["delete", "read_back"]
        view = queries.of_passage(7)
        assert (view.verified_gone_at, view.recall_why) == (at, "The figure is wrong.")
        assert actions() == ["publishing.delivery.recall_asked"]
        assert one_round(at + timedelta(days=1)) == []

    def test_before_it_left_it_never_leaves(self, planned, fake, at, cast):  # noqa: F811
        delivery = planned()
        assert asked(delivery, cast, at).state == S.RECALLED
        assert one_round(at + timedelta(days=1)) == []
        assert fake.calls == []
        with pytest.raises(publishing.WasRecalled):
            planned()

    def test_still_shown_it_is_not_called_gone(self, live, fake, at, cast):
        fake.keeps_deleted = True
        asked(live, cast, at)
        (kept,) = one_round(at)
        assert kept.state is S.RECALLING
        assert "still shows it" in kept.sentence
        assert Recall.objects.get().verified_gone_at is None
        fake.keeps_deleted = False
        assert one_round(at + 15 * SECOND)[0].state is S.RECALLED

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (TryLater("It is down."), "down"),
            (OutcomeUnknown("It answered 500."), "500"),
            (SignInRefused("Not accepted."), "renew the password"),
            (KeyError("SECRET"), "KeyError"),
        ],
        ids=lambda one: type(one).__name__,
    )
    def test_whatever_goes_wrong_it_is_tried_again(self, live, fake, at, cast, error, words):
        fake.before_delete = fails(error)
        asked(live, cast, at)
        (kept,) = one_round(at)
        assert (kept.state, kept.due_at) == (S.RECALLING, at + 15 * SECOND)
        assert words in kept.sentence
        assert "SECRET" not in kept.sentence
        assert one_round(at + 15 * SECOND)[0].state is S.RECALLED

    def test_after_many_tries_a_person_is_asked_and_may_try_again(self, live, fake, at, cast):
        fake.before_delete = fails(TryLater("It is down."), times=rules.MAX_RECALLS)
        asked(live, cast, at)
        while (due := queries.next_due_at()) is not None:
            (kept,) = one_round(due)
        assert kept.needs_a_person
        assert "Remove it there by hand" in kept.sentence
        assert queries.waiting(at)[0].needs_a_person
        publishing.retry(delivery_id=live.pk, by=cast.author, at=at + timedelta(days=9))
        assert one_round(at + timedelta(days=9))[0].state is S.RECALLED

    def test_a_crash_between_deleting_and_looking(self, live, fake, at, cast):
        asked(live, cast, at)
        fake.before_read_back = fails(Crash())
        with pytest.raises(Crash):
            one_round(at)
        assert one_round(at + 61 * SECOND)[0].state is S.RECALLED

    @pytest.mark.parametrize("when", ["claimed", "sent", "unknown"])
    def test_asked_while_it_is_under_way_it_is_taken_back_as_soon_as_it_is_there(
        self,
        planned,  # noqa: F811
        fake,
        at,
        cast,
        when,
    ):
        delivery = planned()
        if when == "unknown":
            fake.after_publish = fails(OutcomeUnknown("It answered 500."))
            one_round(at)
            asked(delivery, cast, at)
            at += 15 * SECOND
            (claim,) = publishing.claim(at=at)
        else:
            (claim,) = publishing.claim(at=at)
            if when == "claimed":
                asked(delivery, cast, at)
            else:
                fake.after_publish = lambda post: asked(delivery, cast, at)
        kept = publishing.settle(publishing.attempt(claim, at=at), claim, at=at)
        if when == "claimed":
            assert (kept.state, fake.calls) == (S.RECALLED, [])
            return
        assert kept.state is S.RECALLING
        assert fake.count(delivery.token) == 1
        assert one_round(at)[0].state is S.RECALLED
        assert fake.count(delivery.token) == 0

    def test_asked_while_unknown_and_surely_absent_it_is_not_sent_again(self, planned, fake, at, cast):  # noqa: F811
        delivery = planned()
        fake.before_publish = fails(OutcomeUnknown("It did not answer."))
        one_round(at)
        asked(delivery, cast, at)
        one_round(at + 15 * SECOND)
        assert one_round(at + 61 * SECOND)[0].state is S.RECALLED
        assert fake.calls.count("publish") == 1

    def test_what_cannot_be_taken_back_says_why(self, live, planned, fake, at, cast, monkeypatch):  # noqa: F811
        monkeypatch.setattr(
            fake, "capabilities", Capabilities(label="Fake", text_limit=300, can_delete=False)
        )
        with pytest.raises(publishing.CannotRecall, match="lets nobody take a post away"):
            asked(live, cast, at)
        assert Delivery.objects.get().state == S.LIVE

    def test_twice_without_a_reason_or_what_never_arrived(self, live, planned, fake, at, cast):  # noqa: F811
        with pytest.raises(BadInput):
            asked(live, cast, at, why="  ")
        asked(live, cast, at)
        with pytest.raises(publishing.CannotRecall, match="already"):
            asked(live, cast, at)
        fake.complaints = ("Too long.",)
        refused = planned(passage_id=8)
        one_round(at)
        refused.refresh_from_db()
        with pytest.raises(publishing.CannotRecall, match="never took it"):
            asked(refused, cast, at)
        with pytest.raises(NotFound):
            publishing.ask_recall(delivery_id=1, by=cast.author, why="Why.", at=at)


def test_an_error_of_settle_leaves_the_callers_transaction_to_the_caller(live, fake, at, cast):
    """The gateway settles and records in one transaction: if its part fails, ours is undone too."""
    asked(live, cast, at)
    (claim,) = publishing.claim(at=at)
    settled = publishing.attempt(claim, at=at)
    with pytest.raises(Crash):
        settle_and_die(settled, claim, at)
    live.refresh_from_db()
    assert live.state == S.RECALLING
    assert Recall.objects.get().verified_gone_at is None
