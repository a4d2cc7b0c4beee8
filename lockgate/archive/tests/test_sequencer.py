"""A crash between any two steps loses nothing, and nothing is signed that does not continue what was signed before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from lockgate.archive import guards, keys, notary, operations, queries, rules, sequencer, tiles
from lockgate.archive.models import Checkpoint, Entry, Pending, Sequenced, Tile


class Crash(Exception):
    """The process ends here."""


def _whole() -> None:
    """The log as the database holds it is whole: places without gaps, tiles over the entries that they place."""
    placed = list(Sequenced.objects.order_by("index").values_list("index", "entry__leaf"))
    assert [index for index, _ in placed] == list(range(len(placed)))
    again: dict[tuple[int, int], bytes] = rules.append(
        0, {}, [rules.leaf_hash(bytes(leaf)) for _, leaf in placed]
    )
    assert {(tile.level, tile.number): bytes(tile.data) for tile in Tile.objects.all()} == again
    assert Entry.objects.count() == len(placed) + Pending.objects.count()


_STEPS = ["take_turn", "_waiting", "_lengthen", "_place", "_release"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", _STEPS)
def test_a_crash_around_a_step_of_the_sequencer_leaves_all_as_it_was(
    monkeypatch, facts, noon, step, is_after
):
    with transaction.atomic():
        operations.record(facts(300, body=None))
    operations.keep(noon)
    with transaction.atomic():
        operations.record(facts(290, record="m:2", body=None))
    real = getattr(sequencer, step)

    def crash(*args, **kwargs):
        if is_after:
            real(*args, **kwargs)
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(sequencer, step, crash)
        with pytest.raises(Crash):
            operations.sequence(at=noon)
    assert Pending.objects.count() == 290
    assert tiles.tree_size() == 300
    _whole()

    assert operations.keep(noon + timedelta(seconds=20)) == 290
    _whole()
    assert queries.state().signed_size == 590


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["sign", "replace"])
def test_a_crash_around_signing_leaves_a_log_that_can_be_signed(monkeypatch, facts, noon, step, is_after):
    with transaction.atomic():
        operations.record(facts(3))
    operations.keep(noon)
    with transaction.atomic():
        operations.record(facts(3, record="m:2"))
    operations.sequence(at=noon)
    owner = notary.notes if step == "sign" else notary.keys
    real = getattr(owner, step)

    def crash(*args, **kwargs):
        if is_after:
            real(*args, **kwargs)
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(owner, step, crash)
        with pytest.raises(Crash):
            operations.checkpoint(at=noon)
    assert Checkpoint.objects.count() == 1
    with transaction.atomic():
        operations.record(facts(3, record="m:3"))
    operations.keep(noon + timedelta(seconds=20))
    assert queries.state().signed_size == 9
    _whole()


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 7, 256, 1000])
def test_any_batch_size_makes_the_same_tree(facts, noon, limit):
    operations.record(facts(520, body=None))
    while operations.sequence(at=noon, limit=limit):
        pass
    _whole()


def _behind_the_guards(statement: str) -> None:
    with connection.cursor() as cursor:
        for line in guards.GUARDS.lowering(connection.vendor):
            cursor.execute(line)
        cursor.execute(statement)
        for line in guards.GUARDS.raising(connection.vendor):
            cursor.execute(line)


@pytest.fixture
def signed(facts, noon):
    operations.record(facts(5, body=None))
    operations.keep(noon)
    operations.record(facts(5, record="m:2", body=None))
    operations.sequence(at=noon)


@pytest.mark.django_db
def test_a_rewritten_tile_is_not_signed(signed, noon):
    tile = Tile.objects.get(level=0, number=0)
    tiles.write({(0, 0): b"\x00" * 32 + bytes(tile.data)[32:]})
    with pytest.raises(operations.InconsistentLog, match="no longer holds what was signed at 5 entries"):
        operations.checkpoint(at=noon)
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_a_missing_or_short_tile_is_not_signed(signed, noon):
    tiles.write({(0, 0): b"\x00" * 32})
    with pytest.raises(operations.InconsistentLog, match="damaged"):
        operations.checkpoint(at=noon)
    Tile.objects.all().delete()
    with pytest.raises(operations.InconsistentLog, match="damaged"):
        operations.checkpoint(at=noon)


@pytest.mark.django_db
def test_a_database_put_back_from_an_old_backup_is_not_signed(signed, noon):
    operations.checkpoint(at=noon)
    assert queries.inconsistency() is None
    _behind_the_guards("DELETE FROM archive_checkpoint WHERE size = 10")
    _behind_the_guards('DELETE FROM archive_sequenced WHERE "index" >= 7')
    edge = bytes(Tile.objects.get(level=0, number=0).data)
    tiles.write({(0, 0): edge[: 7 * 32]})
    with pytest.raises(operations.InconsistentLog, match="holds 7 entries, but 10 were signed before"):
        operations.checkpoint(at=noon)
    told = queries.inconsistency()
    assert told is not None
    assert "holds 7 entries, but 10 were signed before" in told.sentence
    assert "older than its last checkpoint" in told.mend


@pytest.mark.django_db
def test_a_log_that_took_another_way_after_an_old_backup_is_not_signed(signed, facts, noon):
    operations.checkpoint(at=noon)
    _behind_the_guards("DELETE FROM archive_checkpoint WHERE size = 10")
    edge = bytes(Tile.objects.get(level=0, number=0).data)
    tiles.write({(0, 0): edge[: 7 * 32] + b"\x11" * 96})
    with pytest.raises(operations.InconsistentLog, match="no longer holds what was signed at 10 entries"):
        operations.checkpoint(at=noon)
    keys.path(keys.LAST_SIGNED).write_text("nonsense")
    with pytest.raises(operations.InconsistentLog, match="does not read"):
        operations.checkpoint(at=noon)
    assert "does not read" in str(queries.inconsistency())


@pytest.mark.django_db
def test_an_empty_log_can_be_signed_and_continued(facts, noon):
    assert operations.keep(noon) == 0
    assert not Checkpoint.objects.exists()
    first = operations.checkpoint(at=noon)
    assert first is not None
    assert (first.size, bytes(first.root)) == (0, rules.EMPTY_ROOT)
    operations.record(facts(1))
    operations.keep(noon + timedelta(seconds=20))
    assert queries.state().signed_size == 1


@pytest.mark.django_db
def test_how_long_the_oldest_waits(facts, noon):
    assert queries.waits_since(noon) == 0
    operations.record(facts(2, body=None))
    assert queries.waits_since(noon + timedelta(seconds=12)) == 12


@pytest.mark.django_db
def test_a_steady_stream_does_not_keep_the_log_from_being_signed(monkeypatch, facts, noon):
    """After every batch something waits again; keep must end all the same."""
    operations.record(facts(3, body=None))
    batches = []
    real = sequencer._release

    def another_arrives(size):
        real(size)
        batches.append(size)
        assert len(batches) < 5
        operations.record(facts(3, body=None))

    monkeypatch.setattr(sequencer, "_release", another_arrives)
    assert operations.keep(noon) == 3
    assert queries.state().signed_size == 3
    assert queries.state().waiting == 3
