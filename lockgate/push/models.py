"""Whose devices are told, and what waits to be told to them. Addresses and keys lie sealed; no word is kept at all."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField


class Subscription(models.Model):
    """A browser or an app that one person wants to be told on. ``sealed`` holds its address and keys, and the session
    or the person's seal that it is bound to. It goes when it ends: nothing of it is kept."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Of an app: the number of its token. A browser is bound to its session.
    token_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    name = models.CharField(max_length=80, blank=True)
    alerts = models.JSONField(default=dict)
    policy = models.CharField(max_length=8, default="all")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["digest"], name="an_address_is_one_persons"),
            UniqueConstraint(
                fields=["token_id"], condition=Q(token_id__isnull=False), name="an_app_subscribes_once"
            ),
            CheckConstraint(
                condition=Q(policy__in=["all", "followed", "follower", "none"]),
                name="a_push_policy_is_a_known_one",
            ),
        ]


class State(models.TextChoices):
    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    # At the moment of sending the person might no longer be told.
    MOOT = "moot"


class Push(models.Model):
    """One thing to tell one device: ids alone. What is said is written at the moment of sending."""

    id = TimeIdField(primary_key=True)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="pushes", db_index=False
    )
    kind = models.CharField(max_length=8)
    about_id = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["subscription", "kind", "about_id"], name="a_device_is_told_a_thing_once"
            ),
            CheckConstraint(condition=Q(kind__in=["notice", "request"]), name="a_push_is_of_a_known_kind"),
            CheckConstraint(
                condition=Q(state__in=["waiting", "claimed"], settled_at__isnull=True)
                | Q(state__in=["sent", "failed", "moot"], settled_at__isnull=False),
                name="a_settled_push_has_its_time",
            ),
            CheckConstraint(
                condition=~Q(state="claimed") | Q(taken_until__isnull=False),
                name="a_taken_push_is_taken_for_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["about_id"], name="pushes_about"),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="pushes_due"),
            models.Index(fields=["taken_until"], condition=Q(state="claimed"), name="pushes_taken"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="pushes_settled"),
        ]


class Looked(models.Model):
    """Until when what happened has been looked at. One row."""

    until = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="pushes_are_gathered_once")]
