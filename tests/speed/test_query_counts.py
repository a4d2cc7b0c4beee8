"""How many statements the two busiest roads take. What is asked once a post or a page must not become once a line.

Counted without what opens and closes transactions, which the tests' own transaction changes.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.people.models import Person

MOST_FOR_HOME = 5  # session with person, seats, ids of posts, what waits, draft
MOST_FOR_A_POST = 13
WORDS = "The seal ring of the test bench was measured again this morning, and it holds."
_FRAMING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Drawn posts and cards of earlier tests do not count for this one."""
    from lockgate.web import posts, shell, waiting

    posts._drawn.clear()
    waiting._cards.clear()
    waiting._none_announced.clear()
    shell.forget_standings()


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _statements(captured: CaptureQueriesContext) -> list[str]:
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(_FRAMING)]


def _say(by: Person, number: int) -> int:
    sent = gateway.submit(
        by=by, at=now(), body=f"{WORDS} Note {number}.", marking=1, places=["space:everyone"]
    )
    return sent.passages[0].passage_id


def _company_in_use(author: Person) -> None:
    """Something protected was said, so that every post is held against it; keys are made, the policy is compiled."""
    secret = (
        "The second run stopped early, with a leak that none of us had seen on the bench before that night."
    )
    gateway.submit(by=author, at=now(), body=secret, marking=2, places=["space:valve-7"])


def test_home_takes_five_statements_whatever_there_is_to_show(cast: Cast) -> None:
    reader = _signed_in(cast.colleague)
    reader.get("/")  # what is kept for some seconds (duties, accounts, cards) is drawn here
    counts = []
    for posts in (1, 40):
        for number in range(posts):
            _say(cast.author, number)
        reader.get("/")  # the new posts are drawn
        with CaptureQueriesContext(connection) as captured:
            answer = reader.get("/")
        assert answer.status_code == 200
        assert f"Note {posts - 1}." in answer.content.decode()
        counts.append(_statements(captured))
    assert [len(one) for one in counts] == [MOST_FOR_HOME, MOST_FOR_HOME], "\n".join(counts[-1])


def test_home_takes_five_statements_with_quotes_and_boosts_too(cast: Cast) -> None:
    reader = _signed_in(cast.colleague)
    for number in range(5):
        original = _say(cast.author, number)
        gateway.boost(by=cast.author, at=now(), passage_id=original, place="space:toulouse")
        gateway.submit(
            by=cast.author,
            at=now(),
            body=f"Quoting {number}.",
            marking=1,
            places=["space:valve-7"],
            shows=original,
        )
    reader.get("/")
    with CaptureQueriesContext(connection) as captured:
        page = reader.get("/").content.decode()
    assert page.count("Note 4.") == 3
    statements = _statements(captured)
    assert len(statements) == MOST_FOR_HOME, "\n".join(statements)


def test_thirty_posts_never_drawn_take_no_more_than_one(cast: Cast) -> None:
    reader = _signed_in(cast.colleague)
    reader.get("/")
    drawn = []
    for posts in (1, 30):
        for number in range(posts):
            _say(cast.author, number)
        with CaptureQueriesContext(connection) as captured:
            reader.get("/")
        drawn.append(len(_statements(captured)))
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("places", [["space:everyone"], ["space:everyone", "space:toulouse"]])
def test_a_post_takes_fourteen_statements(cast: Cast, places: list[str]) -> None:
    writer = _signed_in(cast.author)
    fields = {
        "slot": "new",
        "marking": "1",
        "act": "send",
        "places": places,
        "body": "Lunch is at twelve today.",
    }
    _company_in_use(cast.author)
    assert writer.post("/messages", fields, headers={"accept": "application/json"}).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        answer = writer.post(
            "/messages",
            {**fields, "body": "Lunch is at one tomorrow."},
            headers={"accept": "application/json"},
        )
    assert answer.status_code == 200
    assert answer.content.decode().count("delivered") == len(places)
    statements = _statements(captured)
    assert len(statements) <= MOST_FOR_A_POST, "\n".join(statements)


def test_an_answer_takes_three_more_than_a_post(cast: Cast) -> None:
    """The thread it belongs to, whether it is heard, and that it has one answer more."""
    writer = _signed_in(cast.colleague)
    _company_in_use(cast.author)
    root = _say(cast.author, 1)
    fields = {
        "slot": f"answer:{root}",
        "body": "Good to know, thanks.",
        "marking": "1",
        "act": "send",
        "answers": str(root),
    }
    assert writer.post("/messages", fields, headers={"accept": "application/json"}).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        answer = writer.post(
            "/messages", {**fields, "body": WORDS + " Again."}, headers={"accept": "application/json"}
        )
    assert answer.status_code == 200
    assert len(_statements(captured)) <= MOST_FOR_A_POST + 3
