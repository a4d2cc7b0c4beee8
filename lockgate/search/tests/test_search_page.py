"""The page of a search: both orders, by the same words, each with a way to the other."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.people.models import Person
from lockgate.search.tests.conftest import caught_up

FILLED = "It was quiet in the hall and nobody came to look at the benches before the evening bell rang again."


@pytest.fixture
def said(cast_now: Cast) -> Cast:
    for body in ("The zqseal: a zqseal of PTFE.", f"One zqseal. {FILLED}"):
        submit(by=cast_now.author, at=now(), body=body, marking=1, places=["space:valve-7"])
    caught_up(now())
    return cast_now


def shown(person: Person, path: str) -> str:
    client = Client()
    client.force_login(person)
    return client.get(path).content.decode()


def test_the_order_is_chosen_on_the_page(said: Cast) -> None:
    recent = shown(said.colleague, "/search?q=zqseal")
    best = shown(said.colleague, "/search?q=zqseal&order=best")
    assert recent.index("It was quiet") < recent.index("of PTFE")
    assert best.index("of PTFE") < best.index("It was quiet")
    assert '<a href="/search?q=zqseal&amp;order=best">' in recent
    assert '<a href="/search?q=zqseal">' in best
    assert '<input type="hidden" name="order" value="best">' in best
    assert "newest 2 that" in best
    assert "The best of" not in recent


def test_who_hears_nothing_of_it_reads_the_same_in_both(said: Cast) -> None:
    for path in ("/search?q=zqseal", "/search?q=zqseal&order=best"):
        page = shown(said.stranger, path)
        assert "Nothing found" in page
        assert "PTFE" not in page
    assert shown(said.stranger, "/search?q=zqseal&order=best&before=20").count("hit-row") == 0
