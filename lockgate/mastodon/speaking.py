"""One request of an app: who speaks, what came with it, and how it is answered. No cookie is ever looked at here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lockgate.base.clock import now
from lockgate.base.disk import disk_full
from lockgate.base.refusal import NotFound, Refusal
from lockgate.mastodon import operations, queries, rules
from lockgate.mastodon.fields import Fields, read_fields
from lockgate.mastodon.types import Speaker
from lockgate.people.models import Person

MOST_ASKED = 600
WINDOW_SECONDS = 300

ANYONE, APP, PERSON = "anyone", "app", "person"


class NotAllowed(Refusal):
    """Understood, and not done here for anybody."""

    code = "not-allowed"
    status = 403


@dataclass(frozen=True, slots=True)
class Verb:
    """What one method of an address does: its view, the scope it needs, and who may ask."""

    view: Callable[..., Any]
    scope: str = ""
    who: str = PERSON


@dataclass(slots=True)
class Asked:
    """One request that may be answered."""

    request: HttpRequest
    at: datetime
    fields: Fields
    base: str
    speaker: Speaker | None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def viewer(self) -> Person:
        """The person who speaks; only asked for where the address is for persons."""
        if self.speaker is None or self.speaker.person is None:
            raise NotFound
        return self.speaker.person

    @property
    def host(self) -> str:
        return self.base.partition("://")[2]


@dataclass(frozen=True, slots=True)
class Paged:
    """A list with the cursors before and after it, for the Link header."""

    items: Sequence[Any]
    older: str = ""
    newer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON with a status of its own, or with cursors where it is no list."""

    body: Any
    status: int = 200
    older: str = ""
    newer: str = ""


def address(**verbs: Verb) -> Callable[..., HttpResponse]:
    """A view that answers each of ``verbs`` (GET=, POST=, …) as JSON, refusals too, to any origin."""

    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return open_to_all(HttpResponse(status=204), verbs)
        with translation.override(translation.get_language()):
            return open_to_all(_answered(request, verbs, args, kwargs), verbs)

    view = csrf_exempt(wraps(next(iter(verbs.values())).view)(answer))
    _verbs[view] = verbs
    return view


_verbs: dict[Callable[..., Any], Mapping[str, Verb]] = {}


def verbs_of(view: Callable[..., Any] | None) -> Mapping[str, Verb]:
    """What each method of an address does; nothing for a view that is a page."""
    return _verbs.get(view, {}) if view is not None else {}


def _answered(
    request: HttpRequest, verbs: Mapping[str, Verb], args: tuple[str, ...], kwargs: dict[str, str]
) -> HttpResponse:
    verb = verbs.get("GET" if request.method == "HEAD" else request.method or "")
    if verb is None:
        return _error(405, _("This address does not take %(verb)s.") % {"verb": request.method})
    at = now()
    speaker = None
    spoken = request.headers.get("Authorization", "")
    if spoken or verb.who != ANYONE:
        speaker = _speaker(spoken, at)
        if speaker is None and verb.who != ANYONE:
            return _error(401, _("The access token is invalid"))
    if speaker is not None:
        if verb.who == PERSON and speaker.person is None:
            return _error(401, _("This method requires an authenticated user"))
        if verb.who != ANYONE and not rules.covers(speaker.scopes, verb.scope):
            return _error(403, _("This action is outside the authorized scopes"))
        if speaker.person is not None:
            translation.activate(speaker.person.language)
    meter = _counted(speaker.token_id) if speaker else None
    if meter and meter[0] < 0:
        response = _error(429, _("Too many requests. Try again in a few minutes."))
    else:
        response = _carried_out(request, verb, speaker, at, args, kwargs)
    if meter:
        response.headers["X-RateLimit-Limit"] = str(MOST_ASKED)
        response.headers["X-RateLimit-Remaining"] = str(max(0, meter[0]))
        response.headers["X-RateLimit-Reset"] = meter[1]
    return response


def _carried_out(
    request: HttpRequest,
    verb: Verb,
    speaker: Speaker | None,
    at: datetime,
    args: tuple[str, ...],
    kwargs: dict[str, str],
) -> HttpResponse:
    try:
        asked = Asked(request, at, read_fields(request), request.build_absolute_uri("/").rstrip("/"), speaker)
        if speaker is not None and speaker.person is not None:
            operations.note_use(token_id=speaker.token_id, at=at) if _is_new_day(
                speaker.token_id, at
            ) else None
        result = verb.view(asked, *args, **kwargs)
    except NotFound as error:
        # One sentence for what is missing and what is forbidden, as clients know it.
        return _error(404, _("Record not found") if error.sentence == NotFound().sentence else str(error))
    except Exception as error:
        refusal = error if isinstance(error, Refusal) else disk_full(error)
        if refusal is None:
            raise
        return _error(refusal.status, str(refusal), code=refusal.code)
    if isinstance(result, HttpResponse):
        return result
    if isinstance(result, Answer | Paged):
        response = (
            as_json(list(result.items)) if isinstance(result, Paged) else as_json(result.body, result.status)
        )
        if links := ", ".join(_links(asked, result)):
            response.headers["Link"] = links
        return response
    return as_json(result)


def as_json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json; charset=utf-8")


def open_to_all(response: HttpResponse, verbs: Iterable[str]) -> HttpResponse:
    """Any page of any origin may ask with a token that it was given: nothing here is answered for a cookie's sake, and
    so credentials are never allowed."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = ", ".join([*verbs, "OPTIONS"])
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
    response.headers["Access-Control-Expose-Headers"] = (
        "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
    )
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _speaker(spoken: str, at: datetime) -> Speaker | None:
    kind, _space, words = spoken.partition(" ")
    return queries.speaker(words.strip(), at) if kind.lower() == "bearer" else None


def _error(status: int, sentence: str, code: str = "") -> HttpResponse:
    body = {"error": sentence}
    if code.startswith(("invalid_", "unsupported_")):
        body = {"error": code, "error_description": sentence}
    response = as_json(body, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Lockgate", error="invalid_token"'
    # An answer, not a fault: without this Django writes a line for each time that somebody asks.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response


def _links(asked: Asked, page: Paged | Answer) -> Iterator[str]:
    for cursor, name, rel in ((page.older, "max_id", "next"), (page.newer, "min_id", "prev")):
        if not cursor:
            continue
        query = [
            (key, one)
            for key, values in asked.request.GET.lists()
            if key not in {"max_id", "min_id", "since_id", "access_token"}
            for one in values
        ]
        yield f'<{asked.base}{asked.request.path}?{urlencode([*query, (name, cursor)])}>; rel="{rel}"'


_asked: dict[int, tuple[float, int]] = {}
_days: dict[int, datetime] = {}


def _counted(token: int) -> tuple[int, str]:
    """How many requests this token has left in this process, and when they are counted anew."""
    moment = time.time()
    begun, count = _asked.get(token, (moment, 0))
    if moment - begun > WINDOW_SECONDS:
        begun, count = moment, 0
    if len(_asked) > 10_000:
        _asked.clear()
    _asked[token] = (begun, count + 1)
    reset = datetime.fromtimestamp(begun + WINDOW_SECONDS, UTC)
    return MOST_ASKED - count - 1, reset.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_new_day(token: int, at: datetime) -> bool:
    kept = _days.get(token)
    if kept is not None and kept.date() == at.date():
        return False
    if len(_days) > 10_000:
        _days.clear()
    _days[token] = at
    return True
