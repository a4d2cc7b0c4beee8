"""The cast as a fixture: the company's people and rooms, its shipped policy in force, and nothing said yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lockgate.api import limits
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.mastodon import speaking
from lockgate.policy import queries as policy
from lockgate.rumours.operations import asking
from lockgate.search import vocabulary
from lockgate.web import hits, kept, posts, shell, waiting
from tests.founding import found

# A Thursday, in the morning.
NOW = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)
# Kept for the process, so that the company is founded once.
RECENTLY = now() - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _process_remembers_nothing() -> None:
    """What a process keeps for some seconds by a row's number: the next test's rows have the same numbers."""
    waiting.forget_leaders()
    shell.forget_standings()
    policy.forget_standing()
    vocabulary.forget_noted()
    for kept_here in (
        waiting._cards,
        waiting._none_announced,
        posts._drawn,
        kept.pages,
        hits.drawn_hits,
        hits.drawn_found,
        speaking._asked,
        speaking._days,
        asking._asked,
        limits._counts,
    ):
        kept_here.clear()


@pytest.fixture
def at() -> datetime:
    """The moment at which the test's company is founded; add to it."""
    return NOW


@pytest.fixture
def cast_now(db: None) -> Cast:
    """The same company founded this morning: for pages, which ask the clock. What its policy embargoes for some weeks
    from ``at`` on would be free one day."""
    return found(RECENTLY)


@pytest.fixture
def minute() -> timedelta:
    return timedelta(minutes=1)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    """Nadia the author, Théo her colleague, Julie who signs, Pavel the stranger, Stefan the guest, and the others."""
    return found(at)
