"""Who is asked, who may sign, where a passage stands: as tables, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from lockgate.approvals import rules
from lockgate.approvals.rules import Ask, DeskFacts
from lockgate.approvals.types import Standing, Verdict

NADIA, JULIE, MARC, INGRID, PAVEL = 1, 2, 3, 4, 5
COMMS = DeskFacts("communications", JULIE, MARC)
EXPORT = DeskFacts("export-control", PAVEL, None)
COMPLIANCE = DeskFacts("compliance", INGRID, None)


@pytest.mark.parametrize(
    ("author", "desks", "compliance", "expected"),
    [
        (NADIA, [COMMS], COMPLIANCE, (Ask("communications", JULIE),)),
        (JULIE, [COMMS], COMPLIANCE, (Ask("communications", MARC),)),
        (MARC, [COMMS], COMPLIANCE, (Ask("communications", JULIE),)),
        # Nobody but the author can sign there: compliance does.
        (PAVEL, [EXPORT], COMPLIANCE, (Ask("compliance", INGRID),)),
        (NADIA, [DeskFacts("empty", None, None)], COMPLIANCE, (Ask("compliance", INGRID),)),
        (NADIA, [DeskFacts("gone", None, MARC)], COMPLIANCE, (Ask("gone", MARC),)),
        # Two desks, each once; two that come to compliance are one question.
        (NADIA, [COMMS, EXPORT], COMPLIANCE, (Ask("communications", JULIE), Ask("export-control", PAVEL))),
        (PAVEL, [EXPORT, COMPLIANCE], COMPLIANCE, (Ask("compliance", INGRID),)),
        (NADIA, [COMMS, COMMS], COMPLIANCE, (Ask("communications", JULIE),)),
        # Nobody at all.
        (INGRID, [COMPLIANCE], COMPLIANCE, "compliance"),
        (PAVEL, [EXPORT], None, "export-control"),
        (PAVEL, [COMMS, EXPORT], None, "export-control"),
    ],
)
def test_whom_a_desk_asks(author, desks, compliance, expected):
    assert rules.asks(author, desks, compliance) == expected


@pytest.mark.parametrize(
    ("person", "escalated_to", "may"),
    [
        (JULIE, (), True),
        (MARC, (), True),
        (INGRID, (), False),
        (INGRID, (INGRID,), True),
        (NADIA, (), False),
        # Not even when it was passed on to the author.
        (NADIA, (NADIA,), False),
    ],
)
def test_who_may_sign(person, escalated_to, may):
    told = rules.may_sign(person, author=NADIA, approver=JULIE, deputy=MARC, escalated_to=escalated_to)
    assert told is may


def test_an_approver_does_not_sign_their_own():
    assert not rules.may_sign(JULIE, author=JULIE, approver=JULIE, deputy=None, escalated_to=(JULIE,))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Standing.WAITING),
        ([None], Standing.WAITING),
        ([Verdict.APPROVE], Standing.SIGNED),
        ([Verdict.APPROVE, None], Standing.WAITING),
        ([Verdict.APPROVE, Verdict.APPROVE], Standing.SIGNED),
        ([Verdict.APPROVE, Verdict.CHANGE], Standing.CHANGE_ASKED),
        ([None, Verdict.CHANGE], Standing.CHANGE_ASKED),
        ([Verdict.CHANGE, Verdict.REJECT], Standing.REJECTED),
        ([Verdict.APPROVE, Verdict.REJECT, None], Standing.REJECTED),
    ],
)
def test_where_a_passage_stands(verdicts, expected):
    assert rules.standing(verdicts) is expected


@pytest.mark.parametrize(
    ("word", "wrong"),
    [("Fine.", ""), ("", "missing"), ("  \n ", "missing"), ("x" * 500, ""), ("x" * 501, "long")],
)
def test_a_word_of_reason(word, wrong):
    assert rules.what_is_wrong_with_word(word) == wrong


def test_the_last_quarter_is_when_one_is_reminded():
    asked = datetime(2026, 3, 4, 8, tzinfo=UTC)
    due = rules.due_at(asked, 24)
    assert due - asked == timedelta(hours=24)
    assert rules.remind_from(asked, due) == asked + timedelta(hours=18)
