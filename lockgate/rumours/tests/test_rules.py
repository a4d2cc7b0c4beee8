"""Rules of rumours, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.rumours import rules


@pytest.mark.parametrize(
    ("asked", "out"),
    [
        ((9, 45), (12, 0)),
        ((11, 0), (12, 0)),
        ((11, 1), (16, 0)),
        ((0, 0), (4, 0)),
        ((22, 59), (24, 0)),
        ((23, 30), (28, 0)),
    ],
)
def test_six_moments_a_day(asked: tuple[int, int], out: tuple[int, int]) -> None:
    day = datetime(2026, 11, 19, tzinfo=UTC)
    at = day + timedelta(hours=asked[0], minutes=asked[1])
    assert rules.release_moment(at) == day + timedelta(hours=out[0], minutes=out[1])


@given(st.datetimes(min_value=datetime(2021, 1, 1), max_value=datetime(2080, 1, 1)))
def test_never_sooner_than_an_hour_nor_later_than_five(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    out = rules.release_moment(at)
    assert timedelta(hours=1) <= out - at <= timedelta(hours=5)
    assert out.hour % 4 == out.minute == out.second == out.microsecond == 0


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("Is it true that  the bench\nmoves?", "the bench moves?"),
        ("is it true the bench moves", "the bench moves"),
        ("Stimmt es, dass wir umziehen?", "wir umziehen?"),
        ("The bench moves", "The bench moves"),
    ],
)
def test_the_rumour_itself(words: str, plain: str) -> None:
    assert rules.plain(words).strip() == plain


def test_likeness() -> None:
    one = "the test bench moves to Toulouse in spring"
    assert rules.likeness(one, "the test benches move to Toulouse this spring") < 1
    assert rules.likeness(one, "test bench moves to Toulouse, spring") >= rules.ALIKE
    assert rules.likeness(one, "bonus is cancelled for everybody") == 0
    assert rules.likeness("so", "ja") == 0


@pytest.mark.parametrize(
    ("kind", "lane", "may"), [("project", "", True), ("deal", "", False), ("partner", "talks", False)]
)
def test_where_it_may_be_asked(kind: str, lane: str, may: bool) -> None:
    assert rules.may_be_asked_in(space_kind=kind, lane=lane) is may
