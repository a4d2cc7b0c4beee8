"""Desks that sign, what they were asked, and what they answered.

Passages and messages stand above this room and are named by their ids alone. What was asked and what was
answered are rows of their own, never changed afterwards: a request is open while it has neither a sign-off
nor a voiding. Triggers (migration 0002) keep what constraints cannot: a sign-off repeats its request's
author, content and policy to the letter, and none is given on a request that is void.
"""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.approvals.rules import WORD_LIMIT
from lockgate.base.fields import TimeIdField


class Desk(models.Model):
    """Somebody who signs for a subject, with somebody who signs when they cannot."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer_hours = models.PositiveSmallIntegerField(default=24)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("approver")),
                name="a_deputy_is_somebody_else",
            ),
            CheckConstraint(condition=Q(answer_hours__gte=1), name="a_desk_has_an_hour_to_answer"),
        ]

    def __str__(self) -> str:
        return self.name


class Request(models.Model):
    """One desk asked to sign one passage: these very words, under this very policy."""

    id = TimeIdField(primary_key=True)
    passage_id = models.BigIntegerField(db_index=True)
    message_id = models.BigIntegerField()
    place_key = models.CharField(max_length=120)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="requests")
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content_hash = models.BinaryField(max_length=32)
    policy_version = models.TextField()
    justification = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(asked=F("author")), name="nobody_is_asked_to_sign_their_own"),
            CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="a_request_is_due_after_it_is_asked"),
        ]


class SignOff(models.Model):
    """The answer. One a request: the database decides who was first."""

    class Decision(models.TextChoices):
        APPROVE = "approve"
        CHANGE = "change"
        REJECT = "reject"

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="sign_off")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=7, choices=Decision)
    word = models.CharField(max_length=WORD_LIMIT)
    content_hash = models.BinaryField(max_length=32)
    policy_version = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(signer=F("author")), name="nobody_signs_their_own"),
            CheckConstraint(
                condition=Q(decision__in=["approve", "change", "reject"]), name="an_answer_is_one_of_three"
            ),
            CheckConstraint(condition=~Q(word=""), name="an_answer_has_a_word_of_reason"),
        ]


class Escalation(models.Model):
    """Passed on to somebody who may then sign as well."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="escalations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=WORD_LIMIT)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(by=F("to")), name="one_escalates_to_somebody_else"),
            CheckConstraint(condition=~Q(word=""), name="an_escalation_has_a_word_of_reason"),
            UniqueConstraint(fields=["request", "to"], name="one_is_escalated_to_once"),
        ]


class Voiding(models.Model):
    """The question, and any answer to it, no longer count: the words were edited or another desk said no."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="voiding")
    why = models.CharField(max_length=WORD_LIMIT)
    at = models.DateTimeField()


class Reminder(models.Model):
    """That somebody was told, once for each kind. The request stays open."""

    class Kind(models.TextChoices):
        DUE = "due"
        OVERDUE = "overdue"

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["request", "kind"], name="one_is_reminded_once_of_each"),
            CheckConstraint(condition=Q(kind__in=["due", "overdue"]), name="a_reminder_is_due_or_overdue"),
        ]
