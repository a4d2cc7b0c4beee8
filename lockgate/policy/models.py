"""Packs and what became of them; fingerprints. Rows of the first kind never change: triggers refuse it."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.base.markings import Marking


class PolicyPack(models.Model):
    """A line of versions with one name."""

    slug = models.SlugField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.slug


class PackVersion(models.Model):
    """The words of a pack as somebody proposed them. Never edited: a change is the next number."""

    pack = models.ForeignKey(PolicyPack, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pack", "number"], name="a_packs_versions_have_their_own_numbers"),
            CheckConstraint(condition=Q(number__gte=1), name="versions_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.pack.slug}@{self.number}"


class Review(models.Model):
    """A second person's signature under a version. ``proposer`` repeats the version's, so that the database can
    refuse that both are one (a trigger refuses another proposer than the version's)."""

    version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(reviewer=F("proposer")), name="nobody_reviews_their_own_pack"),
            UniqueConstraint(fields=["version", "reviewer"], name="a_reviewer_signs_a_version_once"),
        ]


class Publication(models.Model):
    """From ``at`` this version stands for its pack, until a later publication of the pack. An older version may be
    published again. A trigger refuses one without a review."""

    version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="publications")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class FingerprintKey(models.Model):
    """Proves, without telling, with which key the fingerprints were made. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    proof = models.BinaryField(max_length=16)

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="there_is_one_fingerprint_key")]


class Remembered(models.Model):
    """The word hashes of a protected message as one audience heard it: 8 keyed bytes a word, in order."""

    pk = models.CompositePrimaryKey("message_id", "audience_id")
    message_id = models.BigIntegerField()
    audience_id = models.BigIntegerField()
    marking = models.SmallIntegerField(choices=Marking)
    at = models.DateTimeField()
    words = models.BinaryField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(marking__gte=Marking.CONFIDENTIAL), name="only_protected_messages_are_remembered"
            ),
        ]


class Fingerprint(models.Model):
    """One eight-word run of a remembered message. Clustered on its key (WITHOUT ROWID on SQLite), so that a
    look-up of a gram lands where its rows stand, by marking and audience."""

    pk = models.CompositePrimaryKey("gram", "marking", "audience_id", "message_id")
    gram = models.BigIntegerField()
    marking = models.SmallIntegerField()
    audience_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
