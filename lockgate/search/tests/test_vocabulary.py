"""The words of an audience, and what this process remembers of them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from lockgate.base.rows import execute, fetched
from lockgate.base.transactions import change, is_postgresql
from lockgate.demo.cast import Cast
from lockgate.search import tables, vocabulary
from lockgate.search.models import Progress
from lockgate.search.operations import keep_up, sort_words
from lockgate.search.queries import search
from lockgate.search.tests.conftest import Clock, Say, caught_up


def noted() -> set[str]:
    return {row[0] for row in fetched("SELECT word FROM search_vocabulary WHERE word LIKE %s", ["zq%"])}


@pytest.mark.django_db(transaction=True)
def test_a_known_word_is_not_written_again_and_a_forgotten_one_is(clock: Clock, say: Say) -> None:
    say("The zqseal weeps.", "valve-7")
    say("Another zqseal, a zqring.", "valve-7", is_indexed=False)
    with CaptureQueriesContext(connection) as captured:
        caught_up(clock.later())
    written = [one["sql"] for one in captured.captured_queries if "INTO search_vocabulary" in one["sql"]]
    assert any("zqring" in one for one in written)
    assert not any("zqseal" in one for one in written)
    assert noted() == {"zqseal", "zqring"}
    # As another process does that begins everything anew, and has walked past what was said.
    execute("DELETE FROM search_vocabulary", [])
    Progress.objects.update(walks=F("walks") + 1)
    say("The zqseal again.", "valve-7")
    assert noted() == {"zqseal"}


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_remembered(cast: Cast, clock: Clock, say: Say) -> None:
    say("Something else.", "valve-7")
    with pytest.raises(ZeroDivisionError):
        _learn_and_fail()
    say("The zqseal weeps.", "valve-7")
    assert noted() == {"zqseal"}


def _learn_and_fail() -> None:
    walk = Progress.objects.values_list("walks", flat=True).get()
    audience = fetched("SELECT audience_id FROM search_vocabulary LIMIT 1", [])[0][0]
    with change():
        vocabulary.learn([(audience, ["zqseal"])], walk=walk)
        raise ZeroDivisionError


@pytest.mark.django_db
def test_words_are_sorted_in_when_it_is_quiet(cast: Cast, clock: Clock, say: Say) -> None:
    say("The zqseal weeps.", "valve-7")
    assert not keep_up(at=clock.later())
    assert sort_words(at=clock.later()) is is_postgresql()
    assert not sort_words(at=clock.later())  # nothing came since
    hits = search(cast.author, "zqseal", at=clock.later()).hits
    assert len(hits) == 1
    say("A second zqseal.", "valve-7")
    assert not sort_words(at=clock.at), "a moment after the last"
    tables.note_written(tables.MOST_WAITING, clock.at)
    assert sort_words(at=clock.at) is is_postgresql()
