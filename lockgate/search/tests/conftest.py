"""Saying things and having them indexed, as the work process does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from lockgate.archive.sequencer import drain
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.people.models import Person
from lockgate.search.operations import keep_up

Say = Callable[..., int]


class Clock:
    """A minute later at each asking."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def later(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def clock(cast: Cast, at: datetime) -> Clock:
    return Clock(at)


def caught_up(at: datetime) -> None:
    """The log is sequenced and the index follows it to its end."""
    drain(at=at)
    while keep_up(at=at):
        continue


@pytest.fixture
def say(cast: Cast, clock: Clock) -> Say:
    """Say words in a place and have them indexed; answers the passage's id."""

    def spoken(
        body: str,
        place: str = "everyone",
        *,
        by: Person | None = None,
        answers: int | None = None,
        attachments: list[int] | None = None,
        is_indexed: bool = True,
    ) -> int:
        sent = submit(
            by=by or cast.author,
            at=clock.later(),
            body=body,
            marking=1,
            places=[] if answers else [f"space:{place}"],
            answers=answers,
            attachments=attachments or [],
        )
        (passage,) = sent.passages
        assert passage.state == "delivered", passage
        if is_indexed:
            caught_up(clock.later())
        return passage.passage_id

    return spoken
