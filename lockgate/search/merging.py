"""SQLite's tables of words, put into one piece (FTS5, "The merge command").

Each commit adds a piece of its own, and pieces are merged by fours: nine of them are left for a hundred thousand
messages, and each word of a question is looked up in each. In one piece the same questions take a third of the time. To
merge all of it anew takes a second for a hundred thousand messages, so it is done when a twentieth has been added:
that is a quarter of a millisecond for each message, whatever the size. It goes step by step, each a transaction of some
milliseconds, since SQLite has one writer; killed in between, the table answers as before, and it is begun again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from lockgate.base.transactions import change
from lockgate.search import tables
from lockgate.search.models import Progress

PAGES_AT_ONCE = 64
STEPS_AT_ONCE = 8
SHARE = 20
LEAST = 1_000
"""Lines of the log. A message has three."""


@dataclass(slots=True)
class _UnderWay:
    """What this process is merging: how far the log was followed then, and the tables that are left."""

    followed: int = 0
    left: tuple[str, ...] = ()
    has_begun: bool = False


_under_way = _UnderWay()


def is_due(progress: Progress) -> bool:
    """Whether so much was added since all of it was merged that it is worth to do so again."""
    return progress.followed - progress.merged >= max(LEAST, progress.followed // SHARE)


def merge(*, at: datetime) -> bool:
    """Some steps of merging, where it is due and nothing was indexed for a while before ``at``; answers whether it did
    any."""
    if tables.is_busy(at):
        return False
    if not _under_way.left:
        progress = Progress.objects.first()
        if progress is None or progress.walked is not None or not is_due(progress):
            return False
        _under_way.followed, _under_way.left = progress.followed, (tables.OPEN, tables.CONFIDENTIAL)
        _under_way.has_begun = False
    for _step in range(STEPS_AT_ONCE):
        table, *others = _under_way.left
        if _merged_some(table, begin=not _under_way.has_begun):
            _under_way.has_begun = True
            continue
        _under_way.left, _under_way.has_begun = tuple(others), False
        if not others:
            Progress.objects.filter(id=1).update(merged=_under_way.followed)
            break
    return True


def _merged_some(table: str, *, begin: bool) -> bool:
    """One step. A negative number of pages begins anew with all pieces; who changed less than two rows had nothing to
    do: both as FTS5 documents it."""
    with change(), connection.cursor() as cursor:
        before = _changes(cursor)
        cursor.execute(
            f"INSERT INTO {table} ({table}, rank) VALUES ('merge', %s)",  # noqa: S608 (our own)
            [-PAGES_AT_ONCE if begin else PAGES_AT_ONCE],
        )
        return _changes(cursor) - before >= 2


def _changes(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])
