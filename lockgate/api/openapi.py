"""The OpenAPI document, written from the routes and from what their views declare: nothing is told twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver

from lockgate.api.declared import PROBLEM, Verb
from lockgate.api.speaker import VERBS
from lockgate.people.types import SCOPES

_SLOT = re.compile(r"<(?:(\w+):)?(\w+)>")
_SCHEMAS = {
    "int": {"type": "string", "pattern": "^[0-9]{1,19}$"},
    "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    "str": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
}
_BASE = "/api/v1"


def routes() -> Iterator[tuple[str, dict[str, Verb]]]:
    """(route as the resolver writes it, verbs by method) of each address of the API."""
    patterns = get_resolver("lockgate.api.urls").url_patterns
    for one in patterns:
        if isinstance(one, URLPattern):
            yield str(one.pattern), VERBS.get(one.callback, {})


def document() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lockgate",
            "version": "1",
            "description": (
                "What a page can do, a program can do. Ids are strings. What is missing and what is forbidden look the"
                " same. Every write takes an Idempotency-Key, kept for a day. Lists go on with the cursor in `next`."
            ),
        },
        "servers": [{"url": _BASE}],
        "security": [{"token": []}],
        "paths": {
            "/" + _SLOT.sub(lambda slot: "{" + slot[2] + "}", route): _path(route, verbs)
            for route, verbs in routes()
            if verbs
        },
        "components": {
            "schemas": {"Problem": PROBLEM},
            "responses": {
                "Problem": {
                    "description": "What was refused, why, and what to do (RFC 9457).",
                    "headers": {
                        name: {"schema": {"type": "string"}}
                        for name in ("RateLimit", "RateLimit-Policy", "Retry-After")
                    },
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token made under /tokens. Scopes: " + ", ".join(SCOPES) + ".",
                }
            },
        },
    }


def _path(route: str, verbs: dict[str, Verb]) -> dict[str, Any]:
    slots: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _SCHEMAS[kind or "str"]}
        for kind, name in _SLOT.findall(route)
    ]
    told: dict[str, Any] = {
        method.lower(): _operation(route, method, verb) for method, verb in sorted(verbs.items())
    }
    return {"parameters": slots, **told} if slots else told


def _operation(route: str, method: str, verb: Verb) -> dict[str, Any]:
    named = re.sub(r"\W+", "_", _SLOT.sub(lambda slot: slot[2], route)).strip("_")
    said: dict[str, Any] = {
        "operationId": f"{method.lower()}_{named}",
        "summary": verb.summary or named.replace("_", " "),
        # Of a bearer scheme OpenAPI 3.1 takes the names of roles here.
        "security": [{"token": [verb.scope]}] if verb.scope else [{"token": []}],
        "responses": {
            str(verb.status): {
                "description": "Done." if method != "GET" else "Found.",
                "content": {verb.media: {"schema": verb.gives}},
            },
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "query", "schema": schema} for name, schema in verb.asks.items()
    ]
    if method != "GET" and not verb.is_read:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    if parameters:
        said["parameters"] = parameters
    if verb.takes is not None:
        kind = "multipart/form-data" if verb.is_form else "application/json"
        said["requestBody"] = {"required": True, "content": {kind: {"schema": verb.takes}}}
    return said
