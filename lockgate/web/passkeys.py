"""WebAuthn between the browser and the room: challenges kept in the session, answers checked by the library."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lockgate.people.models import Person
from lockgate.signin import queries

log = logging.getLogger(__name__)
STATE = "passkey"
LONGEST = 20_000

logging.getLogger("fido2").setLevel(logging.WARNING)


def begin_adding(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the browser is asked for to make a passkey of ``person``; found again without a name being typed."""
    # The handle is the archive's word for a person: chance, and no address (WebAuthn 14.6.1).
    user = PublicKeyCredentialUserEntity(
        id=person.pseudonym.encode(), name=person.email, display_name=person.name
    )
    options, state = _server(request).register_begin(
        user,
        [AttestedCredentialData(one) for one in queries.credentials(person)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[STATE] = {"adding": person.pk, **state}
    return dict(options.public_key)


def added(request: HttpRequest, person: Person) -> tuple[str, bytes, int] | None:
    """(credential, public half, counter) where the browser's answer fits; the challenge is used up either way."""
    state = request.session.pop(STATE, None) or {}
    if state.pop("adding", None) != person.pk:
        return None
    try:
        told = _server(request).register_complete(state, _answer(request))
    except (ValueError, KeyError, TypeError) as error:
        log.info("A passkey was not taken: %s", error)
        return None
    if told.credential_data is None:
        return None
    data = told.credential_data
    return websafe_encode(data.credential_id), bytes(data), told.counter


def begin_proving(request: HttpRequest, person: Person | None) -> dict[str, Any]:
    """What the browser is asked for to prove a passkey: one of ``person``'s, or with nobody named any that it holds."""
    known = [AttestedCredentialData(one) for one in queries.credentials(person)] if person else None
    options, state = _server(request).authenticate_begin(
        known, user_verification=UserVerificationRequirement.REQUIRED
    )
    request.session[STATE] = {"proving": person.pk if person else 0, **state}
    return dict(options.public_key)


def proved(request: HttpRequest, waits_for: Person | None) -> tuple[int, Person, int] | None:
    """(passkey's id, whose, counter) where the answer fits. Where somebody is waited for, it is one of theirs."""
    state = request.session.pop(STATE, None) or {}
    if state.pop("proving", None) != (waits_for.pk if waits_for else 0):
        return None
    try:
        answer = AuthenticationResponse.from_dict(_answer(request))
        known = queries.passkey_of(websafe_encode(answer.raw_id))
        if known is None or (waits_for is not None and known[1].pk != waits_for.pk):
            return None
        _server(request).authenticate_complete(state, [AttestedCredentialData(known[2])], answer)
        handle = answer.response.user_handle
        if handle and bytes(handle) != known[1].pseudonym.encode():
            return None
    except (ValueError, KeyError, TypeError) as error:
        log.info("A passkey did not fit: %s", error)
        return None
    return known[0], known[1], answer.response.authenticator_data.counter


def _server(request: HttpRequest) -> Fido2Server:
    """Passkeys hold for our host's name, whatever a request says of itself where PUBLIC_URL names it."""
    if settings.PUBLIC_URL:
        parts = urlsplit(settings.PUBLIC_URL)
        origin = f"{parts.scheme}://{parts.netloc}"
        host = parts.hostname or ""
    else:
        origin = f"{request.scheme}://{request.get_host()}"
        host = urlsplit(origin).hostname or ""
    return Fido2Server(
        PublicKeyCredentialRpEntity(name=settings.COMPANY, id=host), verify_origin=lambda said: said == origin
    )


def _answer(request: HttpRequest) -> dict[str, Any]:
    written = request.POST.get("answer", "")
    if not 0 < len(written) <= LONGEST:
        raise ValueError("no answer")
    told = json.loads(written)
    if not isinstance(told, dict):
        raise ValueError("an answer is an object")
    return told
