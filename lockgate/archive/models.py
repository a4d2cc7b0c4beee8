"""The log and what stands beside it. Entries, their places and the checkpoints are append-only: triggers
refuse UPDATE and DELETE (migration 0002, guards.py). Bodies and their keys may be destroyed; nothing else
may."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q

from lockgate.base.fields import RowKeyField, TimeIdField


class Entry(models.Model):
    """A fact, as the exact bytes that the tree hashes, and the same fields as columns to read by. Never
    changes."""

    id = TimeIdField(primary_key=True)
    leaf = models.BinaryField()
    record = models.CharField(max_length=80)
    parent = models.CharField(
        max_length=80, null=True
    )  # NULL, not "": most have none, and the index leaves those out
    action = models.CharField(max_length=124)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    rule = models.CharField(max_length=200)
    marking = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [
            Index(fields=["record", "id"], name="archive_entry_by_record"),
            Index(
                fields=["parent", "id"],
                condition=Q(parent__isnull=False),
                name="archive_entry_by_parent",
            ),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(marking__isnull=True) | Q(marking__lte=3), name="an_entry_has_a_known_marking"
            ),
        ]


class Pending(models.Model):
    """An entry that has no place in the tree yet. A trigger writes the row with the entry's own insert; the
    sequencer works from here and never from "ids above the last", because PostgreSQL commits ids out of
    order. A trigger lets a row go only when its entry has its place."""

    entry = models.OneToOneField(Entry, models.DO_NOTHING, primary_key=True, db_constraint=False)


class Sequenced(models.Model):
    """The place of an entry in the tree. Places have no gaps and never change."""

    index = RowKeyField(primary_key=True)
    entry = models.OneToOneField(Entry, models.DO_NOTHING, related_name="place")
    placed_at = models.DateTimeField()


class Tile(models.Model):
    """Up to 256 joined hashes of one level. The last tile of a level grows until it is full."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    data = models.BinaryField()


class Checkpoint(models.Model):
    """A signed note: so many entries, this root, said at this time."""

    size = RowKeyField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()


class Sealed(models.Model):
    """The body of an entry: ``data`` is nonce and AES-256-GCM ciphertext under a key of its own; ``wrapped`` is that
    key and the salt, under the key-encryption key named by ``epoch``, which is kept in a file outside the database.
    Without this row the body is gone and its hash says nothing."""

    entry = models.OneToOneField(Entry, models.DO_NOTHING, primary_key=True, related_name="sealed")
    data = models.BinaryField()
    wrapped = models.BinaryField()
    epoch = models.CharField(max_length=16)
