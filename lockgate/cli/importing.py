"""`lockgate import`: a channel of another network into a space, and a list of what was left out."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.cli.posting import speaking
from lockgate.cli.serve import with_tables
from lockgate.cli.troubles import BAD_INPUT, NO_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.portability.readers import Export
    from lockgate.portability.types import ImportTold

ALL_THERE, SOME_LEFT_OUT = 0, 3
_OFTEN = 1000


def run_import(
    kind: str,
    source: Path,
    *,
    channel: str,
    slug: str,
    speaker: str,
    marking: str,
    reason: str,
    told: Path | None,
    dry: bool,
) -> int:
    """Bring ``channel`` in, say what became of it, and answer the exit code; without one, say what there is."""
    with_tables()
    from lockgate.base.clock import now
    from lockgate.base.markings import Marking
    from lockgate.portability.operations import bring
    from lockgate.portability.queries import opened

    try:
        level = Marking[marking.upper()]
    except KeyError as error:
        raise Trouble(
            f"{marking} is not a marking.",
            "Say public, internal, confidential or controlled.",
            code=BAD_INPUT,
        ) from error
    try:
        export = opened(kind, source)
        if not channel:
            return _list(export)
        done = bring(
            by=speaking(speaker, now()),
            clock=now,
            export=export,
            conversation=channel,
            place=f"space:{slug.removeprefix('space:')}",
            marking=level,
            justification=reason,
            is_rehearsal=dry,
            so_far=_so_far,
        )
    except OSError as error:
        raise Trouble(
            f"{error.filename or source} cannot be read: {error.strerror}.",
            "Name the export as it was made.",
            code=NO_INPUT,
        ) from error
    _say(done, dry)
    if told is not None:
        _write(done, told)
    return SOME_LEFT_OUT if done.left_out else ALL_THERE


def _list(export: Export) -> int:
    from lockgate.portability.queries import conversations

    for one, count in conversations(export):
        what = "between few, not brought in" if one.kind != "channel" else "private" if one.is_private else ""
        print(f"{one.key}\t{count:,}\t{one.name}{f' ({what})' if what else ''}")
    print("Name one with --channel and a space with --space.", file=sys.stderr)
    return ALL_THERE


def _so_far(done: int, all_of_it: int) -> None:
    if done % _OFTEN == 0:
        print(f"{done:,} of {all_of_it:,}", file=sys.stderr, flush=True)


def _say(done: ImportTold, dry: bool) -> None:
    stands = "would be brought in" if dry else "brought in"
    print(f"{done.found:,} things found")
    print(f"{done.brought:,} {stands}, as {done.threads:,} new threads and answers in them")
    print(f"{done.matched:,} by people who are here, by their address")
    print(f"{done.known:,} in the space already")
    print(f"{len(done.left_out):,} left out")
    for why, count in Counter(one.why for one in done.left_out).most_common():
        print(f"  {count:,}: {why}")
    print(f"{len(done.noted):,} things noted of what was brought in")
    for what, count in Counter(one.why for one in done.noted).most_common(10):
        print(f"  {count:,}: {what}")


def _write(done: ImportTold, told: Path) -> None:
    with told.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["what", "number", "why"])
        lines.writerows(["left out", one.number, one.why] for one in done.left_out)
        lines.writerows(["noted", one.number, one.why] for one in done.noted)
