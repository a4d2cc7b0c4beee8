"""What stands in the index, and how far it has come. The words themselves lie in two tables beside these, one for each
corpus, which the databases keep in their own ways (tables.py)."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from lockgate.base.fields import RowKeyField, TimeIdField


class Indexed(models.Model):
    """One passage in the index. ``id`` is its position (the next free number where two have the same), so that the
    newest come first in the order of the key; ``revision`` is the wording whose words were indexed."""

    id = TimeIdField(primary_key=True)
    passage_id = models.BigIntegerField(unique=True)
    audience_id = models.BigIntegerField()
    revision = models.IntegerField()
    is_open = models.BooleanField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(revision__gte=1), name="what_is_indexed_is_a_wording"),
        ]
        indexes = [
            # The newest of an audience, without its words; and which audiences lie in which corpus.
            models.Index(fields=["audience_id", "is_open", "-id"], name="indexed_newest"),
        ]


class Progress(models.Model):
    """How far the index has come: one row. ``followed`` lines of the archive's log were followed; while ``walked`` is
    not NULL all passages are being walked by id, and those up to it are done. ``form`` is how words were read.
    ``walks`` counts how often that was begun. ``merged`` lines had been followed when SQLite's tables were last put
    into one piece (merging.py)."""

    id = RowKeyField(primary_key=True, default=1)
    followed = models.BigIntegerField()
    walked = models.BigIntegerField(null=True)
    form = models.IntegerField()
    walks = models.IntegerField(default=0)
    merged = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(id=1), name="the_index_has_one_progress"),
            CheckConstraint(condition=Q(followed__gte=0), name="the_log_is_followed_from_its_beginning"),
        ]
