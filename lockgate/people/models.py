"""Who there is: firms, sites, departments and persons. Guests are persons of another firm."""

from __future__ import annotations

import secrets

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint, Value
from django.db.models.functions import Lower


def new_pseudonym() -> str:
    """What the archive calls a person: chance alone, so that the log tells no one who it was."""
    return "p:" + secrets.token_hex(10)


class Firm(models.Model):
    """A company. Exactly one is the house; people of the others are its guests."""

    name = models.CharField(max_length=120, unique=True)
    trade = models.CharField(max_length=120, blank=True)
    is_house = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["is_house"], condition=Q(is_house=True), name="one_firm_is_the_house"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where people work."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        # By the index that keeps addresses apart.
        return self.alias(address=Lower("email")).get(address=Lower(Value(username)))


class Person(AbstractBaseUser):
    """One human being with one address. ``duties`` name what one may do beside speaking and hearing."""

    slug = models.SlugField(max_length=80, unique=True)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    # First signs of the digest of their photo, "" without one: it stands beside each post, where nothing may be asked
    # for it. The photo itself is kept by ``profiles``.
    photo_mark = models.CharField(max_length=12, blank=True)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="persons")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True)
    language = models.CharField(max_length=2, default="en")
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    pseudonym = models.CharField(max_length=24, unique=True, default=new_pseudonym)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    # A bot speaks by tokens alone and answers for nothing: its owner does.
    kind = models.CharField(max_length=6, default="person")
    owner = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="bots", db_index=False
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    class Meta:
        constraints = [
            UniqueConstraint(Lower("email"), name="an_address_belongs_to_one_person"),
            CheckConstraint(condition=Q(language__in=["en", "fr", "de"]), name="a_person_reads_en_fr_or_de"),
            CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(is_active=False), name="who_has_left_is_not_active"
            ),
            CheckConstraint(
                condition=Q(kind="bot", owner__isnull=False) | Q(kind="person", owner__isnull=True),
                name="a_bot_and_nobody_else_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_bot(self) -> bool:
        return self.kind == "bot"

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Duty(models.Model):
    """What a person may do for the company: state as a row, with a beginning and an end."""

    class Kind(models.TextChoices):
        POLICY_AUTHOR = "policy_author"
        POLICY_REVIEWER = "policy_reviewer"
        SUPERVISOR = "supervisor"
        CHANNEL_MANAGER = "channel_manager"
        ADMINISTRATOR = "administrator"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=20, choices=Kind)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ends_at__isnull=True),
                name="a_person_holds_a_duty_once",
            ),
            CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("begins_at")),
                name="a_duty_ends_after_it_begins",
            ),
        ]


class AccessToken(models.Model):
    """A key for a machine that speaks for a person. Only its SHA-256 is kept. ``scopes`` say what it may do of
    what that person may; it never adds to it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)
