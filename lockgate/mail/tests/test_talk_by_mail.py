"""Polls, announcements and questions, followed and answered by plain e-mail alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from lockgate.conversations.models import Acceptance, Ballot, Receipt, Tally, Voted
from lockgate.conversations.operations import submit
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.gateway.operations import submit as say
from lockgate.mail import rules
from lockgate.mail.models import Received
from lockgate.mail.tests.conftest import comes, hears, soon
from lockgate.mail.tests.test_out_and_in import text
from lockgate.people.models import Person
from lockgate.spaces.operations import end_seat
from lockgate.spaces.queries import seats_at

Post = Callable[[datetime], list[EmailMessage]]


def asks(cast: Cast, at: datetime, posted: Post, what: Asks, *, by: Person | None = None) -> EmailMessage:
    """The letter that Théo has of a post that asks something."""
    hears(cast.colleague, at, posts="now")
    submit(
        by=by or cast.author,
        at=soon(at),
        body="When do we meet?",
        marking=1,
        places=["space:everyone"],
        asks=what,
    )
    (letter,) = [one for one in posted(soon(at, 2)) if one["To"] == cast.colleague.email]
    return letter


def poll(at: datetime, **more: bool) -> Asks:
    closes = soon(at) + timedelta(days=1)
    given = {"is_multiple": False, "is_anonymous": False} | more
    return Asks("poll", ("On Monday", "On Tuesday", "Never"), closes_at=closes, **given)


@pytest.mark.parametrize("words", ["vote: 2", "2", "Vote 2", "Stimme: 2", "2.", "2\n\nThéo"])
def test_a_vote_by_mail(cast: Cast, at: datetime, posted: Post, words: str) -> None:
    letter = asks(cast, at, posted, poll(at))
    assert "2. On Tuesday" in text(letter)
    assert "vote: 1" in text(letter)
    assert comes(cast.colleague, str(letter["Reply-To"]), words, soon(at, 3)).code == 250
    assert Ballot.objects.get().option == 2
    assert Message.objects.count() == 1
    (told,) = posted(soon(at, 4))
    assert text(told).startswith("Your vote is counted.")
    assert "Tuesday" not in text(told)


def test_several_options_where_several_may_be_chosen(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, poll(at, is_multiple=True))
    comes(cast.colleague, str(letter["Reply-To"]), "vote: 1 and 3", soon(at, 3))
    assert sorted(Ballot.objects.values_list("option", flat=True)) == [1, 3]


@pytest.mark.parametrize("words", ["vote: 4", "1, 2", "0"])
def test_a_vote_that_is_none_is_answered(cast: Cast, at: datetime, posted: Post, words: str) -> None:
    letter = asks(cast, at, posted, poll(at))
    comes(cast.colleague, str(letter["Reply-To"]), words, soon(at, 3))
    assert not Ballot.objects.exists()
    assert Message.objects.count() == 1
    (told,) = posted(soon(at, 4))
    assert told["Reply-To"] == letter["Reply-To"]


def test_a_vote_stands(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, poll(at))
    for number, words in enumerate(("vote: 1", "vote: 2")):
        comes(cast.colleague, str(letter["Reply-To"]), words, soon(at, 3 + number))
    assert Ballot.objects.get().option == 1


def test_of_an_anonymous_vote_no_word_goes_on(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, poll(at, is_anonymous=True))
    comes(cast.colleague, str(letter["Reply-To"]), "vote: 3\n\nBecause Mondays are bad.", soon(at, 3))
    assert (Voted.objects.count(), Tally.objects.get(option=3).count, Message.objects.count()) == (1, 1, 1)
    row = Received.objects.get()
    assert (row.outcome, row.message_id) == ("voted", None)


def test_words_in_a_poll_are_words(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, poll(at))
    comes(cast.colleague, str(letter["Reply-To"]), "2 of us cannot come.", soon(at, 3))
    assert not Ballot.objects.exists()
    assert Message.objects.filter(body="2 of us cannot come.").exists()


@pytest.mark.parametrize("words", ["read", "Read.", "gelesen", "Lu"])
def test_a_receipt_by_mail(cast: Cast, at: datetime, posted: Post, words: str) -> None:
    owner = Person.objects.get(
        pk=seats_at(at).filter(audience=cast.audiences["everyone"], role="owner").values("person")[:1]
    )
    letter = asks(cast, at, posted, Asks("announcement"), by=owner)
    assert "read" in text(letter).partition("-- \n")[2]
    comes(cast.colleague, str(letter["Reply-To"]), words, soon(at, 3))
    assert Receipt.objects.get().person == cast.colleague
    assert Message.objects.count() == 1


def test_a_question_is_answered_and_the_answer_accepted(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, Asks("question"))
    hears(cast.author, soon(at, 2), posts="now")
    comes(cast.colleague, str(letter["Reply-To"]), "On Monday.", soon(at, 3))
    (back,) = [one for one in posted(soon(at, 4)) if one["To"] == cast.author.email]
    assert "accept" in text(back)
    comes(cast.author, str(back["Reply-To"]), "accept", soon(at, 5))
    assert Acceptance.objects.get().answer.message.body == "On Monday."
    hears(cast.colleague, soon(at, 5), posts="off", notices="now")
    (told,) = [one for one in posted(soon(at, 6)) if one["To"] == cast.colleague.email]
    assert "says that your answer" in text(told)
    comes(cast.author, str(back["Reply-To"]), "Thank you.", soon(at, 6), number="2")
    assert Message.objects.get(body="Thank you.").passages.get().thread is not None


def test_only_who_asked_accepts(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, Asks("question"))
    comes(cast.colleague, str(letter["Reply-To"]), "accept", soon(at, 3))
    assert not Acceptance.objects.exists()


def test_after_the_seat_ended_nothing_is_voted(cast: Cast, at: datetime, posted: Post) -> None:
    letter = asks(cast, at, posted, poll(at))
    end_seat(
        by=cast.colleague, at=soon(at, 3), person=cast.colleague, audience_id=cast.audiences["everyone"].pk
    )
    comes(cast.colleague, str(letter["Reply-To"]), "vote: 1", soon(at, 4))
    assert not Voted.objects.exists()


def test_elsewhere_a_number_is_a_word(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="now")
    say(by=cast.author, at=soon(at), body="How many?", marking=1, places=["space:everyone"])
    (letter,) = posted(soon(at, 2))
    comes(cast.colleague, str(letter["Reply-To"]), "12", soon(at, 3))
    assert Message.objects.filter(body="12").exists()


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("vote: 1", ("vote", (1,))),
        ("Vote: 3, 1", ("vote", (1, 3))),
        ("stimme 2 und 3", ("vote", (2, 3))),
        ("choix : 1 et 2", ("vote", (1, 2))),
        ("*2*", ("vote", (2,))),
        ("read\n\nTheo", ("read", ())),
        ("Angenommen!", ("accept", ())),
        ("vote", None),
        ("vote: one", None),
        ("123", None),
        ("I read it", None),
        ("vote for 2 of them", None),
        ("", None),
    ],
)
def test_what_the_first_line_asks_for(words: str, means: tuple[str, tuple[int, ...]] | None) -> None:
    assert rules.act(words) == means
