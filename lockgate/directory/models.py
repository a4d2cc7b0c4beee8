"""Keys of directories, what a directory calls a person, its groups, and letters to those who have no password yet."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower


def new_reference() -> str:
    """What a group is called outside: chance alone."""
    return secrets.token_hex(10)


class Key(models.Model):
    """Lets the company's directory speak here. Only its SHA-256 is kept; it can do what its scopes say and no more."""

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("made_at")),
                name="a_directory_key_ends_after_it_is_made",
            ),
        ]


class Record(models.Model):
    """What a directory calls a person, and the parts of their name as it writes them."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="directory_record"
    )
    source = models.CharField(max_length=8)
    user_name = models.CharField(max_length=254)
    external_id = models.CharField(max_length=254, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    # To whom they report, as the directory says it: whoever is not known yet is found by it when they come.
    manager = models.CharField(max_length=254, blank=True)
    updated_at = models.DateTimeField()
    # Taken out of the directory for good (and deactivated with that): it is not shown to the directory any more.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(Lower("user_name"), name="a_user_name_belongs_to_one_person"),
            CheckConstraint(
                condition=Q(source__in=["scim", "ldap", "csv", "sso"]),
                name="a_record_comes_from_a_known_directory",
            ),
        ]
        indexes = [
            models.Index(fields=["external_id"], name="records_by_external_id"),
            models.Index(fields=["manager"], name="records_by_manager"),
        ]


class Group(models.Model):
    """A group of the directory. It gives no seat and no duty by itself."""

    reference = models.CharField(max_length=20, unique=True, default=new_reference)
    name = models.CharField(max_length=254)
    external_id = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    persons: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="directory_groups"
    )

    class Meta:
        constraints = [UniqueConstraint(Lower("name"), name="a_group_of_the_directory_has_its_own_name")]


class Sync(models.Model):
    """How the last look at a directory server went, when the next one is due, and until when a process holds the turn.
    It tells numbers and no names."""

    source = models.CharField(max_length=8, primary_key=True)
    due_at = models.DateTimeField()
    turn = models.IntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, blank=True)
    why = models.CharField(max_length=300, blank=True)
    joined = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    came_back = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    not_taken = models.IntegerField(default=0)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(outcome__in=["", "done", "stopped", "failed"]),
                name="a_look_at_a_directory_ends_in_one_of_three_ways",
            ),
            CheckConstraint(
                condition=Q(outcome="") | Q(ended_at__isnull=False), name="what_has_an_outcome_has_ended"
            ),
        ]


class Welcome(models.Model):
    """A letter with which somebody sets their first password, to be sent by the work process."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="welcomes_by_time")]
