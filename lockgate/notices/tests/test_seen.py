"""What is seen is seen, and what was told meanwhile is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from lockgate.base.ids import floor_id
from lockgate.demo.cast import Cast
from lockgate.notices import queries
from lockgate.notices.models import Notice
from lockgate.notices.operations import mark_one_seen, mark_seen, tell


def test_all_is_seen_and_what_comes_later_is_not(cast: Cast, at: datetime) -> None:
    me, other = cast.author, cast.colleague
    for ago in (timedelta(days=3), timedelta(seconds=20)):
        tell([me.pk, other.pk], "named", words={}, message_id=None, at=at - ago)
    assert queries.unseen(me) == 2
    assert mark_seen(by=me.pk, at=at) == 2
    assert (queries.unseen(me), queries.unseen(other)) == (0, 2)
    assert [one.is_seen for one in queries.of(me)] == [True, True]
    assert [one.is_seen for one in queries.of(other)] == [False, False]
    assert mark_seen(by=me.pk, at=at) == 0
    tell([me.pk], "named", words={}, message_id=None, at=at + timedelta(seconds=1))
    assert queries.unseen(me) == 1
    told = queries.told_between(at - timedelta(days=9), at + timedelta(days=1))
    assert sorted(person for _notice, person in told) == sorted([me.pk, other.pk, other.pk])


def test_a_notice_that_appears_below_a_young_one_is_not_seen(cast: Cast, at: datetime) -> None:
    """Its id was given before, and its transaction ended after somebody had marked all as seen."""
    tell([cast.author.pk], "named", words={}, message_id=None, at=at)
    mark_seen(by=cast.author.pk, at=at)
    tell([cast.author.pk], "named", words={}, message_id=None, at=at - timedelta(seconds=5))
    assert queries.unseen(cast.author) == 1


def test_many_are_marked_in_as_many_statements_as_few(cast: Cast, at: datetime) -> None:
    first = floor_id(at - timedelta(days=2))
    Notice.objects.bulk_create(
        Notice(id=first + n, person=cast.author, kind="named", at=at - timedelta(days=2))
        for n in range(3_000)
    )
    with CaptureQueriesContext(connection) as seen:
        assert mark_seen(by=cast.author.pk, at=at) == 100
    assert Notice.objects.filter(seen_at__isnull=False).count() == 0
    assert len(seen.captured_queries) <= 12  # savepoints among them
    assert queries.unseen(cast.author) == 0


def test_one_is_seen_by_whom_it_was_told(cast: Cast, at: datetime) -> None:
    me, other = cast.author, cast.colleague
    for _turn in range(2):
        tell([me.pk], "named", words={}, message_id=None, at=at)
    one, still = queries.of(me)
    mark_one_seen(by=other.pk, at=at, notice_id=one.id)
    assert queries.unseen(me) == 2
    for _turn in range(2):
        mark_one_seen(by=me.pk, at=at, notice_id=one.id)
        assert queries.unseen(me) == 1
    assert {seen.id: seen.is_seen for seen in queries.of(me)} == {one.id: True, still.id: False}
