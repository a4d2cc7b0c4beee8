"""Sent to the OpenID provider, and come back from it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from lockgate.people.models import Person
from lockgate.signin import oidc
from lockgate.signin.operations.identities import person_for


def begin_oidc(*, back: str) -> oidc.Begun:
    """Where to send somebody who signs in there. Raises ProviderFailed."""
    return oidc.begin(back)


def come_back_by_oidc(*, at: datetime, kept: dict[str, str], code: str, state: str, issuer: str) -> Person:
    """Who came back. Asks the provider, so never inside a transaction. Raises ProviderFailed, NoAccount."""
    claims = oidc.finish(kept, code=code, state=state, issuer=issuer)
    return person_for(
        at=at,
        issuer=claims.issuer,
        subject=claims.subject,
        email=claims.email,
        is_verified=claims.is_verified,
        name=claims.name,
        may_link=settings.OIDC_LINK,
        may_join=settings.OIDC_JOIN,
    )
