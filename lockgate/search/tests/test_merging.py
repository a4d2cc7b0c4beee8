"""SQLite's words in one piece: when it is due, step by step, and what is found stays found."""

from __future__ import annotations

import pytest
from django.db import connection

from lockgate.base.rows import fetched
from lockgate.base.transactions import is_postgresql
from lockgate.demo.cast import Cast
from lockgate.search import merging, tables
from lockgate.search.models import Progress
from lockgate.search.operations import sort_words
from lockgate.search.queries import search
from lockgate.search.tests.conftest import Clock, Say

DUE = [
    (0, 0, False),
    (999, 0, False),
    (1_000, 0, True),
    (40_000, 39_000, False),
    (40_000, 38_000, True),
    (1_000_000, 950_001, False),
    (1_000_000, 950_000, True),
]


@pytest.mark.parametrize(("followed", "merged", "is_due"), DUE)
def test_it_is_due_when_a_twentieth_was_added(followed: int, merged: int, is_due: bool) -> None:
    assert merging.is_due(Progress(followed=followed, merged=merged)) is is_due


def pieces(table: str) -> int:
    return int(fetched(f"SELECT count(DISTINCT segid) FROM {table}_idx", [])[0][0])


@pytest.mark.django_db
def test_pieces_become_one_and_all_is_found(
    cast: Cast, clock: Clock, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_postgresql():
        return  # its index has leaves, not pieces
    for number in range(3):
        say(f"The zqseal {number} weeps.", "valve-7")
    said_at = clock.at
    assert pieces(tables.CONFIDENTIAL) > 1
    assert not sort_words(at=clock.later()), "so little is not worth it"
    monkeypatch.setattr(merging, "LEAST", 1)
    monkeypatch.setattr(merging, "STEPS_AT_ONCE", 1)
    assert not sort_words(at=said_at), "something came a moment ago"
    steps = 0
    while sort_words(at=clock.at):
        steps += 1
        assert len(search(cast.author, "zqseal", at=clock.at).hits) == 3
    assert steps > 2
    assert pieces(tables.CONFIDENTIAL) == 1
    progress = Progress.objects.get()
    assert progress.merged == progress.followed
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_confidential (search_confidential) VALUES ('integrity-check')")
    say("A fourth zqseal.", "valve-7")
    assert len(search(cast.author, "zqseal", at=clock.later()).hits) == 4
