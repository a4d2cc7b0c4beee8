"""Whether an answer is what the OpenAPI document says."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from lockgate.mastodon.openapi import document

seen: set[tuple[str, str, int]] = set()


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Addresses without slots first, so that "accounts/lookup" is not an account."""
    known = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in known]


def faults(method: str, address: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer; nothing for an address that the document does not hold."""
    path = next((path for pattern, path in _paths() if pattern.fullmatch(address.rstrip("/"))), None)
    verbs = document()["paths"].get(path, {})
    operation = verbs.get("get" if method == "HEAD" else method.lower())
    if operation is None:
        return []
    answers = operation["responses"]
    answer = answers.get(str(status)) or answers.get(f"{status // 100}XX")
    if answer is None:
        return [f"{method} {address}: {status} is not among {sorted(answers)}"]
    seen.add((method, str(path), status))
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return []
    root = {**schema, "components": document()["components"]}
    found = Draft202012Validator(root).iter_errors(body)
    return [f"{method} {address}: {one.json_path}: {one.message[:200]}" for one in found]
