"""Each operation of the API, asked as its document says and a little otherwise: no answer that the document does not
know, and none that is a fault of ours."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lockgate.api import limits
from lockgate.api.openapi import document
from lockgate.base.clock import now
from lockgate.conversations.operations import submit
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import attach
from lockgate.mail.operations import write_to
from lockgate.mastodon.tests.client import BASE, session
from lockgate.people.operations import make_token
from lockgate.people.types import SCOPES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NEVER = "4611686018427387904"


@pytest.mark.django_db
@pytest.mark.slow
def test_schemathesis_finds_no_answer_that_the_document_does_not_know(
    cast_now: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of it with the ids of things that are there, as somebody who may do them."""
    monkeypatch.setattr(limits, "MOST_BY_TOKEN", 10_000_000)
    limits.forget()
    cast = cast_now
    kept = attach(by=cast.author, at=now(), name="plan.txt", content=b"Monday: helium.")
    sent = submit(
        by=cast.author,
        at=now(),
        body="Which bench? #bench",
        marking=1,
        places=["space:valve-7"],
        attachments=[kept.id],
        asks=Asks("poll", ("North", "South")),
    )
    slug = write_to(by=cast.author, at=now(), persons=[cast.colleague], addresses=(), admits_guests=True)
    there = {
        "passage_id": str(sent.passages[0].passage_id),
        "message_id": str(sent.message_id),
        "attachment_id": str(kept.id),
        "slug": slug,
        "person_slug": cast.colleague.slug,
    }
    token = make_token(by=cast.author, at=now(), person=cast.author, name="test", scopes=SCOPES)
    headers = {"Authorization": f"Bearer {token}"}
    schema, wire = schemathesis.openapi.from_dict(document()), session()
    faults: list[str] = []
    asked: Counter[int] = Counter()

    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=6,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            for name in case.path_parameters or {}:
                if sum(asked.values()) % 3:
                    case.path_parameters[name] = there.get(name, NEVER)
            response = case.call(
                base_url=f"{BASE}/api/v1", session=wire, headers=headers, allow_redirects=False
            )
            asked[response.status_code] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except (AssertionError, FailureGroup) as error:
                faults.append(f"{case.method} {case.formatted_path}: {error}"[:600])

        ask()
    assert not faults, "\n\n".join(faults[:10])
    assert asked[200] + asked[201] > 80, asked
