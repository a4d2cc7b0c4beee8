"""What is laid over what was said: marks of readers, and what a post asks of them.

The words themselves are the gateway's. Everything here hangs on a passage, which has one audience, so that nothing said
in one room is counted, accepted or chosen in another.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from lockgate.base.fields import RowKeyField
from lockgate.conversations import rules


def chance() -> int:
    """A key that tells nothing of when its row was made."""
    return secrets.randbits(62)


class Reaction(models.Model):
    """One of six short answers without words. One of each kind a person a passage."""

    passage = models.ForeignKey(
        "gateway.Passage", on_delete=models.CASCADE, related_name="reactions", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["passage", "person", "kind"], name="one_reaction_of_a_kind_a_person"),
            CheckConstraint(condition=Q(kind__in=rules.REACTIONS), name="a_reaction_is_of_a_known_kind"),
        ]


class Bookmark(models.Model):
    """What a person keeps at hand for themselves. Nobody else is told, the archive neither."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    passage = models.ForeignKey("gateway.Passage", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "passage"], name="a_passage_is_saved_once")]
        indexes = [models.Index(fields=["person", "-id"], name="bookmarks_of_person")]


class Pin(models.Model):
    """What stands at the top of a room. ``spot`` 1 to 3 makes three the most, whoever pins at the same moment."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="pin"
    )
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    spot = models.SmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["audience", "spot"], name="a_spot_holds_one_pin"),
            CheckConstraint(condition=Q(spot__gte=1, spot__lte=rules.MOST_PINS), name="three_spots_a_room"),
        ]


class Question(models.Model):
    """A passage that asks. It is answered while an acceptance names a delivered answer."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="question"
    )
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["audience", "-passage"], name="questions_of_audience")]


class Acceptance(models.Model):
    """This answer answers that question."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, primary_key=True, related_name="acceptance"
    )
    answer = models.OneToOneField("gateway.Passage", on_delete=models.CASCADE, related_name="acceptance")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Announcement(models.Model):
    """A passage that asks everybody who hears it for a receipt."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="announcement"
    )
    audience = models.ForeignKey("spaces.Audience", on_delete=models.CASCADE, related_name="+")
    reminders = models.SmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [CheckConstraint(condition=Q(reminders__gte=0), name="reminders_count_up")]


class Receipt(models.Model):
    """A person says that they have read an announcement. Never changed, never taken back."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="receipts", db_index=False
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["announcement", "person"], name="a_receipt_is_given_once")]


class Exemption(models.Model):
    """A person need not confirm, for a reason that is written down."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="exemptions", db_index=False
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["announcement", "person"], name="a_reader_is_exempt_once"),
            CheckConstraint(condition=~Q(why=""), name="an_exemption_has_a_reason"),
        ]


class Poll(models.Model):
    """A passage that lets its hearers choose. Its options are the list at the end of its words, and nowhere else."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="poll"
    )
    is_multiple = models.BooleanField()
    is_anonymous = models.BooleanField()
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(is_anonymous=False) | Q(closes_at__isnull=False),
                name="an_anonymous_poll_closes",
            )
        ]


class Voted(models.Model):
    """That a person has voted, and nothing more: no time, and a key that is chance, so that no order remains."""

    id = RowKeyField(primary_key=True, default=chance)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="voted", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [UniqueConstraint(fields=["poll", "person"], name="a_person_votes_once")]


class Ballot(models.Model):
    """What a person chose in an open poll. A trigger refuses a row for an anonymous one."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    option = models.SmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["poll", "option", "person"], name="an_option_is_chosen_once_a_person"),
            CheckConstraint(condition=Q(option__gte=1, option__lte=rules.MOST_OPTIONS), name="ten_options"),
        ]


class Tally(models.Model):
    """How often an option of an anonymous poll was chosen. All of a poll's rows are written with each vote."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    option = models.SmallIntegerField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["poll", "option"], name="an_option_has_one_tally"),
            CheckConstraint(condition=Q(count__gte=0), name="a_tally_counts_up"),
        ]


class Mention(models.Model):
    """Somebody is named in a passage. Told once it is delivered, and only if they hear it then."""

    passage = models.ForeignKey("gateway.Passage", on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["passage", "person"], name="a_person_is_named_once")]
        indexes = [models.Index(fields=["id"], condition=Q(settled_at__isnull=True), name="mentions_to_tell")]
