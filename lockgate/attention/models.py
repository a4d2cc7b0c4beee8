"""What a person attends to: theirs alone, and never asked when it is settled what they may hear."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.attention import rules
from lockgate.base.fields import RowKeyField


class Follow(models.Model):
    """``key`` is a person's id, a topic, or the id of the passage that a thread hangs on."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "key"], name="a_thing_is_followed_once"),
            CheckConstraint(
                condition=Q(kind__in=rules.KINDS), name="one_follows_a_person_a_topic_or_a_thread"
            ),
        ]
        indexes = [models.Index(fields=["kind", "key"], name="followers_of")]


class Topic(models.Model):
    """A delivered passage names a topic. Read only together with what its reader may hear."""

    passage = models.ForeignKey("gateway.Passage", on_delete=models.CASCADE, related_name="topics")
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    word = models.CharField(max_length=rules.LONGEST_TOPIC)

    class Meta:
        constraints = [UniqueConstraint(fields=["passage", "word"], name="a_passage_names_a_topic_once")]
        indexes = [models.Index(fields=["word", "audience", "-passage"], name="topics_of_audience")]


class Leader(models.Model):
    """Whose posts stand first until they are seen."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    at = models.DateTimeField()


class ReadUpTo(models.Model):
    """The pointer: all that was delivered up to this position is read, whatever there is."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    position = models.BigIntegerField()


class ReadException(models.Model):
    """Read beyond the pointer, or kept unread before it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    passage_id = models.BigIntegerField()
    position = models.BigIntegerField()
    is_read = models.BooleanField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "passage_id"], name="one_exception_a_passage")]


class FollowedUp(models.Model):
    """How far the work process has followed the archive's log. One row."""

    id = RowKeyField(primary_key=True, default=1)
    place = models.BigIntegerField()
