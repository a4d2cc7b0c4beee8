"""Around each address: whose key it is, what it may do, and every answer in SCIM's own form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt

from lockgate.base.clock import now
from lockgate.base.disk import disk_full
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.directory.operations import note_use
from lockgate.directory.queries import speaking_key
from lockgate.directory.types import Source
from lockgate.scim import shapes
from lockgate.scim.filters import BadFilter
from lockgate.scim.reading import Unreadable

MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a directory. ``base`` is the address before /Users."""

    request: HttpRequest
    source: Source
    at: datetime
    base: str

    def said(self) -> Mapping[str, Any]:
        try:
            raw = self.request.body
        except RawPostDataException as error:
            raise Unreadable("invalidSyntax", "A JSON object is expected here.") from error
        if len(raw) > MOST_BYTES:
            raise Unreadable("tooMany", f"A request has at most {MOST_BYTES} bytes.")
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Unreadable("invalidSyntax", "This is not JSON.") from error
        if not isinstance(found, dict):
            raise Unreadable("invalidSyntax", "A JSON object is expected here.")
        if b"\\u0000" in raw:
            raise Unreadable("invalidValue", "A text holds a NUL character, which cannot be stored.")
        return found


Verb = Callable[..., HttpResponse]


def address(**verbs: tuple[str, Verb]) -> Callable[..., HttpResponse]:
    """A view of ``METHOD=(scope, verb)``. An empty scope: any key may ask."""

    def answer(request: HttpRequest, **named: str) -> HttpResponse:
        at = now()
        known = _key(request, at)
        if known is None:
            response = as_scim(
                shapes.error(401, "A directory's key is needed: Authorization: Bearer lgd_…"), 401
            )
            response.headers["WWW-Authenticate"] = 'Bearer realm="Lockgate"'
            return response
        source, scopes = known
        method = request.method or ""
        if method not in verbs:
            response = as_scim(shapes.error(405, f"This address takes {', '.join(verbs)}."), 405)
            response.headers["Allow"] = ", ".join(verbs)
            return response
        scope, verb = verbs[method]
        if scope and scope not in scopes:
            return as_scim(shapes.error(403, f"This key may not do that; it needs {scope}."), 403)
        assert source.key_id is not None
        note_use(at=at, key_id=source.key_id)
        return _carried_out(verb, Asked(request, source, at, _base(request)), named)

    return csrf_exempt(wraps(address)(answer))


def _carried_out(verb: Verb, asked: Asked, named: dict[str, str]) -> HttpResponse:
    try:
        return verb(asked, **named)
    except Unreadable as error:
        return as_scim(shapes.error(400, error.sentence, error.kind), 400)
    except BadFilter as error:
        return as_scim(shapes.error(400, str(error), "invalidFilter"), 400)
    except NotFound:
        return as_scim(shapes.error(404, "There is no such resource."), 404)
    except BadInput as error:
        return as_scim(shapes.error(400, str(error), "invalidValue"), 400)
    except Refusal as error:
        return as_scim(shapes.error(409, str(error), "uniqueness" if "taken" in error.code else ""), 409)
    except Exception as error:
        if (full := disk_full(error)) is not None:
            return as_scim(shapes.error(507, full.sentence), 507)
        raise


def as_scim(said: dict[str, Any], status: int = 200, location: str = "") -> HttpResponse:
    response = HttpResponse(orjson.dumps(said), content_type="application/scim+json", status=status)
    if location:
        response.headers["Location"] = location
    # An answer, not a fault: without this Django writes a line for each time that somebody asks.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/scim/v2")


def _key(request: HttpRequest, at: datetime) -> tuple[Source, frozenset[str]] | None:
    kind, _space, words = request.headers.get("Authorization", "").partition(" ")
    words = words.strip()
    if kind.lower() != "bearer" or not words.startswith("lgd_") or len(words) > 200:
        return None
    return speaking_key(words, at)
