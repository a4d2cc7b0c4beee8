"""Best first: what raises a message, and that nothing out of one's hearing moves any."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from lockgate.base.transactions import is_postgresql
from lockgate.conversations.models import Question
from lockgate.conversations.operations import accept
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall
from lockgate.people.models import Person
from lockgate.search import finding, queries
from lockgate.search.queries import search
from lockgate.search.ranking import Candidate, best_first
from lockgate.search.rules import ask
from lockgate.search.tests.conftest import Clock, Say, caught_up
from lockgate.search.types import Found, Order

FILLED = "It was quiet in the hall and nobody came to look at the benches before the evening bell rang again."


def ranked(viewer: Person, text: str, clock: Clock) -> list[int]:
    return [one.passage_id for one in best(viewer, text, clock).hits]


def best(viewer: Person, text: str, clock: Clock, *, before: int | None = None, limit: int = 20) -> Found:
    return search(viewer, text, at=clock.later(), before=before, limit=limit, order=Order.BEST)


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        pytest.param("seal", ("The seal: a seal of PTFE.", 1), (f"The seal. {FILLED}", 1), id="said more often"),
        pytest.param("seal", ("The seal weeps.", 1), (f"{FILLED} {FILLED} A seal.", 1), id="among few words"),
        pytest.param("seals", ("The seals weep.", 1), ("The seal weeps.", 1), id="the very word"),
        pytest.param(
            "seal ring", (f"The seal ring. {FILLED}", 1), (f"A seal. {FILLED} A ring.", 1), id="near each other"
        ),
        pytest.param("seal", ("The seal weeps.", 1), ("The seal weeps.", 300), id="newer"),
        pytest.param(
            '"seal ring" cast', (f"The seal ring, cast. {FILLED}", 1), (f"Cast. {FILLED} A seal ring.", 1), id="phrase"
        ),
        pytest.param("漏れ", ("弁の漏れ。漏れ。", 1), ("弁の漏れ。弁は新しいです。", 1), id="Japanese"),
        pytest.param("from:me", ("One.", 1), ("Two.", 2), id="no words at all"),
    ],
)  # fmt: skip
def test_what_raises_a_message(question: str, better: tuple[str, int], worse: tuple[str, int]) -> None:
    asked = ask(question)
    one, two = Candidate(1, better[0], better[1]), Candidate(2, worse[0], worse[1])
    assert best_first([one, two], asked) == best_first([two, one], asked) == [1, 2]


def test_of_equals_the_newest_and_an_accepted_answer_before_all() -> None:
    asked = ask("seal")
    same = [Candidate(key, "The seal weeps.", 3) for key in (5, 9, 7)]
    assert best_first(same, asked) == [9, 7, 5]
    accepted = Candidate(1, "The seal weeps.", 30, is_accepted=True)
    answered = Candidate(2, "The seal weeps.", 30, is_answered=True)
    assert best_first([*same, answered, accepted], asked) == [1, 2, 9, 7, 5]


def test_each_finds_the_best_of_what_they_hear(cast: Cast, clock: Clock, say: Say) -> None:
    near = say("The zqseal ring weeps.", "valve-7")
    far = say(f"A zqseal was seen. {FILLED} A ring was, too.", "everyone")
    newest = say(f"This zqseal is quiet. {FILLED} No ring.", "everyone")
    assert ranked(cast.author, "zqseal ring", clock) == [near, newest, far]
    assert ranked(cast.stranger, "zqseal ring", clock) == [newest, far]
    assert ranked(cast.guest, "zqseal ring", clock) == []
    recall(by=cast.author, at=clock.later(), passage_id=near, why="Wrong.")
    assert ranked(cast.author, "zqseal ring", clock) == [newest, far]


def test_an_accepted_answer_comes_first_while_it_stands(cast: Cast, clock: Clock, say: Say) -> None:
    asked = say("Does the zqseal weep?", "valve-7")
    answer = say("The zqseal weeps below five degrees.", by=cast.colleague, answers=asked)
    say("The zqseal zqseal zqseal.", "valve-7")
    before = ranked(cast.author, "zqseal", clock)
    assert before[0] not in (asked, answer)
    row = Passage.objects.get(pk=asked)
    Question.objects.create(passage=row, audience_id=row.audience_id)
    accept(by=cast.author, at=clock.later(), answer_id=answer)
    assert ranked(cast.author, "zqseal", clock)[0] == answer
    recall(by=cast.colleague, at=clock.later(), passage_id=answer, why="Wrong.")
    assert ranked(cast.author, "zqseal", clock) == [one for one in before if one != answer]


def test_pages_of_the_best_follow_one_another(
    cast: Cast, clock: Clock, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [say("zqseal " * (number % 4 + 1), "everyone", is_indexed=False) for number in range(9)]
    caught_up(clock.later())
    whole = ranked(cast.author, "zqseal", clock)
    assert sorted(whole) == sorted(said)
    found: list[int] = []
    cursor = None
    for _page in range(9):
        page = best(cast.author, "zqseal", clock, before=cursor, limit=2)
        found += [one.passage_id for one in page.hits]
        cursor = page.older
        if cursor is None:
            break
    assert found == whole
    assert best(cast.author, "zqseal", clock, before=1 << 62).hits == ()
    # No more than the window is looked at, and its newest are what is looked at.
    monkeypatch.setattr(queries, "WINDOW", 4)
    assert sorted(ranked(cast.author, "zqseal", clock)) == sorted(said[-4:])


def test_enough_of_this_year_are_weighed_without_those_of_years_back(
    cast: Cast, clock: Clock, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL reads all that was ever said only where a shorter piece of time has not enough; SQLite never does, and
    weighs the whole window."""
    monkeypatch.setattr(finding, "_FEW", 2)
    monkeypatch.setattr(finding, "_MANY", 2)
    monkeypatch.setattr(finding, "_PIECES", ((30, 7),))
    monkeypatch.setattr(queries, "WINDOW", 6)
    monkeypatch.setattr(queries, "ENOUGH", 3)
    old = [say("zqseal", "everyone") for _ in range(3)]
    clock.at += timedelta(days=400)
    new = [say("zqseal", "everyone") for _ in range(4)]
    found = best(cast.author, "zqseal", clock)
    assert {one.passage_id for one in found.hits} == ({*new} if is_postgresql() else {*new, *old[-2:]})
    assert found.weighed == len(found.hits)
    monkeypatch.setattr(queries, "ENOUGH", 5)
    assert {one.passage_id for one in best(cast.author, "zqseal", clock).hits} == {*new, *old[-2:]}


def test_nothing_out_of_ones_hearing_moves_any(cast: Cast, clock: Clock, say: Say) -> None:
    """The order and every byte are the same before and after: many hidden messages with the same words, long and
    short, a hidden accepted answer, and another one's answers. And so are the statements that the database is asked."""
    say(f"A zqseal was seen. {FILLED} A ring was, too.", "everyone")
    say("The zqseal of the other ring.", "everyone")
    say("Rings and a zqseal, a zqseal and rings.", "everyone", by=cast.colleague)
    questions = [
        "zqseal ring",
        "zqseal",
        "ring",
        '"zqseal was"',
        "zqs*",
        "*qse*",
        "from:nadia-roux",
        "rings zqseal",
    ]
    at = clock.later()

    def read() -> list[str]:
        answers = []
        for text in questions:
            asked: list[str] = []

            def keep(
                execute: object, statement: str, values: object, is_many: bool, context: object
            ) -> object:
                if "SAVEPOINT" not in statement:  # whose names count on
                    asked.append(statement)  # noqa: B023  (called within the round)
                return execute(statement, values, is_many, context)  # type: ignore[operator]  # Django's own

            with connection.execute_wrapper(keep):
                found = search(cast.stranger, text, at=at, order=Order.BEST)
            assert found.hits
            answers.append(repr(found) + "".join(asked))
        return answers

    before = read()
    hidden = say("Which zqseal ring?", "valve-7")
    for number in range(12):
        say("zqseal ring " * (number + 1) + FILLED * (number % 3), "valve-7")
    answer = say("The zqseal ring of bronze.", by=cast.colleague, answers=hidden)
    row = Passage.objects.get(pk=hidden)
    Question.objects.create(passage=row, audience_id=row.audience_id)
    accept(by=cast.author, at=clock.later(), answer_id=answer)
    assert read() == before
