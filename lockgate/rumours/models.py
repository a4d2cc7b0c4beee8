"""What people have heard and ask about. Of who asked without a name, nothing is kept that could tell it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import RowKeyField


def chance() -> int:
    """A key that tells nothing of when its row was made."""
    return secrets.randbits(62)


class Rumour(models.Model):
    """A question of what is true, asked in one audience, and heard of by nobody outside it.

    ``asker`` is empty where it was asked without a name; then ``due_at``, one of six moments a day, is all that is
    kept of the time, and nobody is shown it before. ``is_shown`` says whether the gate let the words stand before
    those who hear the audience; otherwise only those who answer read them. A trigger lets no asker be put in later.
    """

    id = RowKeyField(primary_key=True, default=chance)
    audience = models.ForeignKey("spaces.Audience", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=400)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    desk = models.CharField(max_length=60, blank=True)
    policy_version = models.CharField(max_length=400)
    is_shown = models.BooleanField()
    asked_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.OneToOneField(
        "gateway.Passage", on_delete=models.SET_NULL, null=True, related_name="rumour"
    )
    set_aside_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(words=""), name="a_rumour_says_something"),
            CheckConstraint(
                condition=Q(asker__isnull=False, due_at__isnull=True, released_at__isnull=False)
                | Q(asker__isnull=True, due_at__isnull=False),
                name="what_is_asked_without_a_name_waits_in_the_box",
            ),
            CheckConstraint(condition=~Q(policy_version=""), name="a_rumour_was_ruled_on"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False, released_at__isnull=True),
                name="rumours_in_the_box",
            ),
        ]


class Wish(models.Model):
    """A person wants to be told the answer. No time, and a key of chance: who asked without a name and wishes it too
    is one among the others."""

    id = RowKeyField(primary_key=True, default=chance)
    rumour = models.ForeignKey(Rumour, on_delete=models.CASCADE, related_name="wishes", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_told = models.BooleanField(default=False)

    class Meta:
        constraints = [UniqueConstraint(fields=["rumour", "person"], name="a_person_wishes_an_answer_once")]
