"""Where the company speaks in public: its accounts on channels, their sealed secrets, and its own feed."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class Account(models.Model):
    """One account on one channel. Its slug never changes: passages, rules and sealed secrets are bound to it.

    ``desk_slug`` names the desk that signs for it. ``config`` holds what the connector's fields ask for and is
    not secret. State is a moment: paused since ``paused_at``.
    """

    slug = models.SlugField(max_length=60, unique=True)
    connector = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=300, blank=True)
    handle = models.CharField(max_length=200, blank=True)
    config = models.JSONField(default=dict)
    desk_slug = models.CharField(max_length=60)
    language = models.CharField(max_length=2, default="en")
    created_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            CheckConstraint(condition=~Q(slug="") & ~Q(connector=""), name="an_account_names_its_channel"),
            CheckConstraint(condition=~Q(desk_slug=""), name="a_desk_signs_for_each_account"),
            CheckConstraint(
                condition=Q(language__in=["en", "fr", "de"]), name="an_account_speaks_en_fr_or_de"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Secret(models.Model):
    """One password or token of an account, sealed. The key is a file outside the database."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=40)
    sealed = models.BinaryField(max_length=4096)
    renewed_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["account", "name"], name="an_account_has_a_secret_once")]

    def __str__(self) -> str:
        return f"{self.name} (sealed)"


class FeedEntry(models.Model):
    """One entry of the company's own public feed. Taken away, it stays as a tombstone without words."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="feed_entries")
    token = models.CharField(max_length=120)
    reference = models.UUIDField(unique=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    categories = models.JSONField(default=list)
    language = models.CharField(max_length=10)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "feed entries"
        constraints = [
            UniqueConstraint(fields=["account", "token"], name="an_intent_stands_in_the_feed_once"),
            CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(title="", text="", html=""),
                name="a_removed_entry_keeps_no_words",
            ),
            CheckConstraint(
                condition=Q(removed_at__isnull=False) | ~Q(text=""), name="a_feed_entry_says_something"
            ),
        ]
        indexes = [models.Index(fields=["account", "-published_at", "-id"], name="feed_entries_by_time")]

    def __str__(self) -> str:
        return self.title or str(self.reference)


class FeedImage(models.Model):
    """A picture of a feed entry, stripped of what cameras write into it. Goes when its entry goes."""

    entry = models.ForeignKey(FeedEntry, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    media_type = models.CharField(max_length=40)
    alt = models.TextField()
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        constraints = [
            UniqueConstraint(fields=["entry", "position"], name="an_entry_has_one_image_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.media_type} of {self.entry_id}"
