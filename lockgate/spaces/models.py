"""Where one speaks and who hears it: spaces, their audiences, and the seats in them."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField
from lockgate.base.markings import Marking
from lockgate.spaces.types import place_address, place_key, place_name


class Space(models.Model):
    """A room with a name. Who hears what is said there is told by its audiences, never by the space."""

    class Kind(models.TextChoices):
        COMPANY = "company"
        DEPARTMENT = "department"
        PROJECT = "project"
        SITE = "site"
        TOPIC = "topic"
        PARTNER = "partner"
        CIRCLE = "circle"
        DEAL = "deal"

    class Entry(models.TextChoices):
        """How an employee gets in. A guest is always brought in."""

        OPEN = "open"
        CLOSED = "closed"
        PRIVATE = "private"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    entry = models.CharField(max_length=8, choices=Entry, default=Entry.PRIVATE)
    # Of a circle alone: how many may sit in it at one time. It is the company's setting of the day it was opened.
    most = models.SmallIntegerField(null=True, blank=True)
    # No letter, text or message to a device says a word of what is said here, whatever its marking.
    words_stay = models.BooleanField(default=False, db_default=False)
    # Of a talk that has no name of its own: worked out from those in it when it was opened, see operations/talks.py.
    among = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(entry__in=["open", "closed", "private"]), name="a_space_has_an_entry"
            ),
            CheckConstraint(
                condition=~Q(kind__in=["circle", "deal"]) | Q(entry="private"),
                name="circles_and_deal_rooms_are_private",
            ),
            CheckConstraint(
                condition=Q(kind="circle", most__isnull=False, most__gte=2, most__lte=150)
                | (~Q(kind="circle") & Q(most__isnull=True)),
                name="a_circle_has_a_most",
            ),
            CheckConstraint(
                condition=Q(among="") | Q(kind="circle"), name="only_a_talk_is_of_the_same_people"
            ),
            UniqueConstraint(fields=["among"], condition=~Q(among=""), name="the_same_people_have_one_talk"),
        ]
        indexes = [
            # What employees may find: few rooms, asked by /spaces alone.
            models.Index(
                fields=["name"],
                condition=Q(entry__in=["open", "closed"], archived_at__isnull=True),
                name="spaces_listed",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Audience(models.Model):
    """The unit of hearing. ``kind`` says who may ever sit here, and so which policy rules it.

    There is one outside audience: what is delivered to it is public, and its ceiling is Public.

    A space has a main audience (``lane`` "") and may have lanes beside it. Of a lane with a ``firm``, guests of that
    firm alone ever sit in it. What is said in a lane that is ``sealed_until`` a moment is heard by its guests alone
    before, and nothing more is said there afterwards; ``opened_at`` is when that was recorded.
    """

    class Kind(models.TextChoices):
        INSIDE = "inside"
        GUESTS = "guests"
        OUTSIDE = "outside"

    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="audiences"
    )
    lane = models.SlugField(max_length=32, blank=True)
    name = models.CharField(max_length=80, blank=True)
    firm = models.ForeignKey(
        "people.Firm", on_delete=models.PROTECT, null=True, blank=True, related_name="lanes"
    )
    sealed_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
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
            UniqueConstraint(fields=["space", "lane"], name="a_lane_has_one_name_in_its_space"),
            CheckConstraint(
                condition=Q(firm__isnull=True) | (Q(kind="guests") & ~Q(lane="")),
                name="only_a_lane_for_guests_is_a_firms",
            ),
            CheckConstraint(
                condition=Q(sealed_until__isnull=True) | Q(firm__isnull=False),
                name="only_a_firms_lane_is_sealed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sealed_until"],
                condition=Q(sealed_until__isnull=False, opened_at__isnull=True),
                name="lanes_to_open",
            ),
            models.Index(
                fields=["sealed_until"], condition=Q(sealed_until__isnull=False), name="boxes_by_deadline"
            ),
        ]

    @property
    def key(self) -> str:
        """The key of this place; "" for the one outside. Its space must have been fetched with it."""
        return place_key(self.space.slug, self.lane) if self.space else ""

    @property
    def title(self) -> str:
        """Its name as those who sit in it read it; "" for the one outside."""
        return place_name(self.space.name, self.name) if self.space else ""

    @property
    def address(self) -> str:
        return place_address(self.space.slug, self.lane) if self.space else "/"

    def __str__(self) -> str:
        return self.title or "Outside"


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
    # An end that was set beforehand (an NDA's, a break-glass's) holds by itself; that it came is recorded then.
    is_end_recorded = models.BooleanField(default=False)

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
            # Whose seat has just ended: the streams ask each second, the work process records what came by itself.
            models.Index(fields=["ends_at"], condition=Q(ends_at__isnull=False), name="seats_that_end"),
        ]


class Request(models.Model):
    """An employee asks to join a closed space; its owners and moderators answer."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    id = TimeIdField(primary_key=True)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["space", "person"],
                condition=Q(answered_at__isnull=True),
                name="one_waiting_request_a_person_a_space",
            ),
            CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="a_request_is_answered_or_waits",
            ),
        ]


class Nda(models.Model):
    """What a guest has signed: until when they hear anything, and up to which marking. One a guest, renewed in place;
    what it said before stands in the archive."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="nda")
    ends_at = models.DateTimeField()
    ceiling = models.SmallIntegerField(choices=Marking)
    reference = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(ceiling__gte=0, ceiling__lte=3), name="an_nda_names_a_marking")
        ]


class BreakGlass(models.Model):
    """An administrator looks into a private space: asked by one, agreed to by another, for a day."""

    id = TimeIdField(primary_key=True)
    # As it was typed: a space that is not there is asked for in the same way, and nothing tells which it was.
    slug = models.CharField(max_length=60)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    is_agreed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")),
                name="breaking_the_glass_takes_two",
            ),
            CheckConstraint(condition=~Q(why=""), name="breaking_the_glass_takes_a_reason"),
            CheckConstraint(
                condition=Q(is_agreed=False) | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_agreement_names_who_gave_it",
            ),
        ]
