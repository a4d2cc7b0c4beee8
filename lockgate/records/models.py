"""Records of other systems: orders, projects, tickets, machines. What they say goes through the gate like any words."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField
from lockgate.records import rules


class Record(models.Model):
    """One thing of another system, told in one audience. Its first post is the thread in which its changes stand."""

    id = TimeIdField(primary_key=True)
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    system = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=60)
    root = models.OneToOneField("gateway.Passage", on_delete=models.PROTECT, related_name="record")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["audience", "system", "number"], name="a_record_is_told_once_a_room"),
            CheckConstraint(condition=Q(kind__in=rules.KINDS), name="a_record_is_of_a_known_kind"),
            CheckConstraint(
                condition=~Q(number="") & ~Q(system=""), name="a_record_has_a_number_and_a_system"
            ),
        ]


class RecordState(models.Model):
    """What a record said from one post on. It is heard when that post is, and not before."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="states")
    passage = models.OneToOneField("gateway.Passage", on_delete=models.CASCADE, related_name="record_state")
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=500, blank=True)
    # Pairs, because PostgreSQL keeps no order of an object's names.
    values = models.JSONField()
