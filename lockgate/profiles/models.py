"""What people write of themselves, who reports to whom, who works together, and who is away.

What comes from the directory (name, role, firm, department, site, e-mail, and the line to one's manager) is not written
here by the person. Triggers (migration 0002) keep what constraints cannot: nobody stands above themselves, however long
the way round; nobody is away twice at once.
"""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField
from lockgate.profiles.rules import ABSENCE_WORDS_MOST, LINE_MOST, NAME_MOST, PHONE_MOST, WORKS_ON_MOST


class Profile(models.Model):
    """What one person says of themselves, in their own words. ``works_on_plain`` is what that is found by."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    works_on = models.CharField(max_length=WORKS_ON_MOST, blank=True)
    works_on_plain = models.TextField(blank=True)
    spoken = models.CharField(max_length=LINE_MOST, blank=True)
    ipa = models.CharField(max_length=LINE_MOST, blank=True)
    pronouns = models.CharField(max_length=LINE_MOST, blank=True)
    phone = models.CharField(max_length=PHONE_MOST, blank=True)
    changed_at = models.DateTimeField()


class Keyword(models.Model):
    """A skill, a language, or something that one may be asked about. ``plain`` is what it is found by."""

    class Kind(models.TextChoices):
        SKILL = "skill"
        LANGUAGE = "language"
        ASK_ABOUT = "ask_about"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    name = models.CharField(max_length=NAME_MOST)
    plain = models.CharField(max_length=NAME_MOST * 3)
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "plain"], name="a_keyword_stands_once"),
            CheckConstraint(
                condition=Q(kind__in=["skill", "language", "ask_about"]), name="a_keyword_is_of_three_kinds"
            ),
            CheckConstraint(condition=~Q(name=""), name="a_keyword_is_not_empty"),
        ]


class Photo(models.Model):
    """A face, cut square, drawn anew and small; nothing that a camera wrote is left of it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    set_at = models.DateTimeField()


class Line(models.Model):
    """Who reports to whom: one manager a person."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [CheckConstraint(condition=~Q(person=F("manager")), name="nobody_manages_themselves")]


class Team(models.Model):
    """People of the house who do one thing together, across departments."""

    id = TimeIdField(primary_key=True)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=LINE_MOST)
    about = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["team", "person"], name="one_is_in_a_team_once")]


class Absence(models.Model):
    """From when until when somebody is away, and who stands in. Ended early, ``ends_at`` is moved forward."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    words = models.CharField(max_length=ABSENCE_WORDS_MOST, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(ends_at__gte=F("begins_at")), name="an_absence_ends_after_it_begins"),
            CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("person")),
                name="nobody_stands_in_for_themselves",
            ),
        ]
