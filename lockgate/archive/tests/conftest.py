"""The archive's tests have key files of their own, and a log that begins empty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from lockgate.archive.types import Fact

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def keys_of_its_own(settings, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    settings.ARCHIVE_ORIGIN = "halden.example/archive"
    return tmp_path / "keys"


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def later() -> datetime:
    """After all that ``facts`` tells of."""
    return NOON + timedelta(hours=1)


@pytest.fixture
def facts():
    """Facts as a post makes them: submitted with its words, ruled, delivered. Each call is a second later."""
    seconds = count(0)

    def some(number: int = 3, *, record: str = "m:1", body: bytes | None = b"The valve holds.") -> list[Fact]:
        start = NOON + timedelta(seconds=next(seconds))
        actions = ["gateway.message.submitted", "gateway.passage.ruled", "gateway.passage.delivered"]
        return [
            Fact(
                action=actions[step % 3],
                record=record if step % 3 == 0 else f"x:{step}",
                parent="" if step % 3 == 0 else record,
                actor="p:0a1b2c3d4e5f60718293",
                at=start + timedelta(milliseconds=step),
                rule="standards@12" if step % 3 == 1 else "",
                marking=1,
                body=body if step % 3 == 0 else None,
            )
            for step in range(number)
        ]

    return some
