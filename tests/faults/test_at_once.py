"""Two people, or a person and the worker, at the same passage in the same moment: one after the other, never an
error. On PostgreSQL each locks rows; whoever locks them in another order than the rest ends in a deadlock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from lockgate.approvals.operations import AlreadyDecided, NoLongerAsked
from lockgate.approvals.queries import of_passage
from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast, assemble
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import deliver_next, recall, revise, sign_off, submit
from lockgate.gateway.refusals import NotRecallable, NotRevisable
from lockgate.publishing.models import Delivery
from lockgate.publishing.tests.fake_channel import FakeChannel
from lockgate.publishing.tests.real_databases import at_once

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HELD = "Our Valve 7 sealed for ten thousand cycles last night."
ROUNDS = 10


@pytest.fixture
def cast(real_database: str, settings: LazySettings, tmp_path: Path) -> Cast:
    settings.KEYS_DIR = tmp_path / "keys"
    with transaction.atomic():
        return assemble(at=AT)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeChannel:
    return FakeChannel().installed(monkeypatch)


def held(cast: Cast, at: datetime) -> tuple[int, int, int]:
    """(message, passage, request) of words that wait before they go outside."""
    sent = submit(by=cast.author, at=at, body=HELD, marking=Marking.PUBLIC, places=["channel:blog"])
    (passage,) = sent.passages
    (request,) = of_passage(passage.passage_id, at)
    return sent.message_id, passage.passage_id, request.request_id


def unforeseen(results: list[Any], *foreseen: type[BaseException]) -> list[BaseException]:
    return [one for one in results if isinstance(one, BaseException) and not isinstance(one, foreseen)]


def test_a_signature_and_an_edit(cast: Cast, fake: FakeChannel) -> None:
    for number in range(ROUNDS):
        at = AT + number * MINUTE
        message, passage, request = held(cast, at)
        results = at_once(
            [
                lambda request=request, at=at: sign_off(
                    request_id=request, by=cast.approver, decision="approve", word="Good.", at=at
                ),
                lambda message=message, at=at: revise(
                    by=cast.author, at=at, message_id=message, body=HELD + " Again.", marking=Marking.PUBLIC
                ),
            ]
        )
        assert not unforeseen(results, NoLongerAsked, NotRevisable), results
        # Whoever was first has it: either the signed words are on their way, or the new ones wait.
        state = Passage.objects.get(pk=passage).state
        bodies = set(Delivery.objects.filter(passage_id=passage).values_list("payload__markdown", flat=True))
        assert (state, bodies) in [("queued", {HELD}), ("held", set())]


def test_a_signature_and_a_recall(cast: Cast, fake: FakeChannel) -> None:
    for number in range(ROUNDS):
        at = AT + number * MINUTE
        _message, passage, request = held(cast, at)
        results = at_once(
            [
                lambda request=request, at=at: sign_off(
                    request_id=request, by=cast.approver, decision="approve", word="Good.", at=at
                ),
                lambda passage=passage, at=at: recall(
                    by=cast.author, at=at, passage_id=passage, why="Wrong."
                ),
            ]
        )
        assert not unforeseen(results, NoLongerAsked, NotRecallable), results
        assert Passage.objects.get(pk=passage).state == "recalled"
    assert deliver_next(at=AT + timedelta(days=1)) == 0
    assert not fake.posts


def test_two_signers(cast: Cast, fake: FakeChannel) -> None:
    for number in range(ROUNDS):
        at = AT + number * MINUTE
        _message, passage, request = held(cast, at)
        results = at_once(
            [
                lambda who=who, request=request, at=at: sign_off(
                    request_id=request, by=who, decision="approve", word="Good.", at=at
                )
                for who in (cast.approver, cast.deputy)
            ]
        )
        assert not unforeseen(results, AlreadyDecided), results
        assert sum(isinstance(one, AlreadyDecided) for one in results) == 1
        assert Delivery.objects.filter(passage_id=passage).count() == 1


def test_the_worker_and_a_recall(cast: Cast, fake: FakeChannel) -> None:
    for number in range(ROUNDS):
        at = AT + number * MINUTE
        _message, passage, request = held(cast, at)
        sign_off(request_id=request, by=cast.approver, decision="approve", word="Good.", at=at)
        results = at_once(
            [
                lambda at=at: deliver_next(at=at),
                lambda passage=passage, at=at: recall(
                    by=cast.author, at=at, passage_id=passage, why="Wrong."
                ),
                lambda at=at: deliver_next(at=at),
            ]
        )
        assert not unforeseen(results), results
        for later in range(1, 4):
            deliver_next(at=at + later * timedelta(seconds=10))
        assert Passage.objects.get(pk=passage).state == "recalled"
        token = Delivery.objects.get(passage_id=passage).token
        assert fake.count(token) == 0
