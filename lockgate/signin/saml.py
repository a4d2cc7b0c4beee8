"""Speaks SAML 2.0 with the company's identity provider, as a service provider: what is asked, and what is believed.

Only an answer to a question of ours, asked a moment ago by this browser and not answered yet, signed by the certificate
that the administrator gave. The library checks the schema, the signature, that the signed part is the one that is read,
audience, recipient and times; ``strict`` is what makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
MOST_CHARACTERS = 400_000


class AnswerRefused(Refusal):
    """What the provider sent is not to be believed; ``why`` is for the log."""

    code = "provider-failed"
    status = 422
    why = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the provider vouches for."""

    issuer: str
    subject: str
    email: str
    name: str
    assertion: str


def is_on() -> bool:
    return bool(settings.SAML_ENTITY and settings.SAML_SIGN_IN and settings.SAML_CERTIFICATE)


def asking(base: str, relay: str) -> tuple[str, str]:
    """(where to send the browser, the question's id). Raises AnswerRefused where the settings cannot be used."""
    auth = _auth(base, {})
    return str(auth.login(return_to=relay)), str(auth.get_last_request_id())


def believed(base: str, answer: str, question: str) -> Told:
    """Who ``answer`` vouches for, if it answers ``question``. Raises AnswerRefused."""
    if not 0 < len(answer) <= MOST_CHARACTERS or not question:
        raise refused("there is no answer or no question")
    auth = _auth(base, {"SAMLResponse": answer})
    try:
        auth.process_response(request_id=question)
    except (
        Exception
    ) as error:  # the library raises many kinds on what somebody else wrote: none of it is believed
        raise refused(f"{type(error).__name__}") from error
    if auth.get_errors() or not auth.is_authenticated():
        raise refused(f"{', '.join(auth.get_errors())}: {auth.get_last_error_reason()}")
    if auth.get_nameid_format() != PERSISTENT or not auth.get_nameid():
        raise refused("the name is not a persistent one")
    told = auth.get_attributes()
    return Told(
        issuer=settings.SAML_ENTITY,
        subject=str(auth.get_nameid())[:300],
        email=_first(told, settings.SAML_EMAIL).lower()[:254],
        name=" ".join(_first(told, settings.SAML_DISPLAY_NAME).split())[:120],
        assertion=str(auth.get_last_assertion_id()),
    )


def metadata(base: str) -> bytes:
    """What the provider is told of us."""
    from onelogin.saml2.errors import OneLogin_Saml2_Error
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    try:
        written = OneLogin_Saml2_Settings(_settings(base), sp_validation_only=True).get_sp_metadata()
    except OneLogin_Saml2_Error as error:
        raise refused(f"the settings cannot be used: {error}"[:300]) from error
    return written if isinstance(written, bytes) else str(written).encode()


def look() -> str:
    """ "" where the settings can be used, else what is wrong: for `lockgate doctor`."""
    try:
        _auth("https://lockgate.example", {})
    except AnswerRefused as refusal:
        return refusal.why
    return ""


def refused(why: str) -> AnswerRefused:
    refusal = AnswerRefused(
        _("Signing in there did not work."), _("Try again; if it stays so, tell an administrator.")
    )
    refusal.why = why
    return refusal


def _auth(base: str, posted: dict[str, str]) -> Any:
    try:
        from onelogin.saml2.auth import OneLogin_Saml2_Auth
    except ImportError as error:
        raise refused("python3-saml is not installed: pip install 'lockgate[saml]'") from error
    parts = urlsplit(base)
    request = {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": "/sign-in/saml/answer",
        "get_data": {},
        "post_data": posted,
    }
    try:
        return OneLogin_Saml2_Auth(request, _settings(base))
    except Exception as error:  # of many kinds, all of them about what the settings say
        raise refused(f"the settings cannot be used: {error}"[:300]) from error


def _settings(base: str) -> dict[str, Any]:
    try:
        certificate = Path(settings.SAML_CERTIFICATE).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"{settings.SAML_CERTIFICATE} cannot be read") from error
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": f"{base}/sign-in/saml/metadata",
            "assertionConsumerService": {
                "url": f"{base}/sign-in/saml/answer",
                "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
            },
            "NameIDFormat": PERSISTENT,
        },
        "idp": {
            "entityId": settings.SAML_ENTITY,
            "singleSignOnService": {
                "url": settings.SAML_SIGN_IN,
                "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            },
            "x509cert": certificate,
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "rejectUnsolicitedResponsesWithInResponseTo": True,
            "rejectDeprecatedAlgorithm": True,
            "failOnAuthnContextMismatch": False,
            "requestedAuthnContext": False,
            "allowSingleLabelDomains": True,
        },
    }


def _first(told: dict[str, list[str]], name: str) -> str:
    values = told.get(name) or [""]
    return str(values[0]).strip()
