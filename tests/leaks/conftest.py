"""The world with its hidden room, afresh for each test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from lockgate.base.clock import now
from lockgate.web import shell, waiting
from tests.leaks.building import build
from tests.leaks.world import World


@pytest.fixture
def world(db: None) -> Iterator[World]:
    # Persons have the same numbers in each test, and these are kept by number for some seconds.
    waiting._cards.clear()
    shell.forget_standings()
    logging.disable(logging.WARNING)
    yield build(now() - timedelta(hours=6))
    logging.disable(logging.NOTSET)
