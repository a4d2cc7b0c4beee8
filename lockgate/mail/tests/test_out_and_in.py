"""A post goes out as a letter, and its answer comes back through the gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils import translation
from django.utils.translation import gettext

from lockgate.archive.models import Entry
from lockgate.conversations import queries as conversations
from lockgate.conversations.operations import tell_mentioned
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.gateway.operations import boost, recall, submit
from lockgate.mail.models import Mailing, Received
from lockgate.mail.tests.conftest import DOMAIN, comes, hears, soon
from lockgate.spaces.operations import end_seat, keep_words, seat

Post = Callable[[datetime], list[EmailMessage]]


def _say(
    cast: Cast, at: datetime, words: str = "The ring held. Who has time on Monday?", **more: object
) -> int:
    told = {"places": ["space:everyone"], "marking": 1, **more}
    return submit(by=cast.author, at=at, body=words, **told).passages[0].passage_id  # type: ignore[arg-type]


def text(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return part.get_content()


def test_who_signs_in_hears_nothing_by_default(cast: Cast, at: datetime, posted: Post) -> None:
    _say(cast, soon(at))
    assert posted(soon(at, 2)) == []


def test_who_never_signed_in_hears_at_once(cast: Cast, at: datetime, posted: Post) -> None:
    theo = cast.colleague
    type(theo).objects.filter(pk=theo.pk).update(last_login=None)
    _say(cast, soon(at))
    (letter,) = posted(soon(at, 2))
    assert letter["To"] == theo.email
    assert posted(soon(at, 3)) == []


def test_a_post_goes_out_and_its_answer_comes_back(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="now")
    passage = _say(cast, soon(at))
    (letter,) = posted(soon(at, 2))
    assert "The ring held." in text(letter)
    assert letter["List-Id"].endswith(f"<everyone.spaces.{DOMAIN}>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["To"] == cast.colleague.email
    assert letter["Cc"] is None
    assert letter["Bcc"] is None
    assert letter.get_body(("html",)) is not None
    reply = str(letter["Reply-To"])
    assert len(reply.partition("@")[0]) <= 64
    quoted = "\n".join("> " + line for line in text(letter).splitlines())
    words = f"I have.\n\nOn Thursday, Nadia wrote:\n{quoted}\n"
    assert comes(cast.colleague, reply, words, soon(at, 3)).code == 250
    (answer,) = conversations.answers(cast.author, passage, soon(at, 4))
    assert answer.body == "I have."
    assert answer.author.name == cast.colleague.name
    assert {"mail.letter.sent", "mail.letter.received"} <= set(Entry.objects.values_list("action", flat=True))


def test_threads_hold_in_mail_programs(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="now")
    passage = _say(cast, soon(at))
    (first,) = posted(soon(at, 2))
    submit(by=cast.chief, at=soon(at, 3), body="I have, too.", marking=1, answers=passage)
    (second,) = posted(soon(at, 4))
    assert second["In-Reply-To"].strip() == first["Message-ID"].strip()
    assert second["References"].strip() == first["Message-ID"].strip()
    assert second["Message-ID"] != first["Message-ID"]
    assert second["Subject"] == "Re: " + first["Subject"]


def test_confidential_words_do_not_travel(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="now")
    where = next(
        one.audience_id
        for one in cast.colleague.seats.all()
        if one.audience.ceiling >= 2 and cast.author.seats.filter(audience=one.audience).exists()
    )
    slug = next(slug for slug, one in cast.audiences.items() if one.pk == where)
    _say(cast, soon(at), "The seal secret is tungsten.", places=[f"space:{slug}"], marking=2)
    (letter,) = posted(soon(at, 2))
    assert "tungsten" not in letter.as_string()
    assert "There is something new" in text(letter)
    assert letter["Reply-To"] is None


def test_words_of_a_space_that_keeps_them_do_not_travel(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="now")
    keep_words(by=cast.author, at=at, slug="valve-7", is_on=True)
    _say(cast, soon(at), "@theo-mercier The ring is tungsten.", places=["space:valve-7"])
    tell_mentioned(at=soon(at))
    letters = posted(soon(at, 2))
    assert letters
    for letter in letters:
        assert "tungsten" not in letter.as_string()
        assert cast.author.name not in text(letter)
        assert letter["Reply-To"] is None


def test_rights_are_asked_again_at_the_moment_of_sending(cast: Cast, at: datetime, posted: Post) -> None:
    from lockgate.mail.operations import gather

    hears(cast.colleague, at, posts="now")
    passage = _say(cast, soon(at))
    gather(at=soon(at, 2))
    assert Mailing.objects.get().state == "waiting"
    recall(by=cast.author, at=soon(at, 3), passage_id=passage, why="Wrong.")
    assert posted(soon(at, 4)) == []
    assert Mailing.objects.get().state == "moot"


def test_after_the_room_was_cleared_a_reply_address_is_nothing(
    cast: Cast, at: datetime, posted: Post
) -> None:
    hears(cast.colleague, at, posts="now")
    audience = cast.audiences["everyone"].pk
    _say(cast, soon(at))
    (letter,) = posted(soon(at, 2))
    reply = str(letter["Reply-To"])
    end_seat(by=cast.colleague, at=soon(at, 3), person=cast.colleague, audience_id=audience)
    before = Message.objects.count()
    assert comes(cast.colleague, reply, "I have.", soon(at, 4)).code == 250
    (told,) = posted(soon(at, 5))
    assert "nothing here any more" in text(told)
    for word in ("Everyone", "ring", "Nadia", "everyone"):
        assert word not in told.as_string()
    # Asked in again, it is another seat: the old address stays nothing.
    seat(by=None, at=soon(at, 6), person=cast.colleague, audience_id=audience)
    comes(cast.colleague, reply, "I have again.", soon(at, 7))
    assert Message.objects.count() == before
    assert set(Received.objects.values_list("outcome", flat=True)) == {"not-there"}


@pytest.mark.parametrize("actor", ["chief", "stranger", "guest", "author"])
def test_a_reply_address_is_of_no_use_to_anybody_else(
    cast: Cast, at: datetime, posted: Post, actor: str
) -> None:
    """Leak class 22: a token that somebody else holds."""
    hears(cast.colleague, at, posts="now")
    _say(cast, soon(at))
    (letter,) = posted(soon(at, 2))
    before = Message.objects.count()
    other = getattr(cast, actor)
    comes(other, str(letter["Reply-To"]), "I borrowed this.", soon(at, 3))
    assert Message.objects.count() == before
    (told,) = posted(soon(at, 4))
    assert told["To"] == other.email
    with translation.override(other.language or "en"):
        words = gettext(
            "There is nothing here any more that you can answer by mail. Your words were not sent."
        )
    assert " ".join(words.split()) in " ".join(text(told).split())


def test_a_new_post_by_mail(cast: Cast, at: datetime, posted: Post) -> None:
    said = comes(
        cast.author,
        f"space+everyone@{DOMAIN}",
        "The bench is free.\n\n-- \nNadia Roux",
        soon(at),
        subject="Bench",
    )
    assert said.code == 250
    assert Message.objects.latest("id").body == "**Bench**\n\nThe bench is free."
    assert Passage.objects.latest("id").state == "delivered"
    assert posted(soon(at, 2)) == []


def test_the_same_mail_twice_is_one_post(cast: Cast, at: datetime, posted: Post) -> None:
    for _time in range(2):
        assert comes(cast.author, f"space+everyone@{DOMAIN}", "Once.", soon(at)).code == 250
    assert Message.objects.count() == 1


def test_who_does_not_sit_there_is_told_what_a_stranger_is_told(
    cast: Cast, at: datetime, posted: Post
) -> None:
    """The same words for a room that is there and one that is not."""
    answers = []
    for slug in ("resellers-dach", "never-was"):
        comes(cast.stranger, f"space+{slug}@{DOMAIN}", "Hello.", soon(at), number=slug)
        (told,) = posted(soon(at, 2))
        answers.append(text(told))
    assert answers[0] == answers[1]
    assert Message.objects.count() == 0


def test_a_daily_digest_is_one_letter(cast: Cast, at: datetime, posted: Post) -> None:
    hears(cast.colleague, at, posts="daily")
    for words in ("First thing.", "Second thing."):
        _say(cast, soon(at), words)
    assert posted(soon(at, 2)) == []
    (letter,) = posted(at + timedelta(days=1))
    assert "First thing." in text(letter)
    assert "Second thing." in text(letter)
    assert letter["Subject"].startswith("2 new things")


def test_what_came_before_mail_was_set_up_is_never_mailed(cast: Cast, at: datetime, mailing: None) -> None:
    from lockgate.mail.operations import gather

    _say(cast, soon(at))
    gather(at=soon(at, 2))
    gather(at=soon(at, 30))
    assert not Mailing.objects.filter(kind="post").exists()


def test_nothing_is_written_where_no_server_is_named(cast: Cast, at: datetime) -> None:
    from lockgate.mail.operations import gather, send_due

    _say(cast, soon(at))
    assert gather(at=soon(at, 2)) is False
    assert send_due(clock=lambda: soon(at, 2)) == 0
    assert not Mailing.objects.exists()


def test_a_letter_shows_a_quoted_post_to_who_hears_it(cast: Cast, at: datetime, posted: Post) -> None:
    original = _say(cast, soon(at))
    posted(soon(at, 2))
    hears(cast.colleague, at, posts="now")
    hears(cast.stranger, at, posts="now")
    _say(cast, soon(at, 3), "This concerns us.", places=["space:valve-7"], shows=original)
    boost(by=cast.approver, at=soon(at, 4), passage_id=original)
    letters = posted(soon(at, 5))
    told = {(letter["To"], "This concerns us." in text(letter)): text(letter) for letter in letters}
    quoting, boosting = told[cast.colleague.email, True], told[cast.colleague.email, False]
    assert "> The ring held. Who has time on Monday?" in quoting
    assert "> The ring held. Who has time on Monday?" in boosting
    assert (cast.stranger.email, True) not in told


def test_a_letter_says_nothing_of_what_its_reader_does_not_hear(
    cast: Cast, at: datetime, posted: Post
) -> None:
    original = _say(cast, soon(at))
    posted(soon(at, 2))
    hears(cast.colleague, at, posts="now")
    _say(cast, soon(at, 3), "This concerns us.", places=["space:valve-7"], shows=original)
    boost(by=cast.author, at=soon(at, 3), passage_id=original, place="space:valve-7")
    recall(by=cast.author, at=soon(at, 4), passage_id=original, why="Wrong.")
    (letter,) = posted(soon(at, 5))
    assert "This concerns us." in text(letter)
    assert "The ring held." not in letter.as_string()


def test_words_of_a_space_that_keeps_them_travel_by_no_quote(cast: Cast, at: datetime, posted: Post) -> None:
    original = _say(cast, soon(at))
    posted(soon(at, 2))
    hears(cast.colleague, at, posts="now")
    keep_words(by=cast.chief, at=soon(at, 2), slug="everyone", is_on=True)
    _say(cast, soon(at, 3), "This concerns us.", places=["space:valve-7"], shows=original)
    boost(by=cast.author, at=soon(at, 3), passage_id=original, place="space:valve-7")
    (letter,) = posted(soon(at, 5))
    assert "This concerns us." in text(letter)
    assert "The ring held." not in letter.as_string()
