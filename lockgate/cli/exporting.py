"""`lockgate export`: what somebody has written, a space, or the whole company, in open formats."""

from __future__ import annotations

from pathlib import Path

from lockgate.cli.posting import speaking
from lockgate.cli.serve import with_tables
from lockgate.cli.troubles import NO_INPUT, Trouble


def run_own(file: Path, *, speaker: str) -> int:
    with_tables()
    from lockgate.base.clock import now
    from lockgate.portability.operations import take_out_own

    at = now()
    by = speaking(speaker, at)
    with _new(file).open("xb") as out:
        count = take_out_own(by=by, at=at, out=out)
    print(f"{count:,} messages in {file}")
    return 0


def run_space(file: Path, *, slug: str, speaker: str) -> int:
    with_tables()
    from lockgate.base.clock import now
    from lockgate.portability.operations import take_out_space
    from lockgate.spaces.types import split_key

    at = now()
    by = speaking(speaker, at)
    name, lane = split_key(slug)
    target = _new(file)
    with target.open("xb") as out:
        try:
            count = take_out_space(by=by, at=at, slug=name, lane=lane, out=out)
        except BaseException:
            target.unlink()
            raise
    print(f"{count:,} posts with their answers in {file}")
    return 0


def run_company(folder: Path) -> int:
    with_tables()
    from django.conf import settings

    from lockgate.archive.export import export
    from lockgate.base.clock import now
    from lockgate.portability.operations import take_out_company

    counts = take_out_company(
        at=now(),
        folder=folder,
        company=settings.COMPANY,
        archive=lambda target: export(target, by="system", at=now(), reason="export of the company"),
    )
    print(f"{sum(counts.values()):,} rows of {len(counts)} tables, all files and the archive in {folder}")
    return 0


def _new(file: Path) -> Path:
    if file.exists():
        raise Trouble(f"{file} is there already.", "Name a new file.", code=NO_INPUT)
    return file
