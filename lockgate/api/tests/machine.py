"""A program with a token, and the document that its answers are held against."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lockgate.api.openapi import document
from lockgate.people.models import Person
from lockgate.people.operations import make_token
from lockgate.people.types import SCOPES


class Machine:
    """A program with a token, which holds every answer against the document."""

    def __init__(self, person: Person, at: datetime, scopes: tuple[str, ...] = SCOPES) -> None:
        self.token = make_token(by=person.owner or person, at=at, person=person, name="test", scopes=scopes)
        self.client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, said: object = None, **headers: str) -> Any:
        more: dict[str, Any] = {}
        if said is not None:
            more = {"data": said, "content_type": "application/json"}
        ask = getattr(self.client, method.lower())
        answer = ask(f"/api/v1/{path}", **more, headers={"Authorization": f"Bearer {self.token}", **headers})
        assert faults(method, path, answer) == []
        return answer

    def send(self, path: str, name: str, content: bytes, **headers: str) -> Any:
        """A file, as a form."""
        answer = self.client.post(
            f"/api/v1/{path}",
            {"file": SimpleUploadedFile(name, content)},
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        assert faults("POST", path, answer) == []
        return answer


def faults(method: str, path: str, answer: Any) -> list[str]:
    """What of a real answer is not as the document says."""
    told = document()
    for template, verbs in told["paths"].items():
        pattern = "/" + re.sub(r"\{\w+\}", "[^/]+", template.lstrip("/"))
        if re.fullmatch(pattern, "/" + path.partition("?")[0]) and method.lower() in verbs:
            said = verbs[method.lower()]["responses"].get(str(answer.status_code))
            if said is None:
                assert answer.headers["Content-Type"] == "application/problem+json"
                return wrong(answer.json(), told["components"]["schemas"]["Problem"], "")
            (kind,) = said["content"]
            assert answer.headers["Content-Type"] == kind
            if kind != "application/json":
                return []
            return wrong(answer.json(), said["content"][kind]["schema"], "")
    return [f"{method} {path} is in no document"]


def wrong(value: Any, schema: Any, where: str) -> list[str]:
    """A small reader of JSON Schema, as much of it as the document uses."""
    if "anyOf" in schema:
        each = [wrong(value, one, where) for one in schema["anyOf"]]
        return [] if any(not one for one in each) else min(each, key=len)
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else kinds
    types = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    if not any(
        isinstance(value, types[one]) and not (one == "integer" and isinstance(value, bool)) for one in names
    ):
        return [f"{where}: {value!r} is no {kinds}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{where}: {value!r} is not {schema['pattern']}")
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{where}: no {one}" for one in schema["required"] if one not in value]
        for name, inner in value.items():
            if name not in schema["properties"]:
                found.append(f"{where}: {name} is not in the document")
            else:
                found += wrong(inner, schema["properties"][name], f"{where}/{name}")
    if isinstance(value, list) and "items" in schema:
        for one in value:
            found += wrong(one, schema["items"], f"{where}[]")
    return found
