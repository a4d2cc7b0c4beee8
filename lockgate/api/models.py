"""What a machine said once, so that saying it again is answered and not done again."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class Once(models.Model):
    """A write that came with an Idempotency-Key, and how it was answered. Laid down in the transaction of the
    write itself: where the one stands, the other does."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    answer = models.BinaryField(default=b"")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "key"], name="an_idempotency_key_is_used_once_a_person"),
            CheckConstraint(
                condition=Q(status__isnull=True) | Q(status__gte=200, status__lt=500),
                name="what_failed_is_not_answered_again",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="api_once_by_time")]
