"""When somebody is left in peace: in their own zone, over midnight, over the changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.base.refusal import BadInput
from lockgate.demo.cast import Cast
from lockgate.notices.operations import keep_quiet
from lockgate.notices.queries import quiet_hours, quiet_until
from lockgate.notices.rules import quiet_until as rule
from lockgate.notices.types import QuietHours

PARIS = ZoneInfo("Europe/Paris")


def here(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


NIGHT = QuietHours(20 * 60, 7 * 60)
LUNCH = QuietHours(12 * 60, 13 * 60)
SUNDAY = QuietHours(20 * 60, 7 * 60, frozenset({6}))


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (QuietHours(), here(19, 3), None),
        (NIGHT, here(19, 19, 59), None),
        (NIGHT, here(19, 20), here(20, 7)),
        (NIGHT, here(20, 6, 59), here(20, 7)),
        (NIGHT, here(20, 7), None),
        (LUNCH, here(19, 12, 30), here(19, 13)),
        (LUNCH, here(19, 13), None),
        # Saturday evening, all Sunday, and the night to Monday: one span.
        (SUNDAY, here(21, 21), here(23, 7)),
        (SUNDAY, here(22, 12), here(23, 7)),
        (QuietHours(until=here(19, 15)), here(19, 12), here(19, 15)),
        (QuietHours(20 * 60, 7 * 60, until=here(19, 21)), here(19, 12), here(20, 7)),
        # The night in which the clock goes back has an hour more.
        (NIGHT, here(24, 23, month=10), here(25, 7, month=10)),
    ],
)
def test_until_when(hours: QuietHours, at: datetime, until: datetime | None) -> None:
    assert rule(hours, PARIS, at.astimezone(UTC)) == until


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.frozensets(st.integers(0, 6), max_size=6),
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1)),
)
def test_it_always_ends_and_is_over_then(
    begins: int, ends: int, days: frozenset[int], naive: datetime
) -> None:
    hours, at = QuietHours(begins, ends, days), naive.replace(tzinfo=UTC)
    until = rule(hours, PARIS, at)
    if until is not None:
        assert at < until <= at + timedelta(days=9)


@pytest.mark.django_db
def test_kept_and_asked(cast: Cast, at: datetime) -> None:
    person = cast.author
    assert quiet_until(person.pk, at) is None
    keep_quiet(by=person.pk, at=at, hours=QuietHours(until=at + timedelta(hours=2)))
    assert quiet_until(person.pk, at) == at + timedelta(hours=2)
    assert quiet_until(person.pk, at + timedelta(hours=2)) is None
    keep_quiet(by=person.pk, at=at, hours=SUNDAY)
    assert quiet_hours(person.pk) == SUNDAY
    for wrong in (
        QuietHours(1, None),
        QuietHours(1, 1440),
        QuietHours(days=frozenset({7})),
        QuietHours(until=at),
        QuietHours(until=at + timedelta(days=61)),
    ):
        with pytest.raises(BadInput):
            keep_quiet(by=person.pk, at=at, hours=wrong)
