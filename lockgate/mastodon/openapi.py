"""The OpenAPI document of this edge, made from its addresses: what each takes and answers, which scope it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern

from lockgate.mastodon import rules
from lockgate.mastodon.answers import ANSWERS, TAKES, Written
from lockgate.mastodon.schemas import ENTITIES, shape
from lockgate.mastodon.speaking import APP, PERSON, Paged, Verb, verbs_of

_SLOT = re.compile(r"<(\w+):(\w+)>")
_CURSORS: Written = {"limit": "integer", "max_id": "id", "since_id": "id", "min_id": "id"}
_KINDS = {"int": "integer", "str": "string", "path": "string"}


@cache
def document() -> dict[str, Any]:
    """The whole document. It names no person and no room, and so is told to anybody."""
    from lockgate.mastodon.urls import urlpatterns

    paths: dict[str, Any] = {}
    for one in urlpatterns:
        verbs = verbs_of(one.callback)
        if verbs:
            paths[_address(one)] = {
                method.lower(): _operation(one, method, verb) for method, verb in verbs.items()
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.COMPANY}: the Mastodon client API of Lockgate",
            "version": "4.3",
            "description": "What apps for Mastodon may ask. Public means all employees and never the Internet.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": ENTITIES,
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": "/oauth/authorize",
                            "tokenUrl": "/oauth/token",
                            "scopes": dict.fromkeys(rules.SCOPES, ""),
                        },
                    },
                }
            },
        },
    }


def operations() -> Iterator[tuple[str, str, str]]:
    """(method, address, how it is answered) of each operation: "real", "empty" or "refused"."""
    for path, verbs in document()["paths"].items():
        for method, operation in verbs.items():
            yield method.upper(), path, operation["x-answered"]


def _address(one: URLPattern) -> str:
    return "/" + _SLOT.sub(lambda found: "{" + found[2] + "}", str(one.pattern))


def _operation(one: URLPattern, method: str, verb: Verb) -> dict[str, Any]:
    answers = ANSWERS[verb.view]
    name = _address(one).strip("/").replace("/", "_").translate(str.maketrans("", "", "{}."))
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}_{name}",
        "summary": (verb.view.__doc__ or "").split("\n")[0],
        "x-answered": answers.how,
        "parameters": [
            *(
                {"name": slot, "in": "path", "required": True, "schema": {"type": _KINDS[kind]}}
                for kind, slot in _SLOT.findall(str(one.pattern))
            ),
            *_query(method, verb),
        ],
        "responses": {**_answered(answers.what, answers.status), "4XX": _refused(), "503": _refused()},
    }
    if verb.who in {APP, PERSON}:
        operation["security"] = [{"token": [verb.scope] if verb.scope in rules.SCOPES else []}]
    takes = TAKES.get(verb.view)
    if takes and method != "GET":
        schema = {"type": "object", "properties": {field: shape(kind) for field, kind in takes.items()}}
        operation["requestBody"] = {
            "required": False,
            "content": {
                kind: {"schema": schema} for kind in ("application/json", "application/x-www-form-urlencoded")
            },
        }
    return operation


def _query(method: str, verb: Verb) -> list[dict[str, Any]]:
    takes: Mapping[str, str] = TAKES.get(verb.view, {})
    if method != "GET":
        return []
    if verb.view.__annotations__.get("return") in {"Paged", Paged}:
        takes = {**takes, **_CURSORS}
    return [
        {
            "name": f"{field}[]" if kind.startswith("[") else field,
            "in": "query",
            "required": False,
            "schema": shape(kind),
        }
        for field, kind in takes.items()
    ]


def _answered(what: str, status: int) -> dict[str, Any]:
    if not what:
        return {} if status == 200 else {str(status): {"description": "Sent on to another address."}}
    return {str(status): {"description": what, "content": {"application/json": {"schema": shape(what)}}}}


def _refused() -> dict[str, Any]:
    return {
        "description": "A sentence that says what, why and what to do.",
        "content": {"application/json": {"schema": shape("Error")}},
    }
