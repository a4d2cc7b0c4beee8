"""What people prove themselves by, who must, and by what names other houses know them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Totp(models.Model):
    """A secret shared with an authenticator app. Sealed; it counts once a code of it was given."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="totp"
    )
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The step of the last code that was taken: it, and those before it, are never taken again.
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """Good once, in place of another second factor. Only its digest is kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "digest"], name="a_recovery_code_is_made_once_a_person")
        ]


class Passkey(models.Model):
    """A key pair of WebAuthn; here is its public half."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential = models.CharField(max_length=1400, unique=True)
    attested = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Demand(models.Model):
    """Whoever ``kind`` names must have a second factor: everybody, or who holds a duty."""

    kind = models.CharField(max_length=20)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["kind"],
                condition=Q(ended_at__isnull=True),
                name="a_second_factor_is_demanded_once_of_a_kind",
            ),
            CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
                name="a_demand_ends_after_it_begins",
            ),
        ]


class Identity(models.Model):
    """By what name an identity provider knows a person. The name is theirs for good, whatever their address becomes."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["issuer", "subject"], name="an_identity_is_one_persons"),
            UniqueConstraint(fields=["issuer", "person"], name="a_person_has_one_name_at_an_issuer"),
        ]


class Question(models.Model):
    """What a SAML provider was asked for one browser, until it has answered and the browser has come back."""

    digest = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=100)
    until = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
