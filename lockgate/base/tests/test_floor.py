"""Requests take the floor one after another; one that waits for something slow holds up nobody for long."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections

from lockgate.base import floor as module
from lockgate.base.floor import floor


def test_requests_do_not_compute_at_once_and_share_a_connection() -> None:
    inside, most, seen = 0, 0, set()

    def work() -> None:
        nonlocal inside, most
        for _ in range(5):
            with floor():
                inside += 1
                most = max(most, inside)
                seen.add(connections["default"])
                time.sleep(0.001)
                inside -= 1

    crowd = [threading.Thread(target=work) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
    assert most == 1
    assert len(seen) == 1


def test_one_that_waits_is_left_to_it_with_its_connection() -> None:
    holds, answered, used = threading.Event(), threading.Event(), []

    def wait_for_a_channel() -> None:
        with floor():
            used.append(connections["default"])
            holds.set()
            assert answered.wait(30), "the quick one waited for the slow one"

    slow = threading.Thread(target=wait_for_a_channel)
    slow.start()
    assert holds.wait(30)
    with floor():
        assert connections["default"] not in used
    with floor():  # and the next finds the new floor at once
        pass
    answered.set()
    slow.join(30)


def test_an_error_gives_the_floor_and_the_threads_own_connection_back() -> None:
    own = connections["default"]
    with pytest.raises(RuntimeError, match="no"), floor():
        raise RuntimeError("no")
    assert connections["default"] is own
    newest = module._newest
    with floor():
        assert module._newest is newest, "the floor was not given back, and another had to be opened"
