"""Speaks with the company's OpenID provider: where to send people, and what came back with them.

Authorization code with PKCE, state and nonce. An ID token is believed if it was signed by a key that the provider
publishes, for us, about this very request, and not long ago. Keys change: an unknown one is looked up again, seldom.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from django.conf import settings
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lockgate.base.refusal import Refusal

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY_SECONDS = 60
KEPT_SECONDS = 3600.0
MOST_BYTES = 1024 * 1024
TIMEOUT = httpx2.Timeout(10.0)


class ProviderFailed(Refusal):
    """The provider did not answer, or what it answered is not to be believed."""

    code = "provider-failed"
    status = 502
    why = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send somebody, and what the session keeps until they come back."""

    address: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class Claims:
    """Who came back. ``email`` is theirs only where ``is_verified``: the provider says so itself."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def begin(back: str) -> Begun:
    """Begin to sign somebody in. Raises ProviderFailed."""
    told = _provider.discovered()
    verifier, state, nonce = (secrets.token_urlsafe(48) for _one in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = urlencode(
        {
            "response_type": "code",
            "client_id": settings.OIDC_CLIENT_ID,
            "redirect_uri": back,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    address = told["authorization_endpoint"]
    joined = "&" if urlsplit(address).query else "?"
    return Begun(
        f"{address}{joined}{asked}", {"state": state, "nonce": nonce, "verifier": verifier, "back": back}
    )


def finish(kept: dict[str, str], *, code: str, state: str, issuer: str) -> Claims:
    """Who it is that came back with ``code``. Raises ProviderFailed, always with the same sentence to the reader."""
    if not hmac.compare_digest(kept.get("state", "").encode(), state.encode()) or not state or not code:
        raise _failed("the state is not the one that was sent")
    if issuer and issuer != settings.OIDC_ISSUER:
        raise _failed("another provider answered")
    told = _provider.discovered()
    answer = _asked(
        "POST",
        told["token_endpoint"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": kept["back"],
            "code_verifier": kept["verifier"],
            "client_id": settings.OIDC_CLIENT_ID,
        },
        auth=(settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET) if settings.OIDC_CLIENT_SECRET else None,
    )
    claims = believed(str(answer.get("id_token", "")), nonce=kept["nonce"])
    if "email" not in claims and told.get("userinfo_endpoint") and answer.get("access_token"):
        more = _asked(
            "GET",
            told["userinfo_endpoint"],
            headers={"Authorization": f"Bearer {answer['access_token']}"},
        )
        if more.get("sub") == claims["sub"]:  # OpenID Connect Core 5.3.4: else it is about somebody else
            claims = {**more, **claims}
    return Claims(
        issuer=settings.OIDC_ISSUER,
        subject=str(claims["sub"])[:300],
        email=str(claims.get("email", "")).strip().lower()[:254],
        is_verified=claims.get("email_verified") is True,
        name=" ".join(str(claims.get("name", "")).split())[:120],
    )


def believed(token: str, *, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that is to be believed. Raises ProviderFailed."""
    try:
        try:
            claims = jwt.decode(token, _provider.keys(), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            # Perhaps it is signed with a key that came since.
            claims = jwt.decode(token, _provider.keys(anew=True), algorithms=ALGORITHMS).claims
    except (JoseError, ValueError) as error:
        raise _failed(f"the ID token: {type(error).__name__}") from error
    audience = claims.get("aud")
    parties = audience if isinstance(audience, list) else [audience]
    moment = time.time()
    expires, issued = claims.get("exp"), claims.get("iat")
    if claims.get("iss") != settings.OIDC_ISSUER:
        raise _failed("the ID token is another issuer's")
    if settings.OIDC_CLIENT_ID not in parties:
        raise _failed("the ID token is for somebody else")
    if (len(parties) > 1 or "azp" in claims) and claims.get("azp") != settings.OIDC_CLIENT_ID:
        raise _failed("the ID token was given to somebody else")
    if not isinstance(expires, int | float) or expires + LEEWAY_SECONDS < moment:
        raise _failed("the ID token is over")
    if not isinstance(issued, int | float) or issued - LEEWAY_SECONDS > moment:
        raise _failed("the ID token is of the future")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _failed("the ID token answers another request")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise _failed("the ID token names nobody")
    return dict(claims)


def look() -> str:
    """ "" where the provider answers as it should, else what is wrong: for `lockgate doctor`."""
    try:
        _provider.forget()
        _provider.discovered()
        _provider.keys()
    except ProviderFailed as refusal:
        return refusal.why
    return ""


class _Provider:
    """What the provider tells of itself, kept for an hour in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._issuer = ""
        self._told: dict[str, Any] = {}
        self._told_at = self._keys_at = float("-inf")
        self._keys: KeySet | None = None

    def discovered(self) -> dict[str, Any]:
        with self._lock:
            if self._issuer == settings.OIDC_ISSUER and time.monotonic() - self._told_at < KEPT_SECONDS:
                return self._told
            self.forget()
            told = _asked("GET", settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration")
            if told.get("issuer") != settings.OIDC_ISSUER:
                raise _failed("it says that it is another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                _check_address(str(told.get(name, "")))
            self._issuer, self._told, self._told_at = settings.OIDC_ISSUER, told, time.monotonic()
            return told

    def keys(self, *, anew: bool = False) -> KeySet:
        told = self.discovered()
        with self._lock:
            age = time.monotonic() - self._keys_at
            # An unknown key is asked for at once, but not for each forged token anew.
            if self._keys is None or age > KEPT_SECONDS or (anew and age > settings.OIDC_KEYS_SECONDS):
                try:
                    self._keys = KeySet.import_key_set(_asked("GET", told["jwks_uri"]))  # type: ignore[arg-type]  # checked by it
                except (JoseError, ValueError, KeyError) as error:
                    raise _failed("its keys cannot be read") from error
                self._keys_at = time.monotonic()
            return self._keys


_provider = _Provider()


def _asked(method: str, address: str, **more: Any) -> dict[str, Any]:
    _check_address(address)
    try:
        with httpx2.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=True) as client:
            answer = client.request(
                method, address, headers={"Accept": "application/json", **more.pop("headers", {})}, **more
            )
            if answer.status_code != 200 or len(answer.content) > MOST_BYTES:
                raise _failed(f"{urlsplit(address).path} answered {answer.status_code}")
            told = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise _failed(f"{urlsplit(address).hostname}: {type(error).__name__}") from error
    if not isinstance(told, dict):
        raise _failed("its answer cannot be read")
    return told


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}:
        return
    raise _failed(f"{address[:100] or 'an address that is missing'} is not https")


def _failed(why: str) -> ProviderFailed:
    """``why`` is for the log and the doctor; the reader is told no more than that it did not work."""
    refusal = ProviderFailed(
        _("Signing in there did not work."), _("Try again; if it stays so, tell an administrator.")
    )
    refusal.why = why
    return refusal
