"""The OpenAPI document, and schemathesis over it. (conftest.py holds every other test's answers against it.)"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lockgate.base.clock import now
from lockgate.conversations.operations import submit
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.mastodon import speaking
from lockgate.mastodon.openapi import document, operations
from lockgate.mastodon.tests.client import BASE, session, token_for
from lockgate.mastodon.tests.schema import faults as faults_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_most_is_real_and_much_is_there() -> None:
    how = Counter(answered for _method, _path, answered in operations())
    assert sum(how.values()) >= 170
    assert how["real"] >= 130
    assert how["refused"] <= 12


@pytest.mark.django_db
def test_it_is_told_to_anybody_and_names_nobody(cast: Cast) -> None:
    answer = Client().get("/api/mastodon/openapi.json")
    assert answer.status_code == 200
    told = answer.json()
    assert told["openapi"].startswith("3.1")
    assert cast.author.slug not in answer.content.decode()
    references = set(re.findall(r"#/components/schemas/(\w+)", answer.content.decode()))
    assert references <= set(told["components"]["schemas"])
    assert told["paths"].keys() == document()["paths"].keys()


def test_an_answer_of_another_shape_is_a_fault() -> None:
    assert faults_of("GET", "/api/v1/polls/1", 200, {"id": 1})
    assert faults_of("GET", "/api/v1/polls/1", 404, {"error": 404})
    assert faults_of("GET", "/api/v1/polls/1", 301, {})
    assert not faults_of("GET", "/api/v1/polls/1", 404, {"error": "Record not found"})


@pytest.mark.django_db
@pytest.mark.slow
def test_schemathesis_finds_no_answer_that_the_document_does_not_know(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each operation, some of it with the ids of things that are there, as somebody who may hear them."""
    monkeypatch.setattr(speaking, "MOST_ASKED", 10_000_000)
    sent = submit(
        by=cast.author,
        at=now(),
        body="Which bench? #bench",
        marking=1,
        places=["space:valve-7"],
        asks=Asks("poll", ("North", "South")),
    )
    headers = {"Authorization": f"Bearer {token_for(cast.colleague)}"}
    ids = [str(sent.passages[0].passage_id), "4611686018427387904", "x"]
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
            if "number" in case.path_parameters:
                case.path_parameters["number"] = ids[sum(asked.values()) % len(ids)]
            response = case.call(base_url=BASE, session=wire, headers=headers, allow_redirects=False)
            asked[response.status_code] += 1
            try:
                # "Nobody translates here" is 503 with Mastodon, and no fault.
                known = case.path.endswith("/translate") and response.status_code == 503
                case.validate_response(response, checks=CHECKS[1:] if known else CHECKS)
            except (AssertionError, FailureGroup) as error:
                faults.append(f"{case.method} {case.formatted_path}: {error}"[:600])

        ask()
    assert not faults, "\n\n".join(faults[:10])
    assert asked[200] > 100, asked
