"""Whose number is whose, the texts that wait to be sent, and that a text came."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField


class Number(models.Model):
    """A person's number. Nothing but its code is sent to it before ``verified_at``."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="sms_number"
    )
    number = models.CharField(max_length=16)
    code_digest = models.BinaryField(max_length=32)
    code_ends_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["number"],
                condition=Q(verified_at__isnull=False),
                name="a_verified_number_is_one_persons",
            )
        ]


class Asked(models.Model):
    """That a code was sent to a number: how often is bounded, for who asks and for whom it disturbs. No number."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "at"], name="codes_by_person"),
            models.Index(fields=["digest", "at"], name="codes_by_number"),
        ]


class State(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # The line broke after the words were on their way: it may have arrived, and is not sent again.
    UNKNOWN = "unknown"
    # At the moment of sending the person might no longer be told.
    MOOT = "moot"


class Texting(models.Model):
    """One thing to be told to one person by text. Ids alone, except ``words`` of a code or of what answers a text of
    theirs, which are emptied when it is settled."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=6)
    about_id = models.BigIntegerField()
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "about_id"], name="one_is_texted_of_a_thing_once"),
            CheckConstraint(
                condition=Q(kind__in=["code", "post", "answer"]), name="a_text_is_of_a_known_kind"
            ),
            CheckConstraint(
                condition=Q(state__in=["waiting", "sending"], settled_at__isnull=True)
                | Q(state__in=["sent", "failed", "unknown", "moot"], settled_at__isnull=False, words=""),
                name="a_settled_text_has_its_time_and_no_words",
            ),
            CheckConstraint(
                condition=~Q(state="sending") | Q(taken_until__isnull=False),
                name="a_text_is_taken_for_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="texts_due"),
            models.Index(fields=["taken_until"], condition=Q(state="sending"), name="texts_taken"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="texts_settled"),
        ]


class Looked(models.Model):
    """Until when what happened has been looked at for texts. One row."""

    until = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="texts_are_gathered_once")]


class Taken(models.Model):
    """That a text came, once, by a digest of the gateway's id; whose it was. No word of it. Kept longer than any
    signature is good for."""

    id = TimeIdField(primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "at"], name="texts_of_person"),
            models.Index(fields=["at"], name="texts_taken_by_time"),
        ]
