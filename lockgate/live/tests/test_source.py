"""The net under the wake-ups: the log is read to its end, however much happened at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lockgate.base.ids import floor_id
from lockgate.live import source
from lockgate.notices.models import Happening

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_burst_longer_than_a_page_does_not_hold_the_log_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "TAIL_PAGE", 20)
    ids = [floor_id(NOW + timedelta(milliseconds=10 * number)) for number in range(105)]
    Happening.objects.bulk_create(
        Happening(id=number, audience_id=1, passage_id=number, kind="delivered", at=NOW) for number in ids
    )
    net = source.Source(lambda *_: None, lambda *_: None)
    high = net._tail(ids[0])
    assert high == ids[-1]
    assert set(net._told) == set(ids)
    # All of it lies within the overlap, and the next look reads it again to the end: what is new behind it is found.
    later = floor_id(NOW + timedelta(seconds=2))
    Happening.objects.create(id=later, audience_id=1, passage_id=1, kind="answered", at=NOW)
    assert net._tail(high) == later
