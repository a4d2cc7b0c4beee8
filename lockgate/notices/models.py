"""Who is told what: a notice to one person, and the log of happenings that wakes open pages."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField


class Happening(models.Model):
    """Something that those who sit in an audience may be woken for: ids only, never words.

    The id sorts by time and counts nothing, so it can stand in a stream as Last-Event-ID without telling a
    listener how much they were not told.
    """

    id = TimeIdField(primary_key=True)
    audience_id = models.BigIntegerField()
    passage_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=["delivered", "answered", "revised", "redrawn", "recalled"]),
                name="a_happening_is_of_a_known_kind",
            )
        ]


class Quiet(models.Model):
    """When a person is not to be disturbed: each day between two times of theirs (minutes after midnight), on whole
    days of the week (a bit for each, Monday the lowest), or until a moment. What is told meanwhile waits; nothing is
    lost."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    begins = models.SmallIntegerField(null=True)
    ends = models.SmallIntegerField(null=True)
    days = models.SmallIntegerField(default=0)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True)
                | Q(begins__gte=0, begins__lt=1440, ends__gte=0, ends__lt=1440),
                name="quiet_hours_begin_and_end",
            ),
            CheckConstraint(condition=Q(days__gte=0, days__lt=128), name="a_week_has_seven_days"),
        ]


class Notice(models.Model):
    """One thing told to one person. ``words`` fill the sentence that ``kind`` names; ``thread_id`` is the thread that
    it comes from, where one may mute that."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    message_id = models.BigIntegerField(null=True)
    thread_id = models.BigIntegerField(null=True)
    words = models.JSONField(default=dict)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("at")),
                name="a_notice_is_seen_after_it_is_told",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(seen_at__isnull=True), name="notice_unseen"),
            models.Index(fields=["person", "-id"], name="notice_of_person"),
        ]


class MutedThread(models.Model):
    """A person is told nothing more of a thread, by the number of the post that it hangs on. It hides no word."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    thread_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        # By the thread first: who is told of one asks for all who muted it.
        constraints = [UniqueConstraint(fields=["thread_id", "person"], name="a_thread_is_muted_once")]


class SeenUpTo(models.Model):
    """Every notice of this person up to ``notice_id`` is seen, whatever its own row says: one row a person, so that
    fifty thousand are marked as quickly as five."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    notice_id = models.BigIntegerField()
    at = models.DateTimeField()
