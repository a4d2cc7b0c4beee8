"""What became of a file that was brought in, as the commands of importing say it."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

ALL_THERE, SOME_LEFT_OUT = 0, 3
_OFTEN = 1000
_MOST_NOTES = 10


def so_far(done: int, all_of_it: int) -> None:
    if done % _OFTEN == 0:
        print(f"{done:,} of {all_of_it:,}", file=sys.stderr, flush=True)


def say_reasons(left_out: Sequence[str], noted: Sequence[str]) -> None:
    """How many were left out, and how often for which reason; then what was noted of the others."""
    print(f"{len(left_out):,} left out")
    for why, count in Counter(left_out).most_common():
        print(f"  {count:,}: {why}")
    print(f"{len(noted):,} things noted of what was brought in")
    for what, count in Counter(noted).most_common(_MOST_NOTES):
        print(f"  {count:,}: {what}")


def write_reasons(
    told: Path,
    columns: Sequence[str],
    left_out: Iterable[Sequence[str]],
    noted: Iterable[Sequence[str]],
) -> None:
    """Each that was left out or noted, a line of CSV."""
    with told.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["what", *columns])
        lines.writerows(["left out", *one] for one in left_out)
        lines.writerows(["noted", *one] for one in noted)
