"""What is done to the archive. Others call ``record`` inside their own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lockgate.archive import events, keys, leaves, sealing
from lockgate.archive.models import Checkpoint, Entry, Sealed
from lockgate.archive.notary import InconsistentLog, checkpoint, keep
from lockgate.archive.sequencer import sequence
from lockgate.archive.types import Fact
from lockgate.base.refusal import Refusal
from lockgate.base.rows import execute, gathered, stored
from lockgate.base.transactions import after_commit, change, is_in_transaction, is_postgresql

__all__ = [
    "InconsistentLog",
    "NothingSealed",
    "OutsideTransaction",
    "checkpoint",
    "erase",
    "keep",
    "make_keys",
    "record",
    "renew_wrapping_key",
    "sequence",
    "view",
]


class OutsideTransaction(Refusal):
    """A fact is recorded with the change that it tells of, or not at all."""

    code = "outside-transaction"
    status = 500


class NothingSealed(Refusal):
    """There is no body to erase."""

    code = "nothing-sealed"
    status = 404


def record(facts: Sequence[Fact]) -> list[int]:
    """Write the facts into the archive, in the caller's transaction; answers their entry ids, in the order
    given.

    Two statements at most, whatever the number of facts. A body is sealed and stored beside the log. Raises
    OutsideTransaction, UnfitFact, KeysMissing.
    """
    if not is_in_transaction():
        raise OutsideTransaction(
            "A fact can be recorded only in the transaction of the change that it tells of."
        )
    if not facts:
        return []
    origin, entry_ids = keys.origin(), leaves.new_entry_ids([fact.at for fact in facts])
    entries: list[Any] = []
    sealed: list[Any] = []
    wrapping: keys.WrappingKeys | None = None
    for entry_id, fact in zip(entry_ids, facts, strict=True):
        leaves.check(fact)
        if fact.body is None:
            leaf = leaves.leaf(fact, entry_id=entry_id, origin=origin)
        else:
            wrapping = wrapping or keys.wrapping(is_used=Sealed.objects.exists)
            seal = sealing.seal(entry_id, fact.body, wrapping.key())
            sealed += (entry_id, seal.data, seal.wrapped, wrapping.current)
            leaf = leaves.leaf(
                fact, entry_id=entry_id, origin=origin, pt=seal.pt, ct=seal.ct, length=len(fact.body)
            )
        entries += (entry_id, leaf, fact.record, fact.parent or None, fact.action, fact.actor)
        entries += (stored(fact.at), fact.rule, fact.marking)
    inserts = [(_insert(Entry, len(facts)), entries)]
    if sealed:
        inserts.append((_insert(Sealed, len(sealed) // 4), sealed))
    with gathered():
        for insert, values in inserts:
            execute(insert, values)
    return entry_ids


@cache
def _insert(model: type[Entry] | type[Sealed], rows: int) -> str:
    """INSERT of so many whole rows. Raw, because this is on the path of every post: the ORM takes four
    times as long."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    row = f"({', '.join(['%s'] * len(columns))})"
    names = ", ".join(columns)
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES {', '.join([row] * rows)}"  # noqa: S608  # our names


def view(*, by: str, record: str, at: datetime) -> int:
    """Put on record that someone looked into the archive; ``by`` is a pseudonym."""
    return _tell(Fact(events.RECORD_VIEWED, record, by, at))


def erase(*, record: str, basis: str, by: str, at: datetime) -> int:
    """Destroy the bodies of a record: keys, salts, ciphertext. Its entries and their proofs stay; a new
    entry says who erased and on what basis ("gdpr-17"). Answers that entry's id.

    On SQLite nothing of it stays in the files. On PostgreSQL pages and log segments may keep bytes for a
    while.
    """
    entry_ids = list(Entry.objects.filter(record=record, sealed__isnull=False).values_list("id", flat=True))
    with change():
        if not Sealed.objects.filter(entry_id__in=entry_ids).delete()[0]:
            raise NothingSealed(_("There is no text left to erase in this record."))
        told = _tell(Fact(events.BODY_ERASED, record, by, at, rule=basis))
        after_commit(_scrub)
    return told


def _tell(fact: Fact) -> int:
    with change():
        return record([fact])[0]


def _scrub() -> None:
    """Let no old page keep what was erased: SQLite overwrites freed pages (secure_delete), and its log is
    emptied here."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(f"VACUUM {Sealed._meta.db_table}")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def renew_wrapping_key(*, by: str, at: datetime) -> str:
    """Seal under a new key from now on; answers its epoch. What the earlier keys wrapped still opens with them."""
    keys.wrapping(is_used=Sealed.objects.exists)
    with change():
        # The file before the row: a key that is there and not told of does no harm, one told of and not there would.
        epoch = keys.add_wrapping_key()
        record([Fact(events.KEY_RENEWED, f"archive:{epoch}", by, at)])
    return epoch


def make_keys() -> list[str]:
    """Make the key files that a new installation lacks; answers the paths of those made."""
    return [
        str(file) for file in keys.make(is_signed=Checkpoint.objects.exists, is_sealed=Sealed.objects.exists)
    ]
