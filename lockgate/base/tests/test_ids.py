"""Ids sort by time, are never given twice, and tell no counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.base.ids import floor_id, id_time, new_id

moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2089, 1, 1), timezones=st.just(UTC))


@given(moments, moments)
def test_ids_sort_by_their_moment(one: datetime, other: datetime) -> None:
    if abs(one - other) < timedelta(milliseconds=2):
        return
    assert (new_id(one) < new_id(other)) == (one < other)


@given(moments)
def test_an_id_lies_between_its_floor_and_the_next_and_tells_its_moment(at: datetime) -> None:
    given_id = new_id(at)
    assert floor_id(at) <= given_id < floor_id(at + timedelta(milliseconds=2))
    assert abs(id_time(given_id) - at) < timedelta(milliseconds=2)
    assert 0 <= given_id < 1 << 63


def test_no_id_is_given_twice_in_one_moment() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert len({new_id(at) for _ in range(20_000)}) == 20_000


def test_ids_begin_in_2020() -> None:
    with pytest.raises(ValueError, match="2020"):
        new_id(datetime(2019, 12, 31, tzinfo=UTC))
