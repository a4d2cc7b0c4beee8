"""Whom we call when something is said, and who may call us to say something. Secrets lie sealed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField
from lockgate.base.markings import Marking
from lockgate.webhooks import rules


class Endpoint(models.Model):
    """An address that is called with what ``hears_as`` hears: its owner, or a bot of theirs."""

    id = TimeIdField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    hears_as = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # None: all that is heard.
    audience = models.ForeignKey("spaces.Audience", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    secret = models.BinaryField()
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(ended_at__isnull=True, why_ended="")
                | Q(ended_at__isnull=False, why_ended__in=["owner", "failing", "gone"]),
                name="an_ended_endpoint_says_why",
            )
        ]
        indexes = [
            models.Index(fields=["owner"], condition=Q(ended_at__isnull=True), name="endpoints_running")
        ]


class State(models.TextChoices):
    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    # At the moment of sending they might no longer be told.
    MOOT = "moot"


class Call(models.Model):
    """One thing to tell one endpoint: ids alone. What is sent is written at the moment of sending."""

    id = TimeIdField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="calls", db_index=False)
    kind = models.CharField(max_length=20)
    passage_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    thread_id = models.BigIntegerField(null=True)
    audience_id = models.BigIntegerField()
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    last_word = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["endpoint", "passage_id", "kind", "happened_at"],
                name="an_endpoint_is_told_a_thing_once",
            ),
            CheckConstraint(condition=Q(kind__in=rules.KINDS), name="a_call_is_of_a_known_kind"),
            CheckConstraint(
                condition=Q(state__in=["waiting", "claimed"], settled_at__isnull=True)
                | Q(state__in=["sent", "failed", "moot"], settled_at__isnull=False),
                name="a_settled_call_has_its_time",
            ),
            CheckConstraint(
                condition=~Q(state="claimed") | Q(taken_until__isnull=False),
                name="a_taken_call_is_taken_for_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="calls_due"),
            models.Index(fields=["taken_until"], condition=Q(state="claimed"), name="calls_taken"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="calls_settled"),
        ]


class Looked(models.Model):
    """Until when what happened has been looked at. One row."""

    until = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="webhooks_are_gathered_once")]


class Source(models.Model):
    """A system that may call us: its words become a bot's, in one place, under one marking."""

    id = TimeIdField(primary_key=True)
    reference = models.UUIDField(unique=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    bot = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey("spaces.Audience", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    marking = models.SmallIntegerField(choices=Marking)
    secret = models.BinaryField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Taken(models.Model):
    """That a call came: by its id, once a source. Kept longer than any signature is good for."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    message_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["source", "number"], name="a_call_is_taken_once")]
        indexes = [models.Index(fields=["at"], name="taken_by_time")]
