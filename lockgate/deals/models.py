"""What the buyers of a deal room decide, and how each of them voted. The words stand in the deliberation alone."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField


class Decision(models.Model):
    """A question with options, asked by a post in the deliberation; decided once, by one who owns the room."""

    id = TimeIdField(primary_key=True)
    audience = models.ForeignKey("spaces.Audience", on_delete=models.PROTECT, related_name="decisions")
    passage = models.OneToOneField("gateway.Passage", on_delete=models.PROTECT, related_name="+")
    options = models.SmallIntegerField()
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    chosen = models.SmallIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(options__gte=2, options__lte=10), name="a_decision_has_options"),
            CheckConstraint(
                condition=Q(chosen__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(chosen__gte=1, decided_by__isnull=False, decided_at__isnull=False),
                name="a_decision_names_who_took_it",
            ),
        ]


class Vote(models.Model):
    """What one buyer chose, for good; ``reason`` is the answer in which they said why."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    option = models.SmallIntegerField()
    reason = models.OneToOneField("gateway.Passage", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["decision", "person"], name="a_buyer_votes_once"),
            CheckConstraint(condition=Q(option__gte=1, option__lte=10), name="a_vote_is_for_an_option"),
        ]
