"""The outbox: what is to stand on a channel, where that has got to, what was read there, what is taken back.

Passages and messages stand above this room and are named by their ids alone.
"""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField
from lockgate.publishing.types import DeliveryState as S

REFERENCE_LIMIT = 500
URL_LIMIT = 1000


class Delivery(models.Model):
    """One passage's words on their way to one channel account.

    ``token`` is the intent: the same for each attempt, and what a look-up finds it by. ``due_at`` is when
    somebody may take it up: a time to send or to look again, and, while it is held, the end of the holder's
    lease; NULL when nothing more is done without a person. ``fence`` rises with every claim, and whoever
    holds an older one changes nothing.
    """

    id = TimeIdField(primary_key=True)
    passage_id = models.BigIntegerField(db_index=True)
    message_id = models.BigIntegerField()
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT, related_name="deliveries")
    token = models.CharField(max_length=40, unique=True)
    payload = models.JSONField()
    content_hash = models.BinaryField(max_length=32)
    state = models.CharField(max_length=9, choices=[(one.value, one.value) for one in S])
    fence = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    look_ups = models.IntegerField(default=0)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=REFERENCE_LIMIT, blank=True)
    url = models.CharField(max_length=URL_LIMIT, blank=True)
    sentence = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    read_back_due_at = models.DateTimeField(null=True, blank=True)
    read_back_tries = models.IntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["passage_id", "account", "content_hash"], name="words_go_to_an_account_once"
            ),
            CheckConstraint(
                condition=Q(state__in=[one.value for one in S]), name="a_delivery_is_in_a_known_state"
            ),
            CheckConstraint(
                condition=~Q(state__in=[S.LIVE, S.RECALLING]) | ~Q(reference=""),
                name="what_is_live_has_a_reference",
            ),
            CheckConstraint(
                condition=~Q(state__in=[S.SENT, S.UNKNOWN, S.LIVE, S.RECALLING]) | Q(sent_at__isnull=False),
                name="what_was_sent_says_when",
            ),
            CheckConstraint(
                condition=~Q(state__in=[S.CLAIMED, S.SENT]) | Q(due_at__isnull=False),
                name="who_holds_a_delivery_holds_a_lease",
            ),
            CheckConstraint(
                condition=~Q(state__in=[S.LIVE, S.REFUSED, S.RECALLED])
                | Q(due_at__isnull=True, settled_at__isnull=False),
                name="what_is_settled_says_when_and_is_not_due",
            ),
            CheckConstraint(
                condition=~Q(state__in=[S.REFUSED, S.UNKNOWN]) | ~Q(sentence=""),
                name="what_went_wrong_is_said",
            ),
            CheckConstraint(
                condition=Q(fence__gte=0, attempts__gte=0, look_ups__gte=0), name="fences_and_tries_count_up"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="deliveries_due"),
            models.Index(
                fields=["read_back_due_at"],
                condition=Q(read_back_due_at__isnull=False),
                name="read_backs_due",
            ),
            models.Index(fields=["account", "-id"], name="deliveries_of_account"),
        ]


class ReadBack(models.Model):
    """What stood on the channel at a time, compared with what was sent."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="read_backs")
    at = models.DateTimeField()
    is_there = models.BooleanField()
    differences = models.JSONField(default=list)


class Recall(models.Model):
    """Somebody wants it back. Kept for good, also when nothing had left yet."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="recall")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    verified_gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(why=""), name="a_recall_says_why"),
            CheckConstraint(
                condition=Q(verified_gone_at__isnull=True) | Q(verified_gone_at__gte=models.F("asked_at")),
                name="it_is_gone_after_it_was_asked",
            ),
        ]
