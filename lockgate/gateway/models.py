"""The words, and one row for each place they are meant for.

A message is frozen when it is submitted; what it said before is kept as revisions. A passage carries its ruling
(there is no passage without one), its state, and, once delivered, its position in the feeds.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Coalesce

from lockgate.base.fields import TimeIdField
from lockgate.base.markings import Marking
from lockgate.gateway.types import LATE


class Message(models.Model):
    """What somebody wrote, once, for places. ``content_hash`` covers words, marking and attachments."""

    id = TimeIdField(primary_key=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    body = models.TextField()
    marking = models.SmallIntegerField(choices=Marking)
    revision = models.IntegerField(default=1)
    content_hash = models.BinaryField(max_length=32)
    justification = models.CharField(max_length=500, blank=True)
    written_at = models.DateTimeField()
    # Says nothing of its own: it shows another post again, unchanged.
    is_boost = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=(Q(is_boost=False) & ~Q(body="")) | Q(is_boost=True, body=""),
                name="a_message_says_something_or_boosts",
            ),
            CheckConstraint(condition=Q(marking__gte=0, marking__lte=3), name="a_message_bears_a_marking"),
            CheckConstraint(condition=Q(revision__gte=1), name="revisions_count_from_one"),
        ]
        indexes = [models.Index(fields=["author", "-id"], name="message_of_author")]


class Revision(models.Model):
    """What a message said before it was changed."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    body = models.TextField()
    marking = models.SmallIntegerField(choices=Marking)
    content_hash = models.BinaryField(max_length=32)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["message", "number"], name="a_revision_has_one_number")]


class Ruling(models.Model):
    """The gate's answer for one message at one place. Rows are never changed; a new look is a new row."""

    id = TimeIdField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="rulings", db_index=False)
    revision = models.IntegerField()
    place = models.CharField(max_length=80)
    outcome = models.SmallIntegerField()
    findings = models.JSONField(default=list)
    policy_version = models.CharField(max_length=400)
    content_hash = models.BinaryField(max_length=32)
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(outcome__gte=0, outcome__lte=4), name="a_ruling_has_an_outcome"),
            CheckConstraint(condition=~Q(policy_version=""), name="a_ruling_names_its_policy"),
        ]


class State(models.TextChoices):
    """Where a passage stands. The words shown to people are the pages' affair."""

    HELD = "held"
    REFUSED = "refused"
    RETURNED = "returned"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DELIVERED = "delivered"
    RECALLING = "recalling"
    RECALLED = "recalled"


class Passage(models.Model):
    """One message on its way to one place. ``audience`` never changes: it is who may ever hear it here.

    ``position`` is set when it is delivered and orders the feeds; ``version`` rises with everything that
    changes how it looks, so that a rendered fragment can be kept by (id, version).
    """

    id = TimeIdField(primary_key=True)
    # The foreign keys have no indexes of their own: the constraints and the partial indexes below serve, and each
    # index fewer is a page fewer to write with every post.
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="passages", db_index=False)
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.PROTECT, related_name="passages", db_index=False
    )
    account = models.ForeignKey(
        "channels.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passages",
        db_index=False,
    )
    thread = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="answers", db_index=False
    )
    # The post that this one shows as a card, by a quote or a boost. Whether a reader hears that one is asked when
    # they read.
    shows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="shown_by", db_index=False
    )
    ruling = models.OneToOneField(Ruling, on_delete=models.PROTECT, related_name="passage")
    marking = models.SmallIntegerField(choices=Marking)
    state = models.CharField(max_length=10, choices=State)
    deliver_at = models.DateTimeField(null=True, blank=True)
    position = models.BigIntegerField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)
    answers_count = models.IntegerField(default=0)
    outside_url = models.CharField(max_length=500, blank=True)
    last_word = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            # Also finds a message's passages. A channel's audience is always the one outside.
            UniqueConstraint(
                "message", "audience", Coalesce("account", 0), name="a_message_reaches_a_place_once"
            ),
            CheckConstraint(condition=Q(state__in=State.values), name="a_passage_is_in_a_known_state"),
            CheckConstraint(
                condition=Q(
                    state__in=["delivered", "recalling"], position__isnull=False, delivered_at__isnull=False
                )
                | (~Q(state__in=["delivered", "recalling"]) & Q(position__isnull=True)),
                name="what_is_delivered_has_a_position_and_nothing_else",
            ),
            CheckConstraint(
                condition=~Q(state="scheduled") | Q(deliver_at__isnull=False),
                name="what_is_scheduled_has_a_time",
            ),
            CheckConstraint(
                condition=Q(account__isnull=True) | Q(marking=0), name="a_channel_takes_only_what_is_public"
            ),
            CheckConstraint(condition=Q(answers_count__gte=0), name="answers_count_up"),
            CheckConstraint(
                condition=Q(shows__isnull=True) | Q(account__isnull=True),
                name="a_channel_shows_no_post_of_ours",
            ),
        ]
        indexes = [
            # There is no index by position alone, on purpose: PostgreSQL would take it for the feed of a quiet room and
            # read everybody's posts to find 30. The id rides along so that a feed is found in the index alone.
            models.Index(
                fields=["audience", "-position"],
                include=["id"],
                condition=Q(position__isnull=False, thread__isnull=True),
                name="feed_of_audience",
            ),
            models.Index(
                fields=["thread", "position"], condition=Q(thread__isnull=False), name="answers_of_thread"
            ),
            models.Index(fields=["deliver_at"], condition=Q(state="scheduled"), name="passages_due"),
            # Few at any time: what lies in a box when its seal is broken is found among them.
            models.Index(fields=["audience"], condition=Q(state="held"), name="passages_held"),
            models.Index(
                fields=["account", "-id"], condition=Q(account__isnull=False), name="passages_of_account"
            ),
            models.Index(fields=["shows"], condition=Q(shows__isnull=False), name="passages_that_show"),
            # Few: signed, scheduled or moved, they were delivered long after they were written. What somebody said is
            # found by when it was written (message_of_author) and, with these, nothing is missed.
            models.Index(
                fields=["position"],
                condition=Q(position__gt=F("message_id") + LATE),
                name="passages_delivered_late",
            ),
        ]


class Boost(models.Model):
    """Somebody shows a post again in a place, unchanged. It is a passage of its own there, and is gone with it."""

    passage = models.OneToOneField(Passage, on_delete=models.CASCADE, primary_key=True, related_name="boost")
    original = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="boosts", db_index=False)
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["original", "person", "audience"], name="a_person_boosts_a_post_once_in_a_place"
            ),
            CheckConstraint(condition=~Q(passage=models.F("original")), name="a_boost_shows_another_post"),
        ]


class Draft(models.Model):
    """Words not yet submitted, kept as they are typed. One a person a slot ("new", "answer:7", "message:7")."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    slot = models.CharField(max_length=40)
    body = models.TextField(blank=True)
    marking = models.SmallIntegerField(choices=Marking, default=Marking.INTERNAL)
    places = models.JSONField(default=list)
    deliver_at = models.DateTimeField(null=True, blank=True)
    justification = models.CharField(max_length=500, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["author", "slot"], name="one_draft_a_person_a_slot")]


class Attachment(models.Model):
    """A file that goes with a message. Its bytes lie outside the database, under its id; it is readable by
    whoever hears a passage of its message, and by its owner while it is not yet sent.

    A new version is a row of its own in the same ``slot`` (the id of the first); the one before says when it was
    replaced, and stays.
    """

    id = TimeIdField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    alt = models.CharField(max_length=1500, blank=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    # The first lines of a text, as they are shown beside it.
    excerpt = models.CharField(max_length=700, blank=True)
    slot = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1)
    replaced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(size__gt=0), name="an_attachment_has_bytes"),
            CheckConstraint(
                condition=Q(version=1, slot__isnull=True) | Q(version__gt=1, slot__isnull=False),
                name="a_later_version_stands_in_the_slot_of_the_first",
            ),
            UniqueConstraint(fields=["slot", "version"], name="a_slot_has_each_version_once"),
        ]
        indexes = [
            models.Index(fields=["message"], name="attachments_of_message"),
            # PDFs whose first page nobody has drawn, nor tried to (width 0).
            models.Index(
                fields=["id"],
                condition=Q(media_type="application/pdf", width__isnull=True),
                name="papers_to_draw",
            ),
        ]


class FileWords(models.Model):
    """The words that were found in an attachment when it came, as the gate reads them. A row for each file that can
    hold words; ``is_whole`` where these are all of them."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    words = models.TextField(blank=True)
    is_whole = models.BooleanField()
