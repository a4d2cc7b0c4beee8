"""Once, whatever happens: random claims, crashes, lapses and lies of a channel that counts.

The channel has no idempotency: what is sent twice stands there twice. A request that we gave up on may still
land, up to 50 s later. Workers die at every point, and come back late with claims that others have taken.
"""

from __future__ import annotations

import itertools
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from lockgate.channels.types import ChannelRefused, OutboundPost, OutcomeUnknown, SignInRefused, TryLater
from lockgate.publishing import operations as publishing
from lockgate.publishing import queries
from lockgate.publishing.models import Delivery, ReadBack, Recall
from lockgate.publishing.tests.fake_channel import Crash, FakeChannel
from lockgate.publishing.tests.fixtures import NOON, make_account, make_cast
from lockgate.publishing.tests.real_databases import at_once
from lockgate.publishing.types import DeliveryState as S

LANDS_WITHIN = 50

FATES = [
    "well",
    "crash before",
    "crash after",
    "500 after",
    "time-out, lost",
    "time-out, lands later",
    "busy",
    "refused",
    "password",
    "broken connector after",
]
# What is hardest to get right comes up more often: well and the slow channel.
FATE = st.sampled_from([*FATES, "well", "time-out, lands later", "time-out, lands later"])
DELAYS = st.sampled_from([0, 20, LANDS_WITHIN])


class Outbox(RuleBasedStateMachine):
    claims = Bundle("claims")
    outcomes = Bundle("outcomes")
    account: Any
    person: Any
    fake: FakeChannel

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger("lockgate.publishing").setLevel(logging.CRITICAL)
        for model in (ReadBack, Recall, Delivery):
            model.objects.all().delete()
        self.fake.posts.clear()
        self.now = NOON
        self.passages = 0
        self.landing: list[tuple[Any, OutboundPost]] = []
        # What has ever stood there, also if it was deleted since.
        self.ever: dict[str, int] = {}
        self.heal()

    def heal(self) -> None:
        self.fake.before_publish = self.fake.after_publish = lambda post: None
        self.fake.before_look_up = self.fake.before_delete = lambda given: None

    def stands(self, post: OutboundPost) -> None:
        self.ever[post.token] = self.ever.get(post.token, 0) + 1

    def suffer(self, fate: str, delay: int) -> None:
        def before(post: OutboundPost) -> None:
            if fate == "crash before":
                raise Crash
            if fate == "time-out, lost":
                raise OutcomeUnknown("It did not answer.")
            if fate == "time-out, lands later":
                self.landing.append((self.now + timedelta(seconds=delay), post))
                raise OutcomeUnknown("It did not answer.")
            if fate == "busy":
                raise TryLater("It is busy.", after_seconds=delay)
            if fate == "refused":
                raise ChannelRefused("It does not want it.")
            if fate == "password":
                raise SignInRefused("Not accepted.")

        def after(post: OutboundPost) -> None:
            self.stands(post)
            if fate == "crash after":
                raise Crash
            if fate == "500 after":
                raise OutcomeUnknown("It answered 500.")
            if fate == "broken connector after":
                raise IndexError

        self.fake.before_publish, self.fake.after_publish = before, after

    @rule(target=claims, limit=st.integers(1, 3))
    def claim(self, limit: int) -> Any:
        return multiple(*publishing.claim(at=self.now, limit=limit))

    @rule()
    def plan(self) -> None:
        self.passages += 1
        publishing.plan(
            passage_id=self.passages,
            message_id=1,
            account=self.account,
            markdown=f"Valve {self.passages} holds.",
            content_hash=self.passages.to_bytes(32),
            at=self.now,
        )

    @rule(
        target=outcomes,
        claim=consumes(claims),
        fate=FATE,
        delay=DELAYS,
        looks=st.booleans(),
    )
    def attempt(self, claim: Any, fate: str, delay: int, looks: bool) -> Any:
        self.suffer(fate, delay)
        if not looks:

            def blind(_given: Any) -> None:
                raise TryLater("It is down.")

            self.fake.before_look_up = self.fake.before_delete = blind
        try:
            return (claim, publishing.attempt(claim, at=self.now))
        except (publishing.ClaimLost, Crash):
            return multiple()
        finally:
            self.heal()

    @rule(fate=FATE, delay=DELAYS)
    def work(self, fate: str, delay: int) -> None:
        """A whole round of a worker that lives: claim, attempt, settle."""
        for claim in publishing.claim(at=self.now):
            self.suffer(fate, delay)
            try:
                publishing.settle(publishing.attempt(claim, at=self.now), claim, at=self.now)
            except (publishing.ClaimLost, Crash):
                pass
            finally:
                self.heal()

    @rule(fate=FATE, delay=DELAYS)
    def next_work(self, fate: str, delay: int) -> None:
        """The same, at the very moment at which something is due."""
        if (due := queries.next_due_at()) is not None and due > self.now:
            self.passes_until(due)
        self.work(fate, delay)

    @rule(outcome=consumes(outcomes), dies=st.booleans())
    def settle(self, outcome: Any, dies: bool) -> None:
        claim, settled = outcome
        try:
            with transaction.atomic():
                publishing.settle(settled, claim, at=self.now)
                if dies:
                    raise Crash
        except (publishing.ClaimLost, Crash):
            pass

    @rule(seconds=st.sampled_from([1, 15, 16, 61, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.passes_until(self.now + timedelta(seconds=seconds))

    def passes_until(self, then: datetime) -> None:
        self.now = then
        for lands_at, post in list(self.landing):
            if lands_at <= self.now:
                self.landing.remove((lands_at, post))
                self.fake.posts[post.token].append(post.markdown)
                self.stands(post)

    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        """A person presses "try again" or "take it back" on anything at any moment."""
        ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return
        number = data.draw(st.sampled_from(ids))
        try:
            if data.draw(st.booleans()):
                publishing.retry(delivery_id=number, by=self.person, at=self.now)
            else:
                publishing.ask_recall(delivery_id=number, by=self.person, why="Wrong.", at=self.now)
        except (publishing.CannotRetry, publishing.CannotRecall):
            pass

    @invariant()
    def nothing_ever_stood_there_twice(self) -> None:
        assert all(times == 1 for times in self.ever.values()), self.ever

    def teardown(self) -> None:
        """The channel is well again and a worker runs: everything comes to its end, and nothing is lost."""
        self.time_passes(LANDS_WITHIN + 1)
        self.suffer("well", 0)
        while (due := queries.next_due_at()) is not None:
            self.now = max(self.now, due)
            for claim in publishing.claim(at=self.now):
                publishing.settle(publishing.attempt(claim, at=self.now), claim, at=self.now)
        self.nothing_ever_stood_there_twice()
        for row in Delivery.objects.all():
            there = self.fake.count(row.token)
            assert row.state in (S.LIVE, S.REFUSED, S.RECALLED, S.UNKNOWN), row.state
            assert there == (1 if row.state == S.LIVE else 0), (row.state, there)
            assert row.sentence
            # Nothing is given up without having been refused by the channel or having been lost many times.
            if row.state == S.REFUSED:
                assert row.attempts > 0


@pytest.mark.django_db
def test_never_twice_and_never_lost(fake: FakeChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    # Ids by count, not by chance, so that a run can be repeated.
    numbers = itertools.count(1)
    monkeypatch.setattr("lockgate.publishing.sending.monotonic", lambda: 0.0)
    monkeypatch.setattr("lockgate.publishing.planning.new_id", lambda at: next(numbers))
    Outbox.account, Outbox.person, Outbox.fake = make_account(), make_cast().author, fake
    run_state_machine_as_test(
        Outbox, settings=settings(max_examples=100, stateful_step_count=30, deadline=None)
    )


def test_workers_at_once_share_the_work_and_send_nothing_twice(real_database: str, fake: FakeChannel) -> None:
    account = make_account()
    for number in range(24):
        publishing.plan(
            passage_id=number,
            message_id=1,
            account=account,
            markdown=f"Valve {number} holds.",
            content_hash=number.to_bytes(32),
            at=NOON,
        )

    def work() -> int:
        done = 0
        while claims := publishing.claim(at=NOON, limit=3):
            for claim in claims:
                settled = publishing.attempt(claim, at=NOON)
                publishing.settle(settled, claim, at=NOON)
                done += 1
        return done

    done = at_once([work] * 4)
    # One that finds everything taken by others at that moment may stop early; what is left is taken up here.
    assert all(isinstance(one, int) for one in done), done
    assert sum(done) + work() == 24
    assert sorted(len(posts) for posts in fake.posts.values()) == [1] * 24
    assert set(Delivery.objects.values_list("state", flat=True)) == {"live"}


def test_the_same_claim_in_two_hands_sends_once(real_database: str, fake: FakeChannel) -> None:
    account = make_account()
    for number in range(6):
        delivery = publishing.plan(
            passage_id=number,
            message_id=1,
            account=account,
            markdown="The valve holds.",
            content_hash=number.to_bytes(32),
            at=NOON,
        )
        (claim,) = publishing.claim(at=NOON)
        results = at_once([lambda claim=claim: publishing.attempt(claim, at=NOON)] * 2)
        lost = [one for one in results if isinstance(one, publishing.ClaimLost)]
        assert len(lost) == 1, results
        assert fake.count(delivery.token) == 1


def test_recall_and_sending_at_once_end_with_nothing_there(real_database: str, fake: FakeChannel) -> None:
    account, person = make_account(), make_cast().author
    for number in range(6):
        delivery = publishing.plan(
            passage_id=number,
            message_id=1,
            account=account,
            markdown="The valve holds.",
            content_hash=number.to_bytes(32),
            at=NOON,
        )

        def send() -> Any:
            kept = None
            for claim in publishing.claim(at=NOON):
                kept = publishing.settle(publishing.attempt(claim, at=NOON), claim, at=NOON)
            return kept

        results = at_once(
            [
                send,
                lambda delivery=delivery: publishing.ask_recall(
                    delivery_id=delivery.pk, by=person, why="Wrong.", at=NOON
                ),
            ]
        )
        assert not [one for one in results if isinstance(one, BaseException)], results
        while send() is not None:
            pass
        delivery.refresh_from_db()
        assert (delivery.state, fake.count(delivery.token)) == (S.RECALLED, 0)
