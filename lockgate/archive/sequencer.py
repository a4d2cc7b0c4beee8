"""Gives waiting entries their places in the tree, in batches, one sequencer at a time.

After each step a comment says what is now true and what a crash would mean.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from lockgate.archive import rules, tiles
from lockgate.archive.models import Entry, Pending, Sequenced
from lockgate.base.rows import among
from lockgate.base.transactions import change, is_postgresql

# Small enough that SQLite's one write lock is free again within some milliseconds: posts wait for it.
BATCH_ENTRIES = 512

# "LOCKGATE" in ASCII, as PostgreSQL's advisory lock wants a number.
_TURN = 0x4C4F434B47415445


def sequence(*, at: datetime, limit: int = BATCH_ENTRIES) -> int:
    """Append up to ``limit`` waiting entries to the tree; answers how many. 0 also when another sequencer
    is at work."""
    if not Pending.objects.exists():
        return 0
    with change():
        if not take_turn():
            return 0
        # Now: nobody else appends until this transaction ends (PostgreSQL: advisory lock; SQLite: the write
        # lock, taken at BEGIN IMMEDIATE). Crash: the lock goes with the connection, nothing was written.
        batch = _waiting(limit)
        size = tiles.tree_size()
        # Now: we hold the oldest waiting entries and the place of the next one; both stay true while we hold
        # the turn. An entry that commits meanwhile, even with a smaller id, waits for the next batch. Crash:
        # nothing was written.
        _lengthen(size, [leaf for _, leaf in batch])
        # Now: this transaction's tiles hold the new hashes, and nobody else sees them. Crash: the tiles are
        # as before.
        entry_ids = [entry_id for entry_id, _ in batch]
        _place(size, entry_ids, at)
        # Now: each entry of the batch has its place, without a gap after the last one. Crash: all of it is
        # undone, the entries still wait and the next sequencer takes them, perhaps in other company: no root
        # over them was signed.
        _release(entry_ids)
        # Now: they no longer wait. The queue's trigger let them go only because they are placed. Crash: as
        # before.
    # Now: tiles, places and queue are committed together and durable. Crash: nothing is lost; the next
    # checkpoint covers them. Signing comes after this commit and never inside it, so no signed root can be
    # rolled back.
    return len(batch)


def drain(*, at: datetime) -> int:
    """Place what waits, batch by batch; answers how many. Ends with the first batch that is not full, because under a
    steady stream something always waits and the log would never be signed."""
    placed = 0
    while True:
        done = sequence(at=at)
        placed += done
        if done < BATCH_ENTRIES:
            return placed


def take_turn() -> bool:
    """Be the only writer of the tree until the transaction ends, or answer no."""
    if not is_postgresql():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        return bool(cursor.fetchone()[0])


def _waiting(limit: int) -> list[tuple[int, bytes]]:
    """The oldest that wait, by id. Asked for in two steps: joined, both databases were seen to read the whole log."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT entry_id FROM {Pending._meta.db_table} ORDER BY entry_id LIMIT %s",  # noqa: S608  # our own name
            [limit],
        )
        entry_ids = [entry_id for (entry_id,) in cursor.fetchall()]
        these, values = among(entry_ids)
        cursor.execute(
            f"SELECT id, leaf FROM {Entry._meta.db_table} WHERE id {these} ORDER BY id",  # noqa: S608  # our own names
            values,
        )
        return [(entry_id, bytes(leaf)) for entry_id, leaf in cursor.fetchall()]


def _lengthen(size: int, leaves: list[bytes]) -> None:
    tiles.write(rules.append(size, tiles.edge(size), [rules.leaf_hash(leaf) for leaf in leaves]))


def _place(size: int, entry_ids: list[int], at: datetime) -> None:
    table = Sequenced._meta.db_table
    when = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                f'INSERT INTO {table} ("index", entry_id, placed_at)'  # noqa: S608  # our own name
                " SELECT %s + place - 1, entry_id, %s"
                " FROM unnest(%s::bigint[]) WITH ORDINALITY AS t(entry_id, place)",
                [size, when, entry_ids],
            )
        else:
            cursor.executemany(
                f'INSERT INTO {table} ("index", entry_id, placed_at) VALUES (%s, %s, %s)',  # noqa: S608  # our own name
                [(size + step, entry_id, when) for step, entry_id in enumerate(entry_ids)],
            )


def _release(entry_ids: list[int]) -> None:
    these, values = among(entry_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Pending._meta.db_table} WHERE entry_id {these}", values)  # noqa: S608  # our own names
