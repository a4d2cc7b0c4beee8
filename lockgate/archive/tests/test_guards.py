"""The database itself refuses to change what stands in the archive. Run on both databases."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from lockgate.archive import guards, operations, queries
from lockgate.archive.models import Checkpoint, Entry, Pending, Sealed, Sequenced
from lockgate.base.transactions import is_postgresql

pytestmark = pytest.mark.django_db

_CHANGES = [
    "UPDATE archive_entry SET actor = 'p:00'",
    "UPDATE archive_entry SET leaf = leaf",
    "DELETE FROM archive_entry",
    "UPDATE archive_sequenced SET placed_at = placed_at",
    "DELETE FROM archive_sequenced",
    "UPDATE archive_checkpoint SET note = ''",
    "DELETE FROM archive_checkpoint",
    "UPDATE archive_sealed SET data = data",
]
_REPLACES = [
    "INSERT OR REPLACE INTO archive_entry SELECT * FROM archive_entry",
    "INSERT OR REPLACE INTO archive_sequenced SELECT * FROM archive_sequenced",
    'INSERT OR REPLACE INTO archive_sequenced ("index", entry_id, placed_at)'
    " SELECT 7, entry_id, placed_at FROM archive_sequenced LIMIT 1",
    "INSERT OR REPLACE INTO archive_checkpoint SELECT * FROM archive_checkpoint",
]


@pytest.fixture
def log(facts, noon):
    operations.record(facts(3))
    operations.keep(noon)
    return [Entry, Sequenced, Checkpoint, Sealed]


def _refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", _CHANGES)
def test_a_change_is_refused(log, statement):
    before = [list(model.objects.values_list()) for model in log]
    _refused(statement)
    assert [list(model.objects.values_list()) for model in log] == before


@pytest.mark.parametrize("statement", _REPLACES)
def test_sqlites_replace_is_refused_and_so_is_postgresqls_truncate(log, statement):
    before = [list(model.objects.values_list()) for model in log]
    if is_postgresql():
        statement = f"TRUNCATE {statement.split()[4]} CASCADE"
    _refused(statement)
    assert [list(model.objects.values_list()) for model in log] == before


def test_the_orm_is_refused_like_everyone(log):
    entry = Entry.objects.first()
    assert entry is not None
    for change in (entry.delete, entry.save, Sequenced.objects.all().delete, Checkpoint.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Entry.objects.count() == 3


def test_an_entry_waits_until_it_has_its_place(facts, noon):
    operations.record(facts(2))
    _refused("DELETE FROM archive_pending")
    assert Pending.objects.count() == 2
    operations.sequence(at=noon)
    assert Pending.objects.count() == 0


def test_a_marking_that_does_not_exist_is_refused(facts):
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(
            id=1, leaf=b"{}", record="m:1", action="a.b", actor="system", at="2026-03-04T12:00Z", marking=4
        )


def test_doctor_misses_a_trigger_that_was_taken_down(log):
    assert guards.GUARDS.missing(connection) == []
    assert queries.faults() == []
    name = sorted(guards.GUARDS.names(connection.vendor))[0]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                next(line for line in guards.GUARDS.lowering(connection.vendor) if f" {name}" in line)
            )
        assert guards.GUARDS.missing(connection) == [name]
        assert queries.faults() == [f"The trigger {name} is missing from the database."]
        transaction.set_rollback(True)
    assert guards.GUARDS.missing(connection) == []
