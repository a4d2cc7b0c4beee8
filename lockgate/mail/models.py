"""What somebody wants to hear by e-mail, the letters that wait to be sent, and that a letter came."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Coalesce

from lockgate.base.fields import TimeIdField


class Choice(models.Model):
    """How a person hears of a thing by e-mail; of posts, also for one room alone. No row: the default holds."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices", db_index=False
    )
    what = models.CharField(max_length=10)
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    how = models.CharField(max_length=5)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint("person", "what", Coalesce("audience", 0), name="one_mail_choice_of_a_thing"),
            CheckConstraint(
                condition=Q(what__in=["posts", "approvals", "notices"]),
                name="a_mail_choice_is_of_a_known_thing",
            ),
            CheckConstraint(
                condition=Q(how__in=["now", "daily", "off"]), name="a_mail_choice_is_one_of_three"
            ),
            CheckConstraint(
                condition=Q(audience__isnull=True) | Q(what="posts"), name="only_posts_are_chosen_by_room"
            ),
        ]


class Gathered(models.Model):
    """Until when what happened has been looked at for letters, and since when there are any. One row."""

    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="mail_is_gathered_once")]


class Fanout(models.Model):
    """A passage that is being told to the people of its room, a handful of them at a time: ``after_person`` is the last
    of them who was looked at. Kept for a while when it is done, so that it is not begun again."""

    passage_id = models.BigIntegerField(primary_key=True)
    message_id = models.BigIntegerField()
    audience_id = models.BigIntegerField()
    position = models.BigIntegerField()
    thread_id = models.BigIntegerField(null=True)
    thread_message_id = models.BigIntegerField(null=True)
    author_id = models.BigIntegerField()
    after_person = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["passage_id"], condition=Q(done_at__isnull=True), name="fanouts_to_do"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="fanouts_done"),
        ]


class State(models.TextChoices):
    WAITING = "waiting"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # The line broke after the words were on their way: it may have arrived, and is not sent again.
    UNKNOWN = "unknown"
    # At the moment of sending the person might no longer be told.
    MOOT = "moot"


class Mailing(models.Model):
    """One thing to be told to one person by e-mail. Ids alone, except ``words`` of what answers a mail of theirs, which
    are emptied when it is settled."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mailings", db_index=False
    )
    kind = models.CharField(max_length=8)
    about_id = models.BigIntegerField()
    message_id = models.BigIntegerField(null=True)
    thread_id = models.BigIntegerField(null=True)
    is_daily = models.BooleanField(default=False)
    words = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    last_word = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "about_id"], name="one_is_mailed_of_a_thing_once"),
            CheckConstraint(
                condition=Q(kind__in=["post", "request", "notice", "answer", "invite"]),
                name="a_mailing_is_of_a_known_kind",
            ),
            CheckConstraint(condition=Q(state__in=State.values), name="a_mailing_is_in_a_known_state"),
            CheckConstraint(
                condition=Q(state__in=["waiting", "claimed", "sending"], settled_at__isnull=True)
                | (~Q(state__in=["waiting", "claimed", "sending"]) & Q(settled_at__isnull=False)),
                name="a_settled_mailing_has_its_time",
            ),
            CheckConstraint(
                condition=~Q(state__in=["claimed", "sending"]) | Q(taken_until__isnull=False),
                name="a_taken_mailing_is_taken_for_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mailings_due"),
            models.Index(
                fields=["taken_until"], condition=Q(state__in=["claimed", "sending"]), name="mailings_taken"
            ),
            models.Index(
                fields=["settled_at"], condition=Q(settled_at__isnull=False), name="mailings_settled"
            ),
        ]


class Undelivered(models.Model):
    """A letter that the server of this very address refuses for good. ``status`` is RFC 3463's."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    address = models.CharField(max_length=254)
    mailing_id = models.BigIntegerField()
    status = models.CharField(max_length=12)
    is_told = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "mailing_id"], name="a_letter_is_refused_once"),
        ]


class Received(models.Model):
    """That a mail came in, once: its digest, from whom (where we know), and what became of it. No word of it."""

    id = TimeIdField(primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=40)
    message_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="received_of_person")]


class Imported(models.Model):
    """That a mail of a mailbox was brought into a space, by digests: so that it is brought in once, and what answers it
    finds its thread. No word, name or address of it."""

    id = TimeIdField(primary_key=True)
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    digest = models.BinaryField(max_length=32)
    mail_digest = models.BinaryField(max_length=32)
    message_id = models.BigIntegerField()
    thread_id = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["audience", "digest"], name="a_mail_is_brought_into_a_room_once")
        ]


class Invitation(models.Model):
    """That somebody without an account was invited into a room by e-mail, and how much of its past they were let
    hear. No name or address: the seat knows whose it is."""

    id = TimeIdField(primary_key=True)
    seat = models.OneToOneField("spaces.Seat", on_delete=models.CASCADE, related_name="invitation")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    backlog = models.CharField(max_length=7)
    invited_at = models.DateTimeField()
    # They left by a letter of theirs: who said that they want no more is not asked again for a while.
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(backlog__in=["nothing", "day", "all"]),
                name="an_invitation_says_how_much_of_the_past",
            )
        ]
        indexes = [models.Index(fields=["by", "invited_at"], name="invitations_by_inviter")]
