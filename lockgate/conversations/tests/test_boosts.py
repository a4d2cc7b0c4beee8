"""Boosts and quotes: only where everybody hears the original already, and drawn for each reader when they read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.archive.models import Entry
from lockgate.conversations import queries
from lockgate.conversations.types import FeedKey
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.gateway.models import Message
from lockgate.gateway.refusals import NotShowable
from lockgate.people.models import Person
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import open_space, seat

MINUTE = timedelta(minutes=1)
WORDS = "The second ring holds at forty bar."


@pytest.fixture
def rooms(cast: Cast, at: datetime) -> dict[str, Audience]:
    """One of three people, where things are said; one alike; one of two of them; one where a fourth hears."""
    found = {}
    for slug, ceiling, others in (
        ("first", 2, [cast.colleague, cast.approver]),
        ("alike", 2, [cast.colleague, cast.approver]),
        ("narrow", 2, [cast.colleague]),
        ("wider", 2, [cast.colleague, cast.approver, cast.stranger]),
        ("lower", 1, [cast.colleague]),
    ):
        open_space(
            by=cast.author, at=at, slug=slug, name=slug, kind="topic", ceiling=ceiling, entry="private"
        )
        found[slug] = Audience.objects.get(space__slug=slug)
        for one in others:
            seat(by=cast.author, at=at, person=one, audience_id=found[slug].pk)
    return found


def said(
    by: Person,
    at: datetime,
    place: str = "first",
    body: str = WORDS,
    *,
    marking: int = 1,
    shows: int | None = None,
) -> int:
    sent = gateway.submit(by=by, at=at, body=body, marking=marking, places=[f"space:{place}"], shows=shows)
    assert sent.passages[0].state == "delivered"
    return sent.passages[0].passage_id


def key(viewer: Person, passage: int, at: datetime) -> FeedKey:
    return next(one for one in queries.home(viewer, at).keys if one.passage_id == passage)


def test_a_boost_stands_in_a_narrower_space_and_shows_the_post(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    done = gateway.boost(by=cast.colleague, at=at + 2 * MINUTE, passage_id=original, place="space:narrow")
    assert (done.is_new, done.place_name) == (True, "narrow")
    later = at + 3 * MINUTE
    seen = key(cast.author, done.passage_id, later)
    assert seen.shown == (original, 1)
    item = queries.items([done.passage_id])[done.passage_id]
    assert (item.is_boost, item.body, item.author.id, item.place_name) == (
        True,
        "",
        cast.colleague.pk,
        "narrow",
    )
    assert queries.shown(cast.author, [item], later)[original].body == WORDS
    facts = Entry.objects.filter(action="gateway.passage.boosted")
    assert [one.record for one in facts] == [f"x:{done.passage_id}"]


@pytest.mark.parametrize(
    ("place", "may"),
    [("first", True), ("alike", True), ("narrow", True), ("wider", False), ("everyone", False)],
)
def test_it_goes_only_where_everybody_hears_the_original(
    cast: Cast, at: datetime, rooms: dict[str, Audience], place: str, may: bool
) -> None:
    original = said(cast.author, at + MINUTE)
    later = at + 2 * MINUTE
    if may:
        gateway.boost(by=cast.author, at=later, passage_id=original, place=f"space:{place}")
        said(cast.author, later, place, "Look at this.", shows=original)
        return
    before = Message.objects.count()
    with pytest.raises(NotShowable):
        gateway.boost(by=cast.author, at=later, passage_id=original, place=f"space:{place}")
    with pytest.raises(NotShowable):
        said(cast.author, later, place, "Look at this.", shows=original)
    assert Message.objects.count() == before
