"""Databases that threads share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lockgate.publishing.tests.fixtures import real_database, sqlite_template
from lockgate.publishing.tests.real_databases import copied_file, standing_on

__all__ = ["real_database", "sqlite_alone", "sqlite_template"]


@pytest.fixture
def sqlite_alone(sqlite_template: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    """A SQLite file of this test's own, committed for real."""
    with django_db_blocker.unblock(), standing_on(copied_file(sqlite_template, tmp_path)):
        yield
