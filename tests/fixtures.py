"""The cast as a fixture: the company's people and rooms, its shipped policy in force, and nothing said yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lockgate.demo.cast import Cast
from tests.founding import found

# A Thursday, in the morning.
NOW = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    """The moment at which the test's company is founded; add to it."""
    return NOW


@pytest.fixture
def minute() -> timedelta:
    return timedelta(minutes=1)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    """Nadia the author, Théo her colleague, Julie who signs, Pavel the stranger, Stefan the guest, and the others."""
    return found(at)
