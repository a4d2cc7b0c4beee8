"""SQLite's write-ahead log, carried over into the database file beside the writers.

Left to itself SQLite does that in the commit that makes the log 1,000 pages long: with posts of twenty pages, each
fiftieth waits 11 ms, and all who wait for its turn with it. Connections therefore leave it alone up to
``FRAMES_UNATTENDED`` (environment.py), and the background process carries over twice a second.
"""

from __future__ import annotations

from django.db import connection

from lockgate.base.environment import FRAMES_UNATTENDED
from lockgate.base.turns import turn

_LONGEST_WAIT = 0.2


def carry_over() -> bool:
    """Bring what was committed into the database file; answers whether there was anything in the log.

    PostgreSQL does this itself. Writers go on meanwhile; where they never leave a pause in which the log could begin
    anew, it takes one turn to give it that, once it is ``FRAMES_UNATTENDED`` long.
    """
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _busy, frames, _carried = cursor.fetchone()
        if frames > FRAMES_UNATTENDED:
            usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
            with turn(str(connection.settings_dict["NAME"])):
                # Readers of old pages are waited for, but not long: writers wait behind us.
                cursor.execute(f"PRAGMA busy_timeout={int(_LONGEST_WAIT * 1000)}")
                cursor.execute("PRAGMA wal_checkpoint(RESTART)")
                cursor.execute(f"PRAGMA busy_timeout={int(usual * 1000)}")
    return bool(frames)
