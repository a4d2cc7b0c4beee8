"""What is laid over what was said: marks of readers, and what a post asks of them.

The words themselves are the gateway's. Everything here hangs on a passage, which has one audience, so that nothing said
in one room is counted, accepted or chosen in another.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Coalesce

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


class GroupMention(models.Model):
    """A department or the people of a space are named in a passage. Who that is, and who of them hears it, is asked
    when they are told."""

    passage = models.ForeignKey("gateway.Passage", on_delete=models.CASCADE, related_name="+", db_index=False)
    department = models.ForeignKey(
        "people.Department", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                "passage",
                Coalesce("department", 0),
                Coalesce("audience", 0),
                name="a_group_is_named_once",
            ),
            CheckConstraint(
                condition=Q(department__isnull=True) ^ Q(audience__isnull=True),
                name="a_group_is_a_department_or_a_space",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(settled_at__isnull=True), name="groups_to_tell")]


class FaqEntry(models.Model):
    """A question that is asked often enough to stand in the FAQ of its room, with the answer that is accepted now."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, primary_key=True, related_name="faq")
    audience = models.ForeignKey("spaces.Audience", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Praise(models.Model):
    """A passage that praises those whom it names."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="praise"
    )


class Event(models.Model):
    """A passage that invites. Its title is the first line of its words."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="event"
    )
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(ends_at__gt=models.F("begins_at")), name="an_event_ends_after_it_begins"
            )
        ]
        indexes = [models.Index(fields=["audience", "ends_at"], name="events_of_audience")]


class Coming(models.Model):
    """Whether somebody comes to an event. It may be changed until the event is over."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="coming", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=5)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["event", "person"], name="one_answer_a_person_an_event"),
            CheckConstraint(
                condition=Q(answer__in=["yes", "no", "maybe"]), name="one_comes_or_not_or_perhaps"
            ),
        ]


class LinkPreview(models.Model):
    """What the first page that a post links to says of itself. Fetched once for each post, so that nothing that is kept
    for one room is shown in another."""

    passage = models.OneToOneField(
        "gateway.Passage", on_delete=models.CASCADE, primary_key=True, related_name="link_preview"
    )
    address = models.CharField(max_length=500)
    host = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["passage"], condition=Q(looked_at__isnull=True), name="links_to_look_at")
        ]


class CalendarKey(models.Model):
    """The secret address of a person's calendar. Only its SHA-256 is kept; a new one ends the old."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()


class DraftAsks(models.Model):
    """What the draft in a slot asks, kept as it is typed. The words are the gate's draft."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    slot = models.CharField(max_length=40)
    asks = models.JSONField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "slot"], name="a_draft_asks_one_thing")]
