"""What a person can prove themselves by, and whether they must."""

from __future__ import annotations

from datetime import datetime

from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.signin import oidc, rules, saml
from lockgate.signin.models import Demand, Identity, Passkey, RecoveryCode, Totp
from lockgate.signin.types import EVERYBODY, Factors, PasskeyView


def oidc_is_on() -> bool:
    """Whether people may come in by the company's OpenID provider."""
    return oidc.is_on()


def saml_is_on() -> bool:
    """Whether people may come in by the company's SAML provider."""
    return saml.is_on()


def saml_metadata(base: str) -> bytes:
    """What the provider is told of us, where our pages are at ``base``."""
    return saml.metadata(base)


def look_at_saml() -> str:
    """ "" where the settings of the SAML provider can be used, else what is wrong."""
    return saml.look()


def look_at_oidc() -> str:
    """ "" where the provider answers as it should, else what is wrong. Asks the network."""
    return oidc.look()


def factors(person: Person) -> Factors:
    """The second factors of ``person`` that count."""
    return Factors(
        has_totp=Totp.objects.filter(person=person, confirmed_at__isnull=False).exists(),
        codes_left=RecoveryCode.objects.filter(person=person, used_at__isnull=True).count(),
        passkeys=tuple(
            PasskeyView(row.pk, row.name, row.made_at, row.used_at)
            for row in Passkey.objects.filter(person=person).order_by("pk")
        ),
    )


def as_shown(secret: bytes, *, issuer: str, account: str) -> tuple[str, str]:
    """(address, letters) of an app's secret: the first for a picture, the second to be typed."""
    letters = rules.written(secret)
    groups = " ".join(letters[first : first + 4] for first in range(0, len(letters), 4))
    return rules.address_of(secret, issuer=issuer, account=account), groups


def demands() -> frozenset[str]:
    """Of whom a second factor is demanded."""
    return frozenset(Demand.objects.filter(ended_at__isnull=True).values_list("kind", flat=True))


def is_demanded_of(person: Person, at: datetime) -> bool:
    kinds = demands()
    return EVERYBODY in kinds or bool(kinds and kinds & duties(person, at))


def credentials(person: Person) -> list[bytes]:
    """The public halves of a person's passkeys, as WebAuthn's library reads them."""
    return [bytes(row) for row in Passkey.objects.filter(person=person).values_list("attested", flat=True)]


def passkey_of(credential: str) -> tuple[int, Person, bytes] | None:
    """(id, whose it is, its public half) of a passkey by its credential's id in base64url."""
    row = Passkey.objects.filter(credential=credential).select_related("person__firm").first()
    if row is None or not row.person.is_active:
        return None
    return row.pk, row.person, bytes(row.attested)


def known_as(issuer: str, subject: str) -> Person | None:
    """The person whom ``issuer`` knows by ``subject``, also where they have left."""
    row = Identity.objects.filter(issuer=issuer, subject=subject).select_related("person__firm").first()
    return row.person if row else None
