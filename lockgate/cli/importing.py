"""`lockgate import`: a channel of another network into a space, and a list of what was left out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.cli.brought import ALL_THERE, SOME_LEFT_OUT, say_reasons, so_far, write_reasons
from lockgate.cli.markings import marking_named
from lockgate.cli.posting import speaking
from lockgate.cli.serve import with_tables
from lockgate.cli.troubles import NO_INPUT, Trouble

if TYPE_CHECKING:
    from lockgate.portability.readers import Export
    from lockgate.portability.types import ImportTold


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
    from lockgate.portability.operations import bring
    from lockgate.portability.queries import opened

    level = marking_named(marking)
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
            so_far=so_far,
        )
    except OSError as error:
        raise Trouble(
            f"{error.filename or source} cannot be read: {error.strerror}.",
            "Name the export as it was made.",
            code=NO_INPUT,
        ) from error
    _say(done, dry)
    if told is not None:
        write_reasons(
            told,
            ["number", "why"],
            [(one.number, one.why) for one in done.left_out],
            [(one.number, one.why) for one in done.noted],
        )
    return SOME_LEFT_OUT if done.left_out else ALL_THERE


def _list(export: Export) -> int:
    from lockgate.portability.queries import conversations

    for one, count in conversations(export):
        what = "between few, not brought in" if one.kind != "channel" else "private" if one.is_private else ""
        print(f"{one.key}\t{count:,}\t{one.name}{f' ({what})' if what else ''}")
    print("Name one with --channel and a space with --space.", file=sys.stderr)
    return ALL_THERE


def _say(done: ImportTold, dry: bool) -> None:
    stands = "would be brought in" if dry else "brought in"
    print(f"{done.found:,} things found")
    print(f"{done.brought:,} {stands}, as {done.threads:,} new threads and answers in them")
    print(f"{done.matched:,} by people who are here, by their address")
    print(f"{done.known:,} in the space already")
    say_reasons([one.why for one in done.left_out], [one.why for one in done.noted])
