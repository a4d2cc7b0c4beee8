"""Marks, questions, announcements and polls: done, refused, and gone with the seat."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.conversations import operations as talk
from lockgate.conversations import queries
from lockgate.conversations.models import Ballot, Mention, Poll, Reaction, Tally, Voted
from lockgate.conversations.refusals import (
    BadPoll,
    HasVoted,
    NotForAnswers,
    NotYourRoom,
    ObserversListen,
    PinsFull,
    PollClosed,
    RemindedAlready,
)
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall
from lockgate.gateway.refusals import RefusedByPolicy
from lockgate.notices.queries import of as told_to
from lockgate.people.models import Person
from lockgate.spaces.models import Seat
from lockgate.spaces.operations import end_seat

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
WORDS = "The seal ring of the bench was measured again this morning."


def say(by: Person, at: datetime, *, space: str = "valve-7", body: str = WORDS, **more: object) -> int:
    sent = talk.submit(by=by, at=at, body=body, marking=1, places=[f"space:{space}"], **more)  # type: ignore[arg-type]
    assert sent.passages[0].state == "delivered", sent
    return sent.passages[0].passage_id


def answer(by: Person, at: datetime, root: int, body: str = "It holds, I looked.") -> int:
    return talk.submit(by=by, at=at, body=body, marking=1, answers=root).passages[0].passage_id


def version(passage: int) -> int:
    return Passage.objects.get(pk=passage).version


def make(role: str, person: Person, cast: Cast, space: str = "valve-7") -> None:
    Seat.objects.filter(person=person, audience=cast.audiences[space]).update(role=role)


def reseller(cast: Cast) -> Person:
    return cast.persons["ralf-dietrich"]


# Reactions


def test_one_of_each_kind_a_person_counted_for_all(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at)
    before = version(post)
    assert talk.react(by=cast.colleague, at=at + MINUTE, passage_id=post, kind="thanks")
    assert not talk.react(by=cast.colleague, at=at + MINUTE, passage_id=post, kind="thanks")
    talk.react(by=cast.author, at=at + MINUTE, passage_id=post, kind="thanks")
    talk.react(by=cast.colleague, at=at + MINUTE, passage_id=post, kind="agree")
    assert queries.items([post])[post].reactions == (("agree", 1), ("thanks", 2))
    assert version(post) == before + 3
    assert queries.marks(cast.colleague, [post], at + MINUTE).reacted == {post: {"agree", "thanks"}}
    assert talk.withdraw(by=cast.colleague, at=at + MINUTE, passage_id=post, kind="agree")
    assert not talk.withdraw(by=cast.colleague, at=at + MINUTE, passage_id=post, kind="agree")
    assert queries.items([post])[post].reactions == (("thanks", 2),)
    assert Entry.objects.filter(action="conversations.reaction.given").count() == 3
    assert Entry.objects.filter(action="conversations.reaction.withdrawn").count() == 1


def test_who_does_not_hear_it_marks_nothing(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at)
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        for verb in (talk.react, talk.withdraw):
            for kind in ("thanks", "no-such"):
                with pytest.raises(NotFound):
                    verb(by=nobody, at=at + MINUTE, passage_id=post, kind=kind)
        with pytest.raises(NotFound):
            talk.save(by=nobody, at=at + MINUTE, passage_id=post)
        with pytest.raises(NotFound):
            queries.reacted_by(nobody, post, at + MINUTE)
    assert not Reaction.objects.exists()


def test_an_observer_leaves_no_reaction_and_may_save(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at)
    make("observer", cast.colleague, cast)
    with pytest.raises(ObserversListen):
        talk.react(by=cast.colleague, at=at + MINUTE, passage_id=post, kind="thanks")
    talk.save(by=cast.colleague, at=at + MINUTE, passage_id=post)
    assert queries.saved(cast.colleague, at + MINUTE) == [post]


def test_who_reacted_is_named_to_those_who_may_know_them(cast: Cast, at: datetime) -> None:
    seller = reseller(cast)
    post = say(seller, at, space="resellers-dach", body="Good morning from Mannheim.")
    talk.react(by=cast.guest, at=at + MINUTE, passage_id=post, kind="agree")
    (seen,) = queries.reacted_by(seller, post, at + MINUTE)
    assert [one.slug for one in seen.people] == ["stefan-bauer"]
    room = cast.audiences["resellers-dach"]
    sabine = cast.persons["sabine-vogt"]
    talk.react(by=sabine, at=at + MINUTE, passage_id=post, kind="agree")
    Seat.objects.filter(person=sabine, audience=room).update(ends_at=at + 2 * MINUTE)
    (seen,) = queries.reacted_by(cast.guest, post, at + 3 * MINUTE)
    assert ([one.slug for one in seen.people], seen.others) == (["stefan-bauer"], 1)


def test_marks_are_gone_with_the_seat(cast: Cast, at: datetime) -> None:
    """A guest who was cleared finds nothing of what they marked, saved, confirmed or chose."""
    seller, room = reseller(cast), cast.audiences["resellers-dach"]
    make("owner", seller, cast, "resellers-dach")
    post = say(seller, at, space="resellers-dach", asks=Asks("announcement"), body="Prices change in May.")
    choice = say(
        seller,
        at,
        space="resellers-dach",
        body="When do we meet?",
        asks=Asks("poll", ("Monday", "Tuesday")),
    )
    now = at + MINUTE
    talk.react(by=cast.guest, at=now, passage_id=post, kind="agree")
    talk.save(by=cast.guest, at=now, passage_id=post)
    talk.confirm(by=cast.guest, at=now, passage_id=post)
    talk.vote(by=cast.guest, at=now, passage_id=choice, options=[1])
    assert queries.saved(cast.guest, now) == [post]
    end_seat(by=seller, at=now + MINUTE, person=cast.guest, audience_id=room.pk)
    later = now + 2 * MINUTE
    assert queries.saved(cast.guest, later) == []
    assert queries.marks(cast.guest, [post, choice], later) == queries.marks(cast.guest, [1], later)
    assert queries.unconfirmed(cast.guest, {}) == []
    for read in (queries.reacted_by, queries.poll, queries.readers, queries.tools):
        with pytest.raises(NotFound):
            read(cast.guest, post if read is not queries.poll else choice, later)
    for change in (talk.confirm, talk.save, talk.unsave):
        with pytest.raises(NotFound):
            change(by=cast.guest, at=later, passage_id=post)
    with pytest.raises(NotFound):
        talk.vote(by=cast.guest, at=later, passage_id=choice, options=[1])


# Saved and pinned


def test_saved_is_ones_own_and_goes_with_a_recall(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at)
    reply = answer(cast.author, at + MINUTE, post)
    other = say(cast.author, at + MINUTE, body="Another one, about the second bench.")
    for one in (post, reply, other):
        talk.save(by=cast.colleague, at=at + 2 * MINUTE, passage_id=one)
    assert queries.saved(cast.colleague, at + 2 * MINUTE) == [other, post]
    assert queries.saved(cast.author, at + 2 * MINUTE) == []
    recall(by=cast.author, at=at + 3 * MINUTE, passage_id=other, why="Not so.")
    assert queries.saved(cast.colleague, at + 4 * MINUTE) == [post]
    talk.unsave(by=cast.colleague, at=at + 4 * MINUTE, passage_id=post)
    talk.unsave(by=cast.colleague, at=at + 4 * MINUTE, passage_id=reply)
    assert queries.saved(cast.colleague, at + 4 * MINUTE) == []
    assert not Entry.objects.filter(action__contains="bookmark").exists()


def test_three_are_pinned_by_who_tends_the_room(cast: Cast, at: datetime) -> None:
    posts = [say(cast.author, at, body=f"{WORDS} Note {number}.") for number in range(4)]
    make("owner", cast.author, cast)
    make("member", cast.colleague, cast)
    with pytest.raises(NotFound):
        talk.pin(by=cast.colleague, at=at + MINUTE, passage_id=posts[0])
    with pytest.raises(NotFound):
        talk.pin(by=cast.stranger, at=at + MINUTE, passage_id=posts[0])
    for one in (*posts[:3], posts[0]):
        talk.pin(by=cast.author, at=at + MINUTE, passage_id=one)
    with pytest.raises(PinsFull):
        talk.pin(by=cast.author, at=at + MINUTE, passage_id=posts[3])
    assert [one.passage_id for one in queries.pinned(cast.colleague, "valve-7", at + MINUTE)] == posts[:3]
    with pytest.raises(NotFound):
        queries.pinned(cast.stranger, "valve-7", at + MINUTE)
    talk.unpin(by=cast.author, at=at + MINUTE, passage_id=posts[1])
    recall(by=cast.author, at=at + 2 * MINUTE, passage_id=posts[0], why="Not so.")
    talk.pin(by=cast.author, at=at + 3 * MINUTE, passage_id=posts[3])
    assert {one.passage_id for one in queries.pinned(cast.colleague, "valve-7", at + 3 * MINUTE)} == {
        posts[2],
        posts[3],
    }


# Questions


def test_a_question_is_open_until_an_answer_is_accepted(cast: Cast, at: datetime) -> None:
    asked = say(cast.author, at, asks=Asks("question"), body="Does the ring hold?")
    plain = say(cast.author, at)
    first, second = (answer(cast.colleague, at + n * MINUTE, asked, f"Reply {n}.") for n in (1, 2))
    now = at + 3 * MINUTE
    assert queries.items([asked])[asked].question == "open"
    make("member", cast.colleague, cast)
    with pytest.raises(NotFound):
        talk.accept(by=cast.colleague, at=now, answer_id=first)
    with pytest.raises(NotFound):
        talk.accept(by=cast.author, at=now, answer_id=answer(cast.colleague, at + MINUTE, plain))
    talk.accept(by=cast.author, at=now, answer_id=first)
    talk.accept(by=cast.author, at=now, answer_id=second)
    assert queries.items([asked])[asked].question == "answered"
    assert [one.is_accepted for one in queries.answers(cast.colleague, asked, now)] == [False, True]
    open_ones = queries.questions(cast.colleague, "valve-7", now, state="open").keys
    answered = queries.questions(cast.colleague, "valve-7", now, state="answered").keys
    assert ([], [asked]) == ([one.passage_id for one in open_ones], [one.passage_id for one in answered])
    # Taken back, it answers no more; a moderator may accept another.
    recall(by=cast.colleague, at=now + MINUTE, passage_id=second, why="Wrong bench.")
    assert queries.items([asked])[asked].question == "open"
    make("moderator", cast.colleague, cast)
    talk.accept(by=cast.colleague, at=now + 2 * MINUTE, answer_id=first)
    assert queries.items([asked])[asked].question == "answered"
    talk.withdraw_acceptance(by=cast.author, at=now + 3 * MINUTE, answer_id=first)
    assert queries.items([asked])[asked].question == "open"
    with pytest.raises(NotFound):
        queries.questions(cast.stranger, "valve-7", now, state="open")


def test_an_answer_asks_nothing(cast: Cast, at: datetime) -> None:
    root = say(cast.author, at)
    with pytest.raises(NotForAnswers):
        talk.submit(by=cast.author, at=at, body="And?", marking=1, answers=root, asks=Asks("question"))
    with pytest.raises(BadInput):
        talk.submit(by=cast.author, at=at, body="And?", marking=1, places=["space:valve-7"], asks=Asks("x"))


# Announcements


def announced(cast: Cast, at: datetime) -> int:
    make("owner", cast.author, cast)
    return say(cast.author, at, asks=Asks("announcement"), body="The hall is closed on Friday.")


def test_only_who_tends_the_room_announces(cast: Cast, at: datetime) -> None:
    make("member", cast.colleague, cast)
    with pytest.raises(NotYourRoom):
        say(cast.colleague, at, asks=Asks("announcement"))
    with pytest.raises(NotFound):
        say(cast.stranger, at, asks=Asks("announcement"))
    assert announced(cast, at)


def test_the_lists_are_exact(cast: Cast, at: datetime) -> None:
    post = announced(cast, at)
    room = cast.audiences["valve-7"]
    hearers = set(room.seats.filter(ends_at__isnull=True).values_list("person_id", flat=True)) - {
        cast.author.pk
    }
    talk.confirm(by=cast.colleague, at=at + MINUTE, passage_id=post)
    talk.confirm(by=cast.colleague, at=at + 2 * MINUTE, passage_id=post)
    other = sorted(hearers - {cast.colleague.pk})[0]
    with pytest.raises(BadInput):
        talk.exempt(by=cast.author, at=at + MINUTE, passage_id=post, person_id=other, why=" ")
    talk.exempt(by=cast.author, at=at + MINUTE, passage_id=post, person_id=other, why="On leave.")
    lists = queries.readers(cast.author, post, at + 3 * MINUTE)
    assert [one.person.id for one in lists.read] == [cast.colleague.pk]
    assert lists.read[0].at == at + MINUTE
    assert [(one.person.id, one.why) for one in lists.exempt] == [(other, "On leave.")]
    assert {one.person.id for one in lists.unread} == hearers - {cast.colleague.pk, other}
    assert (lists.confirmed, lists.asked) == (1, len(hearers) - 1)
    assert Entry.objects.filter(action="conversations.receipt.given").count() == 1
    make("member", cast.colleague, cast)
    for nobody in (cast.colleague, cast.stranger):
        with pytest.raises(NotFound):
            queries.readers(nobody, post, at + 3 * MINUTE)
        with pytest.raises(NotFound):
            talk.exempt(by=nobody, at=at, passage_id=post, person_id=other, why="x")
        with pytest.raises(NotFound):
            talk.remind_now(by=nobody, at=at + MINUTE, passage_id=post)
    with pytest.raises(NotFound):
        talk.confirm(by=cast.author, at=at, passage_id=post)
    with pytest.raises(NotFound):
        talk.exempt(by=cast.author, at=at, passage_id=post, person_id=cast.stranger.pk, why="x")
    with pytest.raises(NotFound):
        talk.confirm(by=cast.colleague, at=at, passage_id=say(cast.author, at))
    # Who confirmed and left stays on the record, and out of the sum.
    Seat.objects.filter(person=cast.colleague, audience=room).update(ends_at=at + 4 * MINUTE)
    lists = queries.readers(cast.author, post, at + 5 * MINUTE)
    assert [one.has_left for one in lists.read] == [True]
    assert lists.confirmed == 0


def test_it_waits_for_each_until_they_confirm(cast: Cast, at: datetime) -> None:
    post = announced(cast, at)
    heard = {cast.audiences["valve-7"].pk: 0}
    assert [one.passage_id for one in queries.unconfirmed(cast.colleague, heard)] == [post]
    assert queries.unconfirmed(cast.author, heard) == []
    assert queries.unconfirmed(cast.colleague, {}) == []
    assert queries.unconfirmed(cast.colleague, {cast.audiences["valve-7"].pk: 1 << 62}) == []
    talk.confirm(by=cast.colleague, at=at + MINUTE, passage_id=post)
    assert queries.unconfirmed(cast.colleague, heard) == []


def test_reminders_go_to_those_who_have_not_confirmed(cast: Cast, at: datetime) -> None:
    post = announced(cast, at)
    talk.confirm(by=cast.colleague, at=at + MINUTE, passage_id=post)
    assert talk.remind(at=at + timedelta(days=1)) == 0
    waits = len(queries.readers(cast.author, post, at + MINUTE).unread)
    day = at + timedelta(days=2)
    assert talk.remind(at=day) == waits > 0
    assert talk.remind(at=day + MINUTE) == 0
    assert not told_to(cast.colleague)
    with pytest.raises(RemindedAlready):
        talk.remind_now(by=cast.author, at=day + MINUTE, passage_id=post)
    for number in range(1, 5):
        talk.remind(at=day + timedelta(days=3 * number))
    assert Entry.objects.filter(action="conversations.readers.reminded").count() == 3
    recall(by=cast.author, at=day + timedelta(days=20), passage_id=post, why="Old.")
    assert talk.remind(at=day + timedelta(days=30)) == 0


# Polls


def open_poll(cast: Cast, at: datetime, **more: object) -> int:
    asks = Asks("poll", ("Monday", "Tuesday", "Friday"), **more)  # type: ignore[arg-type]
    return say(cast.author, at, body="When do we meet?", asks=asks)


def test_the_options_are_part_of_the_words(cast: Cast, at: datetime) -> None:
    post = open_poll(cast, at)
    body = Passage.objects.select_related("message").get(pk=post).message.body
    assert body == "When do we meet?\n\n- Monday\n- Tuesday\n- Friday"
    item = queries.items([post])[post]
    assert item.poll is not None
    assert (item.words, item.poll.options) == ("When do we meet?", ("Monday", "Tuesday", "Friday"))
    # What the gate refuses in words it refuses in an option.
    with pytest.raises(RefusedByPolicy):
        say(cast.author, at, space="everyone", asks=Asks("poll", ("Yes", "CUI//SP-EXPT and no")))
    assert Entry.objects.filter(action="gateway.message.refused").count() == 1
    assert Poll.objects.count() == 1


@pytest.mark.parametrize(
    "asks",
    [
        Asks("poll", ("One",)),
        Asks("poll", tuple(f"Option {n}" for n in range(11))),
        Asks("poll", ("Same", " same ")),
        Asks("poll", ("", "Two")),
        Asks("poll", ("x" * 141, "Two")),
        Asks("poll", ("One", "Two"), is_anonymous=True),
        Asks("poll", ("One", "Two"), closes_at=datetime.fromisoformat("2020-01-01T00:00:00Z")),
        Asks("poll", ("One", "Two"), closes_at=datetime.fromisoformat("2080-01-01T00:00:00Z")),
    ],
)
def test_a_bad_poll_is_a_sentence(cast: Cast, at: datetime, asks: Asks) -> None:
    with pytest.raises(BadPoll):
        say(cast.author, at, asks=asks)


def test_an_open_poll_shows_its_result_to_who_voted(cast: Cast, at: datetime) -> None:
    post, now = open_poll(cast, at), at + MINUTE
    assert queries.poll(cast.colleague, post, now).results is None
    for wrong in ([], [0], [4], [1, 2]):
        with pytest.raises(BadInput):
            talk.vote(by=cast.colleague, at=now, passage_id=post, options=wrong)
    talk.vote(by=cast.colleague, at=now, passage_id=post, options=[2])
    with pytest.raises(HasVoted):
        talk.vote(by=cast.colleague, at=now, passage_id=post, options=[1])
    seen = queries.poll(cast.colleague, post, now)
    assert seen.results is not None
    assert [(one.count, one.chosen_by) for one in seen.results] == [
        (0, ()),
        (1, (cast.colleague.name,)),
        (0, ()),
    ]
    assert queries.poll(cast.author, post, now).results is None
    assert (seen.voters, seen.may_vote) == (1, False)
    with pytest.raises(NotFound):
        talk.vote(by=cast.stranger, at=now, passage_id=post, options=[1])


def test_nobody_can_tell_who_chose_what_in_an_anonymous_poll(cast: Cast, at: datetime) -> None:
    closes = at + timedelta(days=1)
    post = open_poll(cast, at, is_anonymous=True, closes_at=closes, is_multiple=True)
    room = cast.audiences["valve-7"]
    voters = [
        one.person for one in room.seats.filter(ends_at__isnull=True).select_related("person__firm")[:3]
    ]
    for number, person in enumerate(voters):
        talk.vote(by=person, at=at + MINUTE, passage_id=post, options=[1, 2] if number else [3])
    assert queries.poll(voters[0], post, at + 2 * MINUTE).results is None
    with pytest.raises(PollClosed):
        talk.vote(by=cast.colleague, at=closes, passage_id=post, options=[1])
    seen = queries.poll(voters[0], post, closes)
    assert seen.results is not None
    assert [(one.count, one.chosen_by) for one in seen.results] == [(2, ()), (2, ()), (1, ())]
    assert not Ballot.objects.exists()
    assert {one.name for one in Voted._meta.get_fields()} == {"id", "poll", "person"}
    assert {one.name for one in Tally._meta.get_fields()} == {"id", "poll", "option", "count"}
    cast_facts = Entry.objects.filter(action="conversations.vote.cast")
    assert {one.actor for one in cast_facts} == {"system"}
    for sentence, rows in (
        ("keeps no ballot", lambda: Ballot.objects.create(poll_id=post, person=voters[0], option=1)),
        ("stays as it was", lambda: Poll.objects.filter(pk=post).update(is_anonymous=False)),
    ):
        with pytest.raises(DatabaseError, match=sentence), transaction.atomic():
            rows()


def test_too_few_votes_show_nothing(cast: Cast, at: datetime) -> None:
    closes = at + timedelta(days=1)
    post = open_poll(cast, at, is_anonymous=True, closes_at=closes)
    talk.vote(by=cast.colleague, at=at + MINUTE, passage_id=post, options=[1])
    assert queries.poll(cast.colleague, post, closes).results is None


def test_an_observer_does_not_vote(cast: Cast, at: datetime) -> None:
    post = open_poll(cast, at)
    make("observer", cast.colleague, cast)
    with pytest.raises(ObserversListen):
        talk.vote(by=cast.colleague, at=at, passage_id=post, options=[1])
    assert not queries.poll(cast.colleague, post, at).may_vote


# Mentions


def test_who_is_named_is_told_if_they_hear_it(cast: Cast, at: datetime) -> None:
    post = say(
        cast.author, at, body="Look at this, @theo-mercier and @pavel-novak and @no-body, a@b.example."
    )
    assert queries.items([post])[post].mentions == {"theo-mercier": cast.colleague.name}
    assert Mention.objects.count() == 2
    assert talk.tell_mentioned(at=at + MINUTE) == 2
    assert talk.tell_mentioned(at=at + MINUTE) == 0
    assert [one.kind for one in told_to(cast.colleague)] == ["mentioned"]
    assert not told_to(cast.stranger)
    with pytest.raises(NotFound):
        queries.heard(cast.stranger, post, at + MINUTE)


def test_who_left_before_it_is_told_is_told_nothing(cast: Cast, at: datetime) -> None:
    say(cast.author, at, body="Look at this, @theo-mercier.")
    Seat.objects.filter(person=cast.colleague, audience=cast.audiences["valve-7"]).update(ends_at=at + MINUTE)
    talk.tell_mentioned(at=at + 2 * MINUTE)
    assert not told_to(cast.colleague)


def test_every_refusal_says_what_to_do_or_why() -> None:
    from lockgate.conversations import refusals

    named = [one for one in vars(refusals).values() if isinstance(one, type) and issubclass(one, Refusal)]
    assert len({one.code for one in named}) == len(named)
