"""`lockgate archive`: export, verify, checkpoint."""

from __future__ import annotations

import sys
from pathlib import Path

from lockgate.cli.troubles import BAD_INPUT, NO_INPUT, Trouble


def run_export(folder: Path, *, record: list[str], disclose: bool, by: str, reason: str) -> int:
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.archive.export import export
    from lockgate.base.clock import now

    at = now()
    if by:
        from lockgate.cli.posting import speaking

        by = speaking(by, at).pseudonym
    export(
        folder, by=by or "system", at=at, records=record or None, may_disclose=disclose, reason=reason.strip()
    )
    print(f"The archive stands in {folder}. VERIFY.md in it says how to check it.")
    return 0


def run_verify(folder: Path, *, key: str, earlier: Path | None) -> int:
    """No database, no settings: only the folder, and what the caller has kept of the log."""
    from lockgate.archive.verify import verify

    if not folder.is_dir():
        raise Trouble(f"{folder} is not a folder.", "Name the folder of an export.", code=NO_INPUT)
    before = None
    if earlier is not None:
        try:
            before = earlier.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Trouble(
                f"{earlier} cannot be read.", "Name a checkpoint that you kept.", code=NO_INPUT
            ) from error
    vkey = key
    if key and Path(key).is_file():
        vkey = Path(key).read_text("utf-8").strip()
    report = verify(folder, vkey=vkey or None, earlier=before)
    if not report.is_good:
        print(f"{folder} does NOT verify:", file=sys.stderr)
        for fault in report.faults:
            print(f"- {fault}", file=sys.stderr)
        return 1
    print(f"{folder} verifies: {report.size} entries of {report.origin},")
    print(f"{report.shown} shown with their proofs, {report.disclosed} with their words.")
    if report.is_own_key:
        print(
            "The key came with the folder itself. To know whose it is, give --key the one you got elsewhere."
        )
    return 0


def run_checkpoint() -> int:
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.archive.operations import checkpoint, keep
    from lockgate.archive.queries import state
    from lockgate.base.clock import now

    at = now()
    keep(at)
    checkpoint(at=at)
    note = state().note
    if not note:
        raise Trouble("The archive is empty; there is nothing to sign yet.", code=BAD_INPUT)
    print(note, end="")
    return 0
