"""The gate's own rules, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.gateway import rules
from lockgate.gateway.operations.place import first_state
from lockgate.gateway.types import AttachmentView, PlaceChoice, PlaceRuling
from lockgate.policy.types import Finding, Outcome, Ruling

SPACE = PlaceChoice("space:valve-7", "Valve 7", "inside", 3, 1)
BLOG = PlaceChoice("channel:blog", "Blog", "outside", 0, 2, account_id=5, desk="communications")


def ruling(outcome: Outcome, *desks: str) -> Ruling:
    findings = tuple(Finding("p/r", 1, "t", outcome, 0, 1, "why", "mend", desk) for desk in desks)
    return Ruling(outcome, findings, "standards@1", bytes(32))


@pytest.mark.parametrize(
    ("outcome", "justification", "is_public", "is_later", "state"),
    [
        (Outcome.ALLOW, "", False, False, "delivered"),
        (Outcome.TIP, "", False, False, "delivered"),
        (Outcome.ALLOW, "", True, False, "queued"),
        (Outcome.ALLOW, "", False, True, "scheduled"),
        (Outcome.ALLOW, "", True, True, "scheduled"),
        (Outcome.JUSTIFY, "They know.", False, False, "delivered"),
        (Outcome.JUSTIFY, "", False, False, "held"),
        (Outcome.JUSTIFY, "   ", True, False, "held"),
        (Outcome.HOLD, "They know.", False, False, "held"),
        (Outcome.HOLD, "", True, True, "held"),
        (Outcome.REFUSE, "Please.", False, False, "refused"),
        (Outcome.REFUSE, "", True, True, "refused"),
    ],
)
def test_a_passage_begins_where_its_ruling_puts_it(
    outcome: Outcome, justification: str, is_public: bool, is_later: bool, state: str
) -> None:
    assert first_state(ruling(outcome), justification, is_public=is_public, is_later=is_later) == state


@pytest.mark.parametrize(
    ("outcomes", "has_words", "justification", "is_scheduled", "said"),
    [
        ([], False, "", False, "write"),
        ([], True, "", False, "choose-place"),
        ([Outcome.ALLOW], True, "", False, "post"),
        ([Outcome.TIP], True, "", True, "schedule"),
        ([Outcome.ALLOW, Outcome.HOLD], True, "", False, "send-for-approval"),
        ([Outcome.JUSTIFY], True, "", False, "give-reason"),
        ([Outcome.JUSTIFY], True, "They know.", False, "post"),
        ([Outcome.REFUSE], True, "", False, "mend"),
        ([Outcome.REFUSE, Outcome.ALLOW], True, "", False, "post"),
        ([Outcome.REFUSE, Outcome.HOLD], True, "", False, "send-for-approval"),
    ],
)
def test_the_button_says_what_will_happen(
    outcomes: list[Outcome], has_words: bool, justification: str, is_scheduled: bool, said: str
) -> None:
    ruled = [PlaceRuling(SPACE, ruling(outcome)) for outcome in outcomes]
    found = rules.action(ruled, has_words=has_words, justification=justification, is_scheduled=is_scheduled)
    assert found == said


@pytest.mark.parametrize(
    ("desks", "place", "asked"),
    [
        (["export-control"], BLOG, ("export-control",)),
        (["", "export-control"], BLOG, ("communications", "export-control")),
        ([""], SPACE, ("compliance",)),
        ([], SPACE, ("compliance",)),
        (["commercial", "commercial"], BLOG, ("commercial",)),
    ],
)
def test_who_signs_is_the_rules_desk_else_the_channels_else_compliance(
    desks: list[str], place: PlaceChoice, asked: tuple[str, ...]
) -> None:
    assert rules.desks_of(ruling(Outcome.HOLD, *desks), place) == asked


def test_a_channels_own_limit_refuses() -> None:
    found = rules.with_limits(ruling(Outcome.ALLOW), BLOG, ["312 of 300."], title="Limits", length=312)
    assert found.outcome is Outcome.REFUSE
    assert found.findings[-1].explanation == "312 of 300."
    assert rules.with_limits(ruling(Outcome.TIP), BLOG, [], title="Limits", length=1).outcome is Outcome.TIP


FILE = AttachmentView(1, "a.png", "image/png", 10, "ab" * 32, "A valve", 1, 1)


@given(st.text(), st.text(), st.integers(0, 3), st.integers(0, 3))
def test_a_content_hash_tells_words_and_markings_apart(one: str, other: str, first: int, second: int) -> None:
    def storable(text: str) -> str:
        return text.encode("utf-8", "ignore").decode()

    one, other = storable(one), storable(other)
    same = (one, first) == (other, second)
    left = rules.content_hash(rules.canonical_content(one, first))
    right = rules.content_hash(rules.canonical_content(other, second))
    assert (left == right) is same
    assert rules.content_hash(rules.canonical_content(one, first, [FILE])) != left


@pytest.mark.parametrize(
    ("space_kind", "in_lane", "marking", "place", "is_covered", "why"),
    [
        ("project", False, 1, SPACE, True, ""),
        ("", False, 0, SPACE, True, ""),
        ("project", False, 1, SPACE, False, "wider"),
        ("", False, 0, SPACE, False, "wider"),
        ("project", False, 0, BLOG, True, "channel"),
        ("", False, 0, BLOG, True, "channel"),
        ("deal", False, 0, BLOG, False, "channel"),
        ("circle", False, 1, SPACE, True, "few"),
        ("deal", False, 1, SPACE, True, "few"),
        ("project", True, 1, SPACE, True, "few"),
        ("project", False, 1, PlaceChoice("space:c", "C", "inside", 3, 4, space_kind="circle"), True, "few"),
        ("project", False, 1, PlaceChoice("space:d", "D", "guests", 3, 4, space_kind="deal"), True, "few"),
        ("project", False, 1, PlaceChoice("space:d/north", "D", "guests", 3, 4), True, "few"),
        ("project", False, 2, PlaceChoice("space:low", "Low", "inside", 1, 4), True, "marking"),
        ("project", False, 1, PlaceChoice("space:low", "Low", "inside", 1, 4), True, ""),
        ("project", False, 3, PlaceChoice("space:low", "Low", "inside", 1, 4), False, "wider"),
    ],
)
def test_a_post_is_shown_again_only_where_all_hear_it(
    space_kind: str, in_lane: bool, marking: int, place: PlaceChoice, is_covered: bool, why: str
) -> None:
    assert (
        rules.why_it_stays(
            space_kind=space_kind, in_lane=in_lane, marking=marking, place=place, is_covered=is_covered
        )
        == why
    )


def test_what_is_shown_is_part_of_the_content() -> None:
    plain = rules.canonical_content("Look.", 1)
    assert b"shows" not in plain
    assert (
        rules.canonical_content("Look.", 1, shows=7) != rules.canonical_content("Look.", 1, shows=8) != plain
    )
