"""What the demo's story says of each text is what the published policy says of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lockgate.demo.days import dated, moment
from lockgate.demo.validate import MARKINGS
from lockgate.demo.written import COMPANY, Company
from lockgate.policy.parsing import parse_pack
from lockgate.policy.policy import Policy, compiled_pack
from lockgate.policy.rules import read, rule
from lockgate.policy.shipped import shipped_policy
from lockgate.policy.types import Outcome, PlaceFacts, Ruling

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSED = {"delivered", "scheduled", "failed", "unknown", "recalled"}


@pytest.fixture(scope="module")
def company() -> Company:
    return Company()


@pytest.fixture(scope="module")
def own_pack() -> str:
    return dated((COMPANY / "halden.pack.yaml").read_text("utf-8"), NOW)


@pytest.fixture(scope="module")
def policy(own_pack: str) -> Policy:
    return Policy([*shipped_policy().packs, (parse_pack(own_pack), 1)])


def _rule(policy: Policy, place: PlaceFacts, body: str, marking: str, at: dict) -> Ruling:
    on = moment(at, NOW).date()
    return rule(read(body), place, policy, on=on, content_hash=bytes(32), marking=MARKINGS.index(marking))


def test_the_pack_finds_its_examples(own_pack: str) -> None:
    assert compiled_pack(own_pack).bounds


def test_nothing_said_inside_is_held(company: Company, policy: Policy) -> None:
    for said in company.messages():
        space = company.spaces[said.where.removeprefix("space:")]
        place = PlaceFacts(said.where, space["admits"], MARKINGS.index(space["ceiling"]))
        at = {"days": said.day, "time": said.time}
        ruling = _rule(policy, place, said.body, said.marking, at)
        assert ruling.outcome <= Outcome.JUSTIFY, said.name


def test_public_posts_end_as_the_rules_say(company: Company, policy: Policy) -> None:
    for post in company.posts:
        for key in post["places"]:
            if not key.startswith("channel:"):
                continue
            connector = company.accounts[key.removeprefix("channel:")]["connector"]
            ruling = _rule(
                policy, PlaceFacts(key, "outside", 0, connector), post["body"], "public", post["at"]
            )
            name = (post["by"], post["at"])
            desks = {f.desk or "communications" for f in ruling.findings if f.outcome is Outcome.HOLD}
            signed = {signature["desk"] for signature in post.get("signoffs", [])}
            assert {finding.rule for finding in ruling.findings} == set(post["because"]), name
            assert (ruling.outcome is Outcome.REFUSE) == (post["state"] == "refused"), name
            assert (ruling.outcome >= Outcome.HOLD) or post["state"] in PASSED, name
            if post["state"] in PASSED:
                assert desks == signed, name
            if ruling.outcome is Outcome.JUSTIFY:
                assert post["justification"], name
