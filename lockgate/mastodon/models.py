"""Apps, codes and tokens of OAuth 2; what an app said once; where a reader stood. Only digests of secrets are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from lockgate.base.fields import TimeIdField
from lockgate.mastodon.ids import LISTS


class App(models.Model):
    """A client application. Anyone may register one; it can do nothing until a person lets it."""

    client_id = models.CharField(max_length=64, unique=True)
    secret_digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    website = models.CharField(max_length=300, blank=True)
    redirect_uris = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    # Apps that nobody ever let in are swept away; this one was.
    allowed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=Q(allowed_at__isnull=True), name="apps_nobody_let")
        ]


class Token(models.Model):
    """Lets an app speak, for a person or for itself. ``seal`` changes with the person's password: a token made before
    speaks for nobody after."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="tokens")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="app_tokens"
    )
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    seal = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("created_at")),
                name="a_token_ends_after_it_is_made",
            ),
            CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(seal=""), name="a_persons_token_bears_their_seal"
            ),
        ]


class Code(models.Model):
    """A person's word that an app may have a token; exchanged once, soon."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="codes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    redirect_uri = models.CharField(max_length=500)
    scopes = models.JSONField(default=list)
    challenge = models.CharField(max_length=43, blank=True)
    seal = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    token = models.OneToOneField(
        Token, on_delete=models.CASCADE, null=True, blank=True, related_name="exchanged_for"
    )
    used_at = models.DateTimeField(null=True, blank=True)


class Once(models.Model):
    """A status that an app sent with an Idempotency-Key: sent again, it is answered and not said again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    message_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "key"], name="a_key_is_used_once_a_person")]
        indexes = [models.Index(fields=["at"], name="once_by_time")]


class Marker(models.Model):
    """Up to where a person has read a timeline, so that their next app goes on there."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    timeline = models.CharField(max_length=16)
    last_read = models.BigIntegerField()
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "timeline"], name="a_timeline_has_one_marker_a_person"),
            CheckConstraint(
                condition=Q(timeline__in=["home", "notifications"]), name="a_marker_is_of_a_known_timeline"
            ),
        ]


class Filter(models.Model):
    """Words that a person does not want to meet in their apps, and what the apps do with posts that hold them. It hides
    nothing from anybody else and nothing in the house's own pages."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    contexts = models.JSONField(default=list)
    action = models.CharField(max_length=8, default="warn")
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(action__in=["warn", "hide", "blur"]), name="a_filter_does_a_known_thing"
            ),
            CheckConstraint(condition=~Q(title=""), name="a_filter_has_a_title"),
        ]


class Keyword(models.Model):
    """One of the words of a filter."""

    id = TimeIdField(primary_key=True)
    filter = models.ForeignKey(Filter, on_delete=models.CASCADE, related_name="keywords")
    words = models.CharField(max_length=200)
    is_whole = models.BooleanField(default=True)

    class Meta:
        constraints = [CheckConstraint(condition=~Q(words=""), name="a_keyword_has_words")]


class FilteredPost(models.Model):
    """A post that a person named to one of their filters."""

    id = TimeIdField(primary_key=True)
    filter = models.ForeignKey(Filter, on_delete=models.CASCADE, related_name="posts", db_index=False)
    passage = models.ForeignKey("gateway.Passage", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["filter", "passage"], name="a_filter_names_a_post_once")]


class Mute(models.Model):
    """Somebody whom a person does not want to meet in the timelines of their apps; nobody else is told."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "whom"], name="somebody_is_muted_once"),
            CheckConstraint(condition=~Q(whom=F("person")), name="nobody_mutes_themselves"),
        ]


class List(models.Model):
    """A list of one's own: people whose posts its owner reads in one column. Nobody else knows that it is there, and it
    lets nobody hear anything. The numbers of accounts, and so of spaces, end where those of lists begin (ids.py)."""

    id = TimeIdField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    replies_policy = models.CharField(max_length=8, default="list")
    exclusive = models.BooleanField(default=False)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(id__gte=LISTS), name="a_list_bears_no_number_of_an_account"),
            CheckConstraint(condition=~Q(title=""), name="a_list_has_a_title"),
            CheckConstraint(
                condition=Q(replies_policy__in=["followed", "list", "none"]),
                name="a_list_knows_which_answers",
            ),
        ]


class ListMember(models.Model):
    """Somebody on a list of somebody's own."""

    id = TimeIdField(primary_key=True)
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="members", db_index=False)
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["list", "whom"], name="somebody_is_on_a_list_once")]


class Note(models.Model):
    """What a person noted down about somebody, for themselves alone."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    whom = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=2000)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "whom"], name="one_note_about_somebody"),
            CheckConstraint(condition=~Q(words=""), name="a_note_has_words"),
        ]


class PutAway(models.Model):
    """A talk that a person took off the list of conversations in their apps, with the last position that they had seen
    of it: it stands there again once more is said. Their seat is as it was."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    audience = models.ForeignKey("spaces.Audience", on_delete=models.CASCADE, related_name="+")
    up_to = models.BigIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "audience"], name="a_talk_is_put_away_once")]
