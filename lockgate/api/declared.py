"""What an address takes and gives, declared once: requests are read by it, the OpenAPI document is written from it, and
tests hold real answers against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer"}
ID: Schema = {"type": "string", "pattern": "^[0-9]{1,19}$"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MARKING: Schema = {"type": "string", "enum": ["public", "internal", "confidential", "controlled"]}
CURSOR: Schema = {"type": ["string", "null"]}


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def many(one: Schema, most: int | None = None) -> Schema:
    return {"type": "array", "items": one} | ({"maxItems": most} if most else {})


def or_null(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Verb:
    """What one method of an address does. ``takes`` is its JSON body, ``asks`` its query, ``gives`` its answer."""

    summary: str
    scope: str
    gives: Schema = field(default_factory=lambda: {"type": "object"})
    takes: Schema | None = None
    asks: Mapping[str, Schema] = field(default_factory=dict)
    status: int = 200
    is_form: bool = False
    media: str = "application/json"
    # What may be sent to it without changing anything: no Idempotency-Key is looked at.
    is_read: bool = False
    # {member of the body: the scope that naming it asks for besides}
    also: Mapping[str, str] = field(default_factory=dict)
    is_declared: bool = True


def undeclared(method: str) -> Verb:
    """For an address that says nothing of itself yet: whoever may read may ask it, whoever may post may post."""
    return Verb("", "read" if method == "GET" else "post", is_declared=False)


def known(verb: Verb) -> frozenset[str]:
    """The members that a request may name."""
    return frozenset(verb.takes["properties"]) if verb.takes else frozenset()


PAGED: Mapping[str, Schema] = {
    "cursor": TEXT,
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 30},
}

PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": COUNT,
        "detail": TEXT,
        "code": TEXT,
        "mend": TEXT,
        "rulings": many({"type": "object"}),
    },
    "required": ["type", "title", "status", "detail", "code"],
    "additionalProperties": False,
}
