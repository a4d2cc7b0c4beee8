"""Every answer in these tests is held against the OpenAPI document; nothing that is kept for some minutes is kept from
one test to the next."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lockgate.mastodon import speaking
from lockgate.mastodon.tests.schema import faults


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    speaking._asked.clear()


@pytest.fixture(autouse=True)
def _as_the_document_says(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Client.request

    def checked(self: Client, **asked: Any) -> Any:
        answer = request(self, **asked)
        if answer.headers.get("Content-Type", "").startswith("application/json"):
            found = faults(asked["REQUEST_METHOD"], asked["PATH_INFO"], answer.status_code, answer.json())
            assert not found, "\n".join(found)
        return answer

    monkeypatch.setattr(Client, "request", checked)
