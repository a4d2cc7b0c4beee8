"""Where one speaks and who hears it: spaces, their audiences, and the seats in them."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.base.markings import Marking


class Space(models.Model):
    """A room with a name. Who hears what is said there is told by its audiences, never by the space."""

    class Kind(models.TextChoices):
        COMPANY = "company"
        DEPARTMENT = "department"
        PROJECT = "project"
        SITE = "site"
        TOPIC = "topic"
        PARTNER = "partner"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Audience(models.Model):
    """The unit of hearing. ``kind`` says who may ever sit here, and so which policy rules it.

    There is one outside audience: what is delivered to it is public, and its ceiling is Public.
    """

    class Kind(models.TextChoices):
        INSIDE = "inside"
        GUESTS = "guests"
        OUTSIDE = "outside"

    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="audiences"
    )
    name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    ceiling = models.SmallIntegerField(choices=Marking)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(kind="outside", space__isnull=True, ceiling=0)
                | (~Q(kind="outside") & Q(space__isnull=False)),
                name="outside_is_public_and_no_space",
            ),
            UniqueConstraint(fields=["kind"], condition=Q(kind="outside"), name="there_is_one_outside"),
            CheckConstraint(condition=Q(ceiling__gte=0, ceiling__lte=3), name="a_ceiling_is_a_marking"),
        ]

    def __str__(self) -> str:
        return self.name or (self.space.name if self.space else "Outside")


class Seat(models.Model):
    """Admits one person to one audience, from a time until a time.

    ``hears_from`` is the lowest passage position that this person may hear: 0 where the space lets the
    newcomer read its past, else the floor id of the moment they sat down.
    """

    class Role(models.TextChoices):
        OWNER = "owner"
        MODERATOR = "moderator"
        MEMBER = "member"
        GUEST = "guest"
        OBSERVER = "observer"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    hears_from = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["person", "audience"],
                condition=Q(ends_at__isnull=True),
                name="one_seat_a_person_a_room",
            ),
            CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at")),
                name="a_seat_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "audience", "begins_at", "ends_at", "hears_from"], name="seat_of_person"
            ),
            models.Index(fields=["audience", "person", "begins_at", "ends_at"], name="seat_in_audience"),
        ]
