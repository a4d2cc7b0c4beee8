"""Who is heard of and who is quiet."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lockgate.base import heartbeat


@pytest.fixture(autouse=True)
def folder_of_its_own(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_without_a_supervised_start_nobody_is_missed() -> None:
    assert heartbeat.report().is_ready


def test_all_is_ready_when_everyone_expected_was_heard_of() -> None:
    heartbeat.expect(("web", "live"))
    assert heartbeat.report().quiet == ("web", "live")
    heartbeat.beat("web")
    assert heartbeat.report().quiet == ("live",)
    heartbeat.beat("live")
    assert heartbeat.report().is_ready


def test_who_has_gone_quiet_is_named(tmp_path: Path) -> None:
    heartbeat.expect(("web",))
    heartbeat.beat("web")
    long_ago = time.time() - 60
    os.utime(tmp_path / "run" / "web", (long_ago, long_ago))
    assert heartbeat.report().quiet == ("web",)


def test_heartbeats_of_an_earlier_start_count_no_more() -> None:
    heartbeat.expect(("web",))
    heartbeat.beat("web")
    heartbeat.expect(("web",))
    assert not heartbeat.report().is_ready
