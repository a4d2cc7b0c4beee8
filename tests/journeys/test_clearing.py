"""Clearing a deal room on running processes, with two vendors watching: their streams end within a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.running import DRAGGING, Running, Visitor, command, wait_for
from tests.journeys.test_processes import live_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

ROOM = "castings-2027"
WITHIN_SECONDS = 1.0
VENDORS = ("astrid.holmgren@nordvik-stal.example", "luc.castelnau@fonderie-castelnau.example")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("clearing") / "data"
    ran = command("seed", "--data", str(folder))
    assert ran.returncode == 0, ran.stderr
    running = Running.start("demo", "--port", "0", "--data", str(folder))
    yield running
    running.end()


def test_both_vendors_streams_end_within_a_second_and_they_find_nothing(demo: Running) -> None:
    """C13 and F32, on the wire: one event that is the same for both, then the end; no page answers them after."""
    address = demo.ready()
    owner, *vendors = (Visitor(address) for _one in range(3))
    owner.sign_in("karin.steiner@haldenvalve.example")
    for vendor, email in zip(vendors, VENDORS, strict=True):
        vendor.sign_in(email)
    live = live_of(owner)
    staying, *leaving = (one.listen(live) for one in (owner, *vendors))
    assert [one.status for one in (staying, *leaving)] == [200, 200, 200]
    for vendor in vendors:
        assert vendor.ask("GET", f"/spaces/{ROOM}")[0] == 200
    before = [len(one.said) for one in leaving]
    form = {
        "why": "Both offers are in.",
        "decision": "",
        "csrfmiddlewaretoken": owner.cookies["lockgate_csrf"],
    }
    begun = time.monotonic()
    status, _page = owner.ask("POST", f"/spaces/{ROOM}/deal/clearing", form)
    cleared = time.monotonic()
    assert status == 302
    wait_for("both streams have ended", lambda: all(one.is_over for one in leaving), 10)
    took = time.monotonic() - cleared
    print(f"cleared in {cleared - begun:.3f} s, streams ended {took:.3f} s later")
    assert took < WITHIN_SECONDS * DRAGGING
    heard = [one.said[first:] for one, first in zip(leaving, before, strict=True)]
    assert heard == [["event: seats", "data: {}"]] * len(VENDORS)
    assert not staying.is_over
    for vendor in vendors:
        assert vendor.ask("GET", f"/spaces/{ROOM}")[0] == 404
        assert ROOM not in vendor.ask("GET", "/places.json")[1]
