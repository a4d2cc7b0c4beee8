"""Nothing that is kept for some minutes is kept from one test to the next."""

from __future__ import annotations

import pytest

from lockgate.mastodon import speaking


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    speaking._asked.clear()
