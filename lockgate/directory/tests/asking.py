"""How a directory asks by SCIM, and somebody new as it tells of them."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Directory:
    """Speaks as a directory does, with a key."""

    def __init__(self, words: str) -> None:
        self._client = Client()
        self._head = {"Authorization": f"Bearer {words}"}

    def ask(self, method: str, path: str, said: Any = None) -> tuple[int, dict[str, Any]]:
        answer = self._client.generic(
            method,
            f"/scim/v2/{path}",
            json.dumps(said) if said is not None else "",
            content_type="application/scim+json",
            headers=self._head,
        )
        body = json.loads(answer.content) if answer.content else {}
        if answer.content:
            assert answer.headers["Content-Type"] == "application/scim+json"
        return answer.status_code, body

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


NEW = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "00u1",
    "userName": "lena.vogt@haldenvalve.example",
    "name": {"givenName": "Lena", "familyName": "Vogt"},
    "title": "Planner",
    "emails": [
        {"value": "lena@home.example", "type": "home"},
        {"value": "lena.vogt@haldenvalve.example", "type": "work", "primary": True},
    ],
    "preferredLanguage": "de-DE",
    "active": True,
    ENTERPRISE: {"department": "Planning"},
}
