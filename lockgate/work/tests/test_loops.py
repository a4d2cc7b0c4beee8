"""A loop goes on: after work, after none, and after a step that failed."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from lockgate.notices.models import Happening
from lockgate.work import loops, steps
from lockgate.work.loops import Loop, keep_on


def run(answers: list[bool | Exception], *, quick: float = 0.0, slow: float = 0.001) -> list[datetime]:
    """Keep a loop on until its step has given every answer; the moments at which it was called."""
    stopping = threading.Event()
    called: list[datetime] = []

    def step(at: datetime) -> bool:
        called.append(at)
        answer = answers[len(called) - 1]
        if len(called) == len(answers):
            stopping.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    keep_on(Loop("tested", step, quick, slow), stopping)
    return called


@pytest.mark.django_db
def test_a_step_that_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "lockgate.work"):
        called = run([ValueError("a bad row"), True])
    assert len(called) == 2
    assert called[1] - called[0] >= timedelta(seconds=0.4)
    assert "The loop tested failed" in caplog.text
    assert "a bad row" in caplog.text


def test_it_goes_on_at_once_while_there_is_work_and_waits_when_there_is_none() -> None:
    busy = run([True] * 20, quick=5, slow=5)
    assert busy[-1] - busy[0] < timedelta(seconds=1)
    idle = run([False] * 5, quick=0.05, slow=0.1)
    assert idle[-1] - idle[0] >= timedelta(seconds=0.2)


def test_times_are_given_in_utc() -> None:
    assert run([False])[0].tzinfo is UTC


def test_every_loop_has_a_step_and_is_asked_often_enough() -> None:
    named = {loop.name: loop for loop in loops.loops()}
    assert {"archive", "deliveries", "schedules", "reminders", "tidying"} <= named.keys()
    # A checkpoint is due every 10 seconds, a post wants to leave at once.
    assert named["archive"].slow <= 2
    assert named["deliveries"].slow <= 1
    assert named["schedules"].slow <= 1


@pytest.mark.django_db
def test_tidying_takes_what_is_over_and_nothing_else() -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    Session.objects.create(session_key="over", session_data="", expire_date=at - timedelta(seconds=1))
    Session.objects.create(session_key="lives", session_data="", expire_date=at + timedelta(days=1))
    for number, age in ((1, timedelta(days=3)), (2, timedelta(hours=1))):
        Happening.objects.create(id=number, audience_id=1, passage_id=1, kind="delivered", at=at - age)
    assert steps.tidy(at) is False
    assert list(Session.objects.values_list("session_key", flat=True)) == ["lives"]
    assert list(Happening.objects.values_list("id", flat=True)) == [2]


@pytest.mark.django_db(transaction=True)
def test_each_step_answers_on_an_empty_company() -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert not any(step(at) for step in (steps.keep_archive, steps.deliver, steps.release_due, steps.remind))
