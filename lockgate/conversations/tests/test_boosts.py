"""Boosts and quotes: only where everybody hears the original already, and drawn for each reader when they read."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.archive.models import Entry
from lockgate.archive.operations import keep
from lockgate.attention import operations as attention
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries
from lockgate.conversations.types import FeedKey
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.models import Boost, Message, Passage
from lockgate.gateway.refusals import NothingToSay, NotMovable, NotShowable
from lockgate.notices.models import Notice
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat, Space
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


def test_once_a_person_and_place_and_taken_back_by_oneself(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    later = at + 2 * MINUTE
    first = gateway.boost(by=cast.colleague, at=later, passage_id=original, place="space:alike")
    again = gateway.boost(by=cast.colleague, at=later + MINUTE, passage_id=original, place="space:alike")
    assert (again.passage_id, again.is_new) == (first.passage_id, False)
    gateway.boost(by=cast.colleague, at=later, passage_id=original, place="space:narrow")
    # Of a boost, what it boosts; and by somebody else once more.
    other = gateway.boost(by=cast.author, at=later, passage_id=first.passage_id, place="space:alike")
    assert other.original_id == original
    assert Boost.objects.count() == 3
    assert gateway.unboost(by=cast.approver, at=later, passage_id=original) == 0
    assert gateway.unboost(by=cast.colleague, at=later, passage_id=original, place="space:alike") == 1
    assert gateway.unboost(by=cast.colleague, at=later, passage_id=original) == 1
    assert list(Boost.objects.values_list("person", flat=True)) == [cast.author.pk]
    assert Passage.objects.get(pk=first.passage_id).state == "recalled"
    anew = gateway.boost(by=cast.colleague, at=later + MINUTE, passage_id=original, place="space:alike")
    assert anew.is_new


def test_who_may_not_hear_it_gets_what_was_never_there(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    hidden = said(cast.author, at + MINUTE, "narrow")
    before = Message.objects.count()
    for nobody, number in ((cast.stranger, original), (cast.approver, hidden), (cast.author, original + 1)):
        for place in ("space:everyone", "space:first", "space:nowhere"):
            with pytest.raises(NotFound) as refused:
                gateway.boost(by=nobody, at=at + 2 * MINUTE, passage_id=number, place=place)
            assert str(refused.value) == str(NotFound())
        with pytest.raises(NotFound):
            gateway.unboost(by=nobody, at=at + 2 * MINUTE, passage_id=number)
        with pytest.raises(NotFound):
            said(nobody, at + 2 * MINUTE, "everyone", "Look.", shows=number)
        with pytest.raises(NotFound):
            gate.shown_again(nobody, number, at + 2 * MINUTE)
        with pytest.raises(NotFound):
            queries.boosted_in(nobody, number, at + 2 * MINUTE)
    assert Message.objects.count() == before


def test_a_reader_who_comes_later_hears_no_more_by_a_boost(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    """A boost grants no access: who sits in the narrower room alone reads that somebody boosted, and not what."""
    original = said(cast.author, at + MINUTE)
    boost = gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=original, place="space:narrow")
    quote = said(cast.author, at + 2 * MINUTE, "narrow", "Look at this.", shows=original)
    seat(by=cast.author, at=at + 3 * MINUTE, person=cast.stranger, audience_id=rooms["narrow"].pk)
    Seat.objects.filter(person=cast.stranger, audience=rooms["narrow"]).update(hears_from=0)
    later = at + 4 * MINUTE
    for number in (boost.passage_id, quote):
        assert key(cast.stranger, number, later).shown is None
        assert queries.one(cast.stranger, number, later).shown is None
        assert key(cast.colleague, number, later).shown == (original, 1)
    items = queries.items([boost.passage_id, quote]).values()
    assert queries.shown(cast.stranger, items, later) == {}
    # Nor may it be shown there any more, as not everybody hears it.
    with pytest.raises(NotShowable):
        gateway.boost(by=cast.colleague, at=later, passage_id=original, place="space:narrow")


def test_where_it_was_boosted_is_told_to_those_who_sit_there_alone(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    for place in ("first", "narrow"):
        gateway.boost(by=cast.colleague, at=at + 2 * MINUTE, passage_id=original, place=f"space:{place}")
    said(cast.author, at + 2 * MINUTE, "narrow", "Look at this.", shows=original)
    later = at + 3 * MINUTE
    seen = {one.place_name: len(one.people) for one in queries.boosted_in(cast.author, original, later)}
    assert seen == {"first": 1, "narrow": 1}
    assert [one.place_name for one in queries.boosted_in(cast.approver, original, later)] == ["first"]
    ours = queries.shows_heard(cast.author, [original], later)[original]
    theirs = queries.shows_heard(cast.approver, [original], later)[original]
    assert ((ours.boosts, ours.quotes), (theirs.boosts, theirs.quotes)) == ((2, 1), (1, 0))
    assert len(queries.quoted_by(cast.author, original, later)) == 1
    assert queries.quoted_by(cast.approver, original, later) == []


def test_the_author_is_told_if_they_hear_where(cast: Cast, at: datetime, rooms: dict[str, Audience]) -> None:
    keep(at=at)
    attention.follow_up(at=at)
    original, other = said(cast.approver, at + MINUTE), said(cast.approver, at + MINUTE, "alike")
    gateway.boost(by=cast.colleague, at=at + 2 * MINUTE, passage_id=original, place="space:alike")
    gateway.boost(by=cast.colleague, at=at + 2 * MINUTE, passage_id=original, place="space:narrow")
    gateway.boost(by=cast.approver, at=at + 2 * MINUTE, passage_id=other, place="space:first")
    said(cast.author, at + 2 * MINUTE, "first", "Look at this.", shows=original)
    keep(at=at + 3 * MINUTE)
    attention.follow_up(at=at + 3 * MINUTE)
    rows = Notice.objects.filter(person=cast.approver)
    told = {(one.kind, one.words["who"], one.words["place"]) for one in rows}
    assert told == {
        ("boosted", cast.colleague.name, "alike"),
        ("quoted", cast.author.name, "first"),
    }


def test_an_original_that_is_taken_back_is_shown_no_more(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    boost = gateway.boost(by=cast.colleague, at=at + 2 * MINUTE, passage_id=original, place="space:narrow")
    version = key(cast.colleague, boost.passage_id, at + 2 * MINUTE).version
    gateway.recall(by=cast.author, at=at + 3 * MINUTE, passage_id=original, why="Wrong.")
    later = at + 4 * MINUTE
    assert key(cast.colleague, boost.passage_id, later).shown is None
    # Nothing changes of the boost itself: it would tell who hears only the boost that something became of the rest.
    assert key(cast.colleague, boost.passage_id, later).version == version
    with pytest.raises(NotFound):
        gateway.boost(by=cast.author, at=later, passage_id=boost.passage_id, place="space:narrow")


def test_a_moved_original_is_shown_where_it_is_heard_now(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    boost = gateway.boost(by=cast.colleague, at=at + 2 * MINUTE, passage_id=original, place="space:alike")
    with pytest.raises(NotMovable):
        talk.move_thread(by=cast.author, at=at + 3 * MINUTE, passage_id=boost.passage_id, to="space:narrow")
    new = talk.move_thread(by=cast.author, at=at + 3 * MINUTE, passage_id=original, to="space:narrow")
    later = at + 4 * MINUTE
    assert key(cast.colleague, boost.passage_id, later).shown == (new, 1)
    assert key(cast.approver, boost.passage_id, later).shown is None
    assert queries.boosted_in(cast.author, new, later)[0].place_name == "alike"


def test_nothing_of_ours_is_shown_in_a_channel(cast: Cast, at: datetime, rooms: dict[str, Audience]) -> None:
    """G35, and class 35 of the leaks: a private object reaches no public channel by a quote or a boost, whatever its
    marking, and the database refuses what an operation would let through."""
    original = said(cast.author, at + MINUTE, marking=0)
    before = Message.objects.count()
    for places in (["channel:blog"], ["space:first", "channel:blog"]):
        with pytest.raises(NotShowable):
            gateway.submit(
                by=cast.author, at=at + 2 * MINUTE, body="Look.", marking=0, places=places, shows=original
            )
    with pytest.raises(NotShowable):
        gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=original, place="channel:blog")
    assert Message.objects.count() == before
    sent = gateway.submit(
        by=cast.author, at=at + 2 * MINUTE, body="Said anew, for all.", marking=0, places=["channel:blog"]
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.filter(pk=sent.passages[0].passage_id).update(shows=original)


def test_what_is_said_outside_may_be_shown_inside(cast: Cast, at: datetime) -> None:
    sent = gateway.submit(
        by=cast.author, at=at + MINUTE, body="We are at the fair.", marking=0, places=["channel:blog"]
    )
    public = Passage.objects.get(pk=sent.passages[0].passage_id)
    Passage.objects.filter(pk=public.pk).update(
        state="delivered", position=public.pk, delivered_at=at + MINUTE
    )
    boost = gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=public.pk, place="space:everyone")
    assert key(cast.stranger, boost.passage_id, at + 3 * MINUTE).shown is not None
    with pytest.raises(BadInput):
        gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=public.pk)


@pytest.mark.parametrize("kind", ["circle", "deal"])
def test_what_was_said_to_a_few_stays_there(
    cast: Cast, at: datetime, rooms: dict[str, Audience], kind: str
) -> None:
    original = said(cast.author, at + MINUTE)
    inside = said(cast.author, at + MINUTE, "alike")
    Space.objects.filter(slug="alike").update(kind=kind, most=50 if kind == "circle" else None)
    for number, place in ((original, "alike"), (inside, "alike"), (inside, "first")):
        with pytest.raises(NotShowable):
            gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=number, place=f"space:{place}")
        with pytest.raises(NotShowable):
            said(cast.author, at + 2 * MINUTE, place, "Look.", shows=number)
    assert not queries.items([inside])[inside].may_be_shown
    assert gate.shown_again(cast.author, inside, at + 2 * MINUTE).places == frozenset()


def test_a_quote_bears_the_marking_of_what_it_shows(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE, marking=2)
    quote = said(cast.author, at + 2 * MINUTE, "narrow", "Look at this.", shows=original)
    assert Passage.objects.get(pk=quote).marking == 2
    boost = gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=original, place="space:narrow")
    assert Passage.objects.get(pk=boost.passage_id).marking == 2
    with pytest.raises(NotShowable):
        gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=original, place="space:lower")
    with pytest.raises(NotShowable):
        said(cast.author, at + 2 * MINUTE, "lower", "Look at this.", shows=original)


def test_the_words_of_a_quote_pass_the_gate(cast: Cast, at: datetime) -> None:
    original = said(cast.author, at + MINUTE, "everyone")
    sent = gateway.submit(
        by=cast.author,
        at=at + 2 * MINUTE,
        body="Aerovia wants this valve in December, so it concerns them.",
        marking=1,
        places=["space:everyone"],
        shows=original,
    )
    plain = gateway.submit(
        by=cast.author,
        at=at + 2 * MINUTE,
        body="Aerovia wants this valve in December, so it concerns them.",
        marking=1,
        places=["space:everyone"],
    )
    assert [one.state for one in sent.passages] == [one.state for one in plain.passages]
    assert [one.findings for one in sent.passages] == [one.findings for one in plain.passages]
    hashes = [
        bytes(one.content_hash)
        for one in Message.objects.filter(pk__in=[sent.message_id, plain.message_id]).order_by("pk")
    ]
    assert hashes[0] != hashes[1]


def test_a_quote_says_something_and_a_boost_nothing(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    with pytest.raises(NothingToSay):
        said(cast.author, at + MINUTE, "first", " ", shows=original)
    boost = gateway.boost(by=cast.author, at=at + 2 * MINUTE, passage_id=original)
    row = Message.objects.get(passages=boost.passage_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=row.pk).update(body="words")
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(passages=original).update(body="")


def answered(by: Person, at: datetime, root: int, shows: int) -> int:
    sent = gateway.submit(by=by, at=at, body="As was said there.", marking=1, answers=root, shows=shows)
    assert sent.passages[0].state == "delivered"
    return sent.passages[0].passage_id


def test_an_answer_quotes_what_all_who_hear_its_thread_hear(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original, secret = said(cast.author, at + MINUTE), said(cast.author, at + MINUTE, "narrow")
    below = said(cast.author, at + MINUTE, "narrow", "Does it hold?", marking=1)
    answer = answered(cast.colleague, at + 2 * MINUTE, below, original)
    (seen,) = queries.answers(cast.author, below, at + 3 * MINUTE)
    assert (seen.passage_id, seen.shows_id) == (answer, original)
    assert queries.shown(cast.author, [seen], at + 3 * MINUTE)[original].body == WORDS
    assert queries.shows_heard(cast.author, [original], at + 3 * MINUTE)[original].quotes == 1
    assert queries.quoted_by(cast.author, original, at + 3 * MINUTE) == [answer]
    # Who does not hear the thread hears of no quote.
    assert queries.quoted_by(cast.approver, original, at + 3 * MINUTE) == []
    assert queries.shows_heard(cast.approver, [original], at + 3 * MINUTE) == {}
    # Within one thread, too, and an answer itself.
    assert answered(cast.author, at + 3 * MINUTE, below, answer)
    # Not what others in the thread do not hear; and to who does not hear it, it was never there.
    above = said(cast.author, at + MINUTE, "first", "And here?")
    before = Message.objects.count()
    with pytest.raises(NotShowable):
        answered(cast.author, at + 4 * MINUTE, above, secret)
    with pytest.raises(NotFound):
        answered(cast.approver, at + 4 * MINUTE, above, secret)
    with pytest.raises(NotFound):
        answered(cast.stranger, at + 4 * MINUTE, above, original)
    assert Message.objects.count() == before


def test_an_answer_bears_the_marking_of_what_it_quotes(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE, marking=2)
    above = said(cast.author, at + MINUTE, "narrow", "Does it hold?")
    answer = answered(cast.author, at + 2 * MINUTE, above, original)
    assert Message.objects.get(passages=answer).marking == 2
    lower = said(cast.author, at + MINUTE, "lower", "Does it hold?")
    with pytest.raises(NotShowable):
        answered(cast.author, at + 3 * MINUTE, lower, original)


def test_who_comes_later_and_what_is_gone_show_nothing_in_an_answer(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    below = said(cast.author, at + MINUTE, "narrow", "Does it hold?")
    answered(cast.colleague, at + 2 * MINUTE, below, original)
    seat(by=cast.author, at=at + 3 * MINUTE, person=cast.stranger, audience_id=rooms["narrow"].pk)
    found = queries.answers(cast.stranger, below, at + 4 * MINUTE)
    assert len(found) == 1
    assert queries.shown(cast.stranger, found, at + 4 * MINUTE) == {}
    assert original in queries.shown(cast.author, found, at + 4 * MINUTE)
    gateway.recall(by=cast.author, at=at + 5 * MINUTE, passage_id=original, why="Wrong.")
    assert queries.shown(cast.author, found, at + 6 * MINUTE) == {}


def test_a_thread_in_which_an_answer_quotes_stays(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    original = said(cast.author, at + MINUTE)
    below = said(cast.author, at + MINUTE, "narrow", "Does it hold?")
    answered(cast.colleague, at + 2 * MINUTE, below, original)
    with pytest.raises(NotMovable):
        talk.move_thread(by=cast.author, at=at + 3 * MINUTE, passage_id=below, to="space:alike")
    assert Passage.objects.get(pk=below).state == "delivered"


def test_an_answer_is_shown_while_its_thread_stands(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    root = said(cast.author, at + MINUTE)
    answered = gateway.submit(
        by=cast.colleague, at=at + 2 * MINUTE, body="It holds at fifty.", marking=1, answers=root
    )
    answer = answered.passages[0].passage_id
    boost = gateway.boost(by=cast.author, at=at + 3 * MINUTE, passage_id=answer, place="space:narrow")
    assert key(cast.colleague, boost.passage_id, at + 4 * MINUTE).shown == (answer, 1)
    gateway.recall(by=cast.author, at=at + 5 * MINUTE, passage_id=root, why="Wrong.")
    assert key(cast.colleague, boost.passage_id, at + 6 * MINUTE).shown is None
    assert queries.one(cast.colleague, boost.passage_id, at + 6 * MINUTE).shown is None


def test_a_held_quote_is_signed_as_it_was_read(cast: Cast, at: datetime) -> None:
    """What is shown is part of what is signed: the hash of the content names it."""
    original = said(cast.author, at + MINUTE, "everyone")
    sent = gateway.submit(
        by=cast.author,
        at=at + 2 * MINUTE,
        body="The second ring holds, and I say so at the fair.",
        marking=1,
        places=["space:everyone"],
        shows=original,
        deliver_at=at + timedelta(hours=1),
    )
    assert sent.passages[0].state == "scheduled"
    gateway.release_due(at=at + timedelta(hours=2))
    passage = Passage.objects.get(pk=sent.passages[0].passage_id)
    assert (passage.state, passage.shows_id) == ("delivered", original)
    assert gate.message(cast.author, sent.message_id, at + timedelta(hours=2)).shows_id == original


@pytest.mark.parametrize("seed", range(3))
def test_what_may_be_shown_where_is_what_everybody_hears(cast: Cast, at: datetime, seed: int) -> None:
    """Against an oracle that knows nothing but seats: whoever sits there, a post goes to a room exactly if each of its
    people hears all of the post's own room, and a card is seen by exactly those who hear its post."""
    chance = random.Random(seed)
    people = [cast.author, cast.colleague, cast.approver, cast.stranger]
    # Room -> person -> whether they hear what was said before they came.
    rooms: dict[str, dict[int, bool]] = {}
    for slug in ("one", "two", "three", "four", "five"):
        open_space(by=cast.author, at=at, slug=slug, name=slug, kind="topic", ceiling=1, entry="private")
        rooms[slug] = {cast.author.pk: True}
    posts = {slug: said(cast.author, at + MINUTE, slug, f"Of room {slug}.") for slug in rooms}
    for slug, seats in rooms.items():
        for person in people[1:]:
            if chance.random() < 0.6:
                seats[person.pk] = chance.random() < 0.8
                seat(
                    by=cast.author,
                    at=at + 2 * MINUTE,
                    person=person,
                    audience_id=Audience.objects.get(space__slug=slug).pk,
                    hears_past=seats[person.pk],
                )
    later = at + 3 * MINUTE
    shown: list[tuple[str, str, int]] = []
    for source, post in posts.items():
        may = {
            f"space:{target}"
            for target, seats in rooms.items()
            if target == source or all(rooms[source].get(person) for person in seats)
        }
        assert gate.shown_again(cast.author, post, later).places & {f"space:{one}" for one in rooms} == may
        for place in sorted(may):
            done = gateway.boost(by=cast.author, at=later, passage_id=post, place=place)
            shown.append((source, place.removeprefix("space:"), done.passage_id))
    assert shown
    for source, target, boost in shown:
        for person in people:
            if person.pk in rooms[target]:
                hears = rooms[source].get(person.pk, False)
                assert (key(person, boost, later + MINUTE).shown is not None) == hears, (source, target)
