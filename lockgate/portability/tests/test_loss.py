"""Imports are measured for loss: what was found is brought in, known already or left out with its reason, and each
message stands in the space once, in its thread."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.portability.operations import bring
from lockgate.portability.queries import opened
from lockgate.portability.types import ImportTold
from tools.large_exports import CHANNELS, stays_outside, write

MOST = 230


@pytest.mark.parametrize("kind", sorted(CHANNELS))
def test_nothing_is_lost_and_nothing_comes_twice(kind: str, cast: Cast, at: datetime, tmp_path: Path) -> None:
    path = write(kind, tmp_path / "export.zip", MOST)

    def run() -> ImportTold:
        return bring(
            by=cast.author,
            clock=lambda: at,
            export=opened(kind, path),
            conversation=CHANNELS[kind],
            place="space:valve-7",
            marking=Marking.INTERNAL,
        )

    inside = {number for number in range(MOST) if not stays_outside(number)}
    told = run()
    assert (told.found, told.brought, told.known, len(told.left_out)) == (
        MOST, len(inside), 0, MOST - len(inside),
    )  # fmt: skip
    rows = Passage.objects.filter(audience=cast.audiences["valve-7"]).select_related(
        "message", "thread__message"
    )
    stands: dict[int, int] = {}
    for row in rows:
        if match := re.search(r"\bm(\d+)\.", row.message.body):
            opens = re.search(r"\bm(\d+)\.", row.thread.message.body) if row.thread else match
            assert opens
            assert int(match[1]) not in stands
            stands[int(match[1])] = int(opens[1])
    assert stands.keys() == inside
    for number, opens in stands.items():
        thread = range(number - number % 5, number + 1)
        assert opens == next(one for one in thread if one in inside), (
            "in its thread, beneath the first that came in"
        )
    again = run()
    assert (again.found, again.brought, again.known, len(again.left_out)) == (
        MOST, 0, len(inside), MOST - len(inside),
    )  # fmt: skip
