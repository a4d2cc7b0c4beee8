"""Who speaks: a signed-in session, or a machine with an access token. Nobody else is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.api import limits
from lockgate.api.declared import Verb, known, undeclared
from lockgate.api.fields import read
from lockgate.api.once import once
from lockgate.api.refusals import refusal
from lockgate.api.words import as_json
from lockgate.base.clock import now
from lockgate.base.disk import disk_full
from lockgate.base.refusal import Refusal
from lockgate.people.models import Person
from lockgate.people.operations import note_token_use
from lockgate.people.queries import speaker as speaker_of
from lockgate.people.types import SCOPES

Answering = Callable[..., HttpResponse]
# The methods of each view that answers machines, by the view: what the OpenAPI document is written from.
VERBS: dict[object, dict[str, Verb]] = {}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose rights hold, what of them this token may use, and under which name its requests are counted."""

    person: Person
    scopes: tuple[str, ...]
    name: str
    token_id: int | None = None
    used_on: date | None = None


def answering(*methods: str, **verbs: Verb) -> Callable[[Answering], Callable[..., HttpResponse]]:
    """A view that is given ``viewer`` and ``at``, and answers JSON: its refusals too, as problem details (RFC 9457).

    ``verbs`` (GET=, POST=, …) say what each method takes, gives and needs. With ``Authorization: Bearer lgt_…`` no
    cookie is looked at. A session must bring its CSRF token for what changes anything.
    """
    declared = {**{one: undeclared(one) for one in methods}, **verbs}

    def around(view: Answering) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            method = "GET" if request.method == "HEAD" else request.method or ""
            if method not in declared:
                told = ", ".join(declared)
                refused = refusal(405, "method", _("This address takes %(verbs)s.") % {"verbs": told})
                refused.headers["Allow"] = told
                return refused
            at = now()
            speaker = _speaker(request, at)
            if speaker is None:
                refused = refusal(
                    401,
                    "not-signed-in",
                    _("Nobody is signed in."),
                    _("Send an access token: Authorization: Bearer lgt_…"),
                )
                refused.headers["WWW-Authenticate"] = "Bearer"
                return refused
            meter = limits.count(
                speaker.name, limits.MOST_BY_TOKEN if speaker.token_id else limits.MOST_BY_SESSION
            )
            response: HttpResponse
            if meter.is_over:
                response = refusal(
                    429, "too-many", _("Too many requests."), _("Wait as long as Retry-After says.")
                )
            else:
                response = _answered(request, view, declared[method], speaker, at, args, kwargs)
            for name, value in meter.headers().items():
                response.headers[name] = value
            return response

        VERBS[answer] = declared
        return answer

    return around


def _answered(
    request: HttpRequest,
    view: Answering,
    verb: Verb,
    speaker: Speaker,
    at: datetime,
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> HttpResponse:
    if verb.scope and verb.scope not in speaker.scopes:
        return _lacks(verb.scope)
    # Only a token that is really there stands for itself: an empty header must not open the cookie's door.
    if not request.headers.get("Authorization") and request.method not in {"GET", "HEAD"}:
        foreign = CsrfViewMiddleware(view).process_view(request, view, (), {})
        if foreign is not None:
            return refusal(403, "csrf", _("This request did not come from a page of ours."))
    if speaker.token_id is not None and speaker.used_on != at.date():
        note_token_use(token_id=speaker.token_id, at=at)

    lacking = {name: scope for name, scope in verb.also.items() if scope not in speaker.scopes}
    if lacking and request.method not in {"GET", "HEAD"}:
        named = told(lambda: _named_without(request, verb, lacking))
        if named.status_code >= 400:
            return named

    def carry_out() -> HttpResponse:
        return told(lambda: view(request, *args, viewer=speaker.person, at=at, **kwargs))

    key = request.headers.get("Idempotency-Key")
    if key is None or verb.is_read or request.method in {"GET", "HEAD"}:
        return carry_out()
    return told(lambda: once(request, key, by=speaker.person, at=at, carry_out=carry_out))


def _named_without(request: HttpRequest, verb: Verb, lacking: Mapping[str, str]) -> HttpResponse:
    said = read(request, known(verb))
    return next((_lacks(scope) for name, scope in lacking.items() if said.get(name)), HttpResponse())


def _lacks(scope: str) -> HttpResponse:
    refused = refusal(
        403,
        "insufficient-scope",
        _("This access token may not do that: it needs “%(scope)s”.") % {"scope": scope},
        _("Make a token that may."),
    )
    refused.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{scope}"'
    return refused


def told(carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    """What it answers, its refusals as problem details."""
    try:
        return carry_out()
    except Exception as error:
        refused_by = error if isinstance(error, Refusal) else disk_full(error)
        if refused_by is None:
            raise
        return refusal(
            refused_by.status,
            refused_by.code,
            refused_by.sentence,
            refused_by.mend,
            rulings=[as_json(one) for one in getattr(refused_by, "rulings", ())],
        )


def _speaker(request: HttpRequest, at: datetime) -> Speaker | None:
    spoken = request.headers.get("Authorization", "")
    if spoken:
        kind, _space, token = spoken.partition(" ")
        if kind.lower() != "bearer" or not token.startswith("lgt_") or len(token) > 200:
            return None
        found = speaker_of(hashlib.sha256(token.strip().encode()).hexdigest(), at)
        if found is None:
            return None
        person, row = found
        return Speaker(person, row.scopes, f"t{row.id}", row.id, row.used_on)
    user = get_user(request)
    if not isinstance(user, Person) or not user.is_active:
        return None
    return Speaker(user, SCOPES, f"p{user.pk}")
