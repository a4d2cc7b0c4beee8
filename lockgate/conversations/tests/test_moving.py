"""Moving a thread: by an owner of both spaces, below the ceiling, and past the gate where others would hear it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries
from lockgate.conversations.models import Acceptance, Pin, Question
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage, Ruling
from lockgate.gateway.refusals import NotMovable
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.operations import archive_space, open_space, seat

MINUTE = timedelta(minutes=1)


@pytest.fixture
def rooms(cast: Cast, at: datetime) -> dict[str, Audience]:
    """Two rooms of the author's: one alike, one where the stranger hears too; and one of a lower ceiling."""
    found = {}
    for slug, ceiling, others in (
        ("first", 2, [cast.colleague]),
        ("alike", 2, [cast.colleague]),
        ("wider", 2, [cast.colleague, cast.stranger]),
        ("lower", 1, [cast.colleague]),
    ):
        open_space(
            by=cast.author, at=at, slug=slug, name=slug, kind="topic", ceiling=ceiling, entry="private"
        )
        found[slug] = Audience.objects.get(space__slug=slug)
        for one in others:
            seat(by=cast.author, at=at, person=one, audience_id=found[slug].pk)
    return found


def said(cast: Cast, at: datetime, *, marking: int = 1, asks: Asks | None = None, body: str = "") -> int:
    sent = talk.submit(
        by=cast.author,
        at=at,
        body=body or "Which ring do we take for the bench of next week?",
        marking=marking,
        places=["space:first"],
        asks=asks,
    )
    return sent.passages[0].passage_id


def answer(by: Person, at: datetime, root: int, body: str = "The second one.") -> int:
    return talk.submit(by=by, at=at, body=body, marking=1, answers=root).passages[0].passage_id


def test_a_question_goes_with_its_answers_in_their_order(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    root = said(cast, at + MINUTE, asks=Asks("question"))
    bodies = [f"Answer {n}." for n in range(5)]
    answers = [answer(cast.colleague, at + (2 + n) * MINUTE, root, one) for n, one in enumerate(bodies)]
    talk.accept(by=cast.author, at=at + 8 * MINUTE, answer_id=answers[2])
    talk.pin(by=cast.author, at=at + 8 * MINUTE, passage_id=root)
    later = at + 10 * MINUTE
    new = talk.move_thread(by=cast.author, at=later, passage_id=root, to="space:alike")
    assert [one.body for one in queries.answers(cast.colleague, new, later + MINUTE)] == bodies
    item = queries.items([new])[new]
    assert (item.answers_count, item.question, item.place_name) == (5, "answered", "alike")
    assert item.delivered_at == Passage.objects.get(pk=root).delivered_at
    assert Question.objects.get().audience_id == rooms["alike"].pk
    assert Acceptance.objects.get().question_id == new
    assert not Pin.objects.exists()
    with pytest.raises(NotFound):
        queries.one(cast.author, root, later + MINUTE)
    assert not [one for one in queries.home(cast.author, later + MINUTE).keys if one.passage_id == root]
    # Each new passage has a ruling of its own; what stood keeps its own, and the log has both.
    for one in Passage.objects.filter(audience=rooms["alike"]):
        assert one.ruling.place == "space:alike"
    assert Ruling.objects.filter(place="space:first").count() == 6
    actions = list(Entry.objects.filter(at__gte=later).values_list("action", flat=True))
    assert actions.count("gateway.passage.moved") == actions.count("gateway.passage.recalled") == 6


def test_only_by_who_owns_both(cast: Cast, at: datetime, rooms: dict[str, Audience]) -> None:
    root = said(cast, at + MINUTE)
    later = at + 5 * MINUTE
    for other in (cast.colleague, cast.stranger, cast.administrator):
        with pytest.raises(NotFound):
            talk.move_thread(by=other, at=later, passage_id=root, to="space:alike")
    Seat.objects.filter(person=cast.author, audience=rooms["alike"]).update(role="member")
    for nowhere in ("space:alike", "space:engineering", "space:never-was", "channel:feed", ""):
        with pytest.raises(NotFound):
            talk.move_thread(by=cast.author, at=later, passage_id=root, to=nowhere)
    reply = answer(cast.colleague, at + 2 * MINUTE, root)
    with pytest.raises(NotFound):
        talk.move_thread(by=cast.author, at=later, passage_id=reply, to="space:wider")
    assert Passage.objects.get(pk=root).position is not None


def test_not_above_the_ceiling_not_where_it_is_and_not_twice(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    root = said(cast, at + MINUTE, marking=2)
    later = at + 5 * MINUTE
    for to in ("space:lower", "space:first"):
        with pytest.raises(NotMovable):
            talk.move_thread(by=cast.author, at=later, passage_id=root, to=to)
    new = talk.move_thread(by=cast.author, at=later, passage_id=root, to="space:alike")
    with pytest.raises(NotMovable):
        talk.move_thread(by=cast.author, at=later + MINUTE, passage_id=new, to="space:first")
    archive_space(by=cast.author, at=later + MINUTE, slug="wider")
    with pytest.raises(NotFound):
        talk.move_thread(by=cast.author, at=later + 2 * MINUTE, passage_id=new, to="space:wider")


def test_protected_words_do_not_go_to_others_without_a_signature(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    """Wider is a publication: the gate holds a copy of confidential words, so it holds the move of them."""
    words = "The supplier of the second ring has told us in confidence that their line closes in the spring."
    root = said(cast, at + MINUTE, marking=2, body=words)
    later = at + 5 * MINUTE
    with pytest.raises(NotMovable):
        talk.move_thread(by=cast.author, at=later, passage_id=root, to="space:wider")
    assert Passage.objects.get(pk=root).position is not None
    assert not Passage.objects.filter(audience=rooms["wider"]).exists()
    talk.move_thread(by=cast.author, at=later, passage_id=root, to="space:alike")


def test_plain_words_may_go_to_others(cast: Cast, at: datetime, rooms: dict[str, Audience]) -> None:
    root = said(cast, at + MINUTE)
    new = talk.move_thread(by=cast.author, at=at + 5 * MINUTE, passage_id=root, to="space:wider")
    assert queries.one(cast.stranger, new, at + 6 * MINUTE).passage_id == new


@pytest.mark.parametrize("kind", ["circle", "deal"])
def test_nothing_goes_into_a_circle_or_a_deal_room_or_out_of_one(
    cast: Cast, at: datetime, rooms: dict[str, Audience], kind: str
) -> None:
    open_space(by=cast.author, at=at, slug="few", name="Few", kind=kind, ceiling=Marking(2))
    root = said(cast, at + MINUTE)
    inside = talk.submit(
        by=cast.author, at=at + MINUTE, body="Between us few.", marking=1, places=["space:few"]
    )
    for number, to in ((root, "space:few"), (inside.passages[0].passage_id, "space:alike")):
        with pytest.raises(NotMovable):
            talk.move_thread(by=cast.author, at=at + 5 * MINUTE, passage_id=number, to=to)


def test_a_poll_and_an_announcement_stay(cast: Cast, at: datetime, rooms: dict[str, Audience]) -> None:
    poll = said(
        cast, at + MINUTE, asks=Asks("poll", options=("Yes", "No")), body="Do we take the second ring?"
    )
    told = said(cast, at + MINUTE, asks=Asks("announcement"), body="The bench is moved.")
    for root in (poll, told):
        with pytest.raises(NotMovable):
            talk.move_thread(by=cast.author, at=at + 5 * MINUTE, passage_id=root, to="space:alike")


def test_what_waits_in_the_thread_is_taken_back(cast: Cast, at: datetime, rooms: dict[str, Audience]) -> None:
    root = said(cast, at + MINUTE)
    waits = answer(cast.colleague, at + 2 * MINUTE, root)
    Passage.objects.filter(pk=waits).update(state="held", position=None, delivered_at=None)
    talk.move_thread(by=cast.author, at=at + 5 * MINUTE, passage_id=root, to="space:alike")
    row = Passage.objects.get(pk=waits)
    assert (row.state, row.audience_id) == ("recalled", rooms["first"].pk)
    assert "alike" not in row.last_word


def test_where_guests_sit_only_words_of_those_who_sit_there(
    cast: Cast, at: datetime, rooms: dict[str, Audience]
) -> None:
    guests = cast.audiences["aerovia-valve-7"]
    Seat.objects.filter(person=cast.author, audience=guests).update(role="owner")
    root = said(cast, at + MINUTE)
    answer(cast.colleague, at + 2 * MINUTE, root)
    if Seat.objects.filter(person=cast.colleague, audience=guests, ends_at=None).exists():
        Seat.objects.filter(person=cast.colleague, audience=guests).update(ends_at=at)
    with pytest.raises(NotMovable, match="Théo Mercier"):
        talk.move_thread(by=cast.author, at=at + 5 * MINUTE, passage_id=root, to="space:aerovia-valve-7")
