"""What each of the cast finds, and what nobody may learn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.conversations.models import Question
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.gateway.operations import amend, attach, recall
from lockgate.people.models import Person
from lockgate.search import finding
from lockgate.search.models import Indexed
from lockgate.search.queries import search
from lockgate.search.tests.conftest import Clock, Say, caught_up
from lockgate.spaces.models import Space
from lockgate.spaces.operations import end_seat, seat


def passages(viewer: Person, text: str, clock: Clock) -> list[int]:
    return [one.passage_id for one in search(viewer, text, at=clock.later()).hits]


def test_who_sits_there_finds_it_and_nobody_else(cast: Cast, clock: Clock, say: Say) -> None:
    hidden = say("The zqseal weeps at the lip.", "valve-7")
    told = say("The zqseal was ordered.", "everyone")
    for_them = say("The zqseal comes on Monday.", "resellers-dach", by=cast.guest)
    assert passages(cast.author, "zqseal", clock) == [told, hidden]
    assert passages(cast.colleague, "zqseal", clock) == [told, hidden]
    assert passages(cast.stranger, "zqseal", clock) == [told]
    assert passages(cast.guest, "zqseal", clock) == [for_them]
    assert passages(cast.administrator, "zqseal", clock) == [told]
    found = search(cast.stranger, "zqseal", at=clock.later())
    assert found.older is None
    assert "weeps" not in repr(found)
    assert "lip" not in repr(found)


def test_words_that_were_corrected_are_found_and_those_before_are_not(
    cast: Cast, clock: Clock, say: Say
) -> None:
    post = say("The zqseal weeps.", "valve-7")
    message = Passage.objects.get(pk=post).message_id
    amend(by=cast.author, at=clock.later(), message_id=message, body="The zqring weeps.")
    # Before the index has followed, too: what it found says these words no more.
    assert passages(cast.author, "zqseal", clock) == []
    caught_up(clock.later())
    assert passages(cast.author, "zqring", clock) == [post]
    assert passages(cast.author, "zqseal", clock) == []


def test_what_is_found_goes_with_the_seat(cast: Cast, clock: Clock, say: Say) -> None:
    hidden = say("The zqseal weeps.", "valve-7")
    assert passages(cast.colleague, "zqseal", clock) == [hidden]
    end_seat(
        by=cast.author, at=clock.later(), person=cast.colleague, audience_id=cast.audiences["valve-7"].pk
    )
    assert passages(cast.colleague, "zqseal", clock) == []
    assert passages(cast.colleague, "zqseal in:valve-7", clock) == []


def test_who_hears_nothing_of_the_past_finds_nothing_of_it(cast: Cast, clock: Clock, say: Say) -> None:
    say("The first zqseal.", "valve-7")
    room = cast.audiences["valve-7"].pk
    seat(by=cast.author, at=clock.later(), person=cast.stranger, audience_id=room, hears_past=False)
    assert passages(cast.stranger, "zqseal", clock) == []
    second = say("The second zqseal.", "valve-7")
    assert passages(cast.stranger, "zqseal", clock) == [second]


def test_a_deactivated_person_finds_nothing(cast: Cast, clock: Clock, say: Say) -> None:
    say("The zqseal.", "everyone")
    cast.stranger.is_active = False
    assert passages(cast.stranger, "zqseal", clock) == []


def test_what_was_taken_back_is_not_found_from_then_on(cast: Cast, clock: Clock, say: Say) -> None:
    said = say("The zqseal.", "everyone")
    recall(by=cast.author, at=clock.later(), passage_id=said, why="Wrong.")
    # Before the index knows of it, and after.
    assert Indexed.objects.filter(passage_id=said).exists()
    assert passages(cast.author, "zqseal", clock) == []
    caught_up(clock.later())
    assert not Indexed.objects.filter(passage_id=said).exists()
    assert passages(cast.author, "zqseal", clock) == []


def test_what_was_reworded_is_not_found_by_its_old_words(cast: Cast, clock: Clock, say: Say) -> None:
    said = say("The zqseal.", "everyone")
    message = Message.objects.get(passages=said)
    Message.objects.filter(pk=message.pk).update(body="The gasket.", revision=2)
    assert passages(cast.author, "zqseal", clock) == []


def test_operators_narrow(cast: Cast, clock: Clock, say: Say) -> None:
    file = attach(by=cast.author, at=clock.later(), name="drawing.txt", content=b"A drawing", alt="")
    with_file = say("Look at this leak.", "valve-7", attachments=[file.id])
    answer = say("That leak is old.", by=cast.colleague, answers=with_file)
    elsewhere = say("No leak here.", "everyone", by=cast.colleague)
    everything = [elsewhere, answer, with_file]
    assert passages(cast.author, "leak", clock) == everything
    assert passages(cast.author, "leak in:valve-7", clock) == [answer, with_file]
    assert passages(cast.author, "leak in:never-was", clock) == []
    assert passages(cast.author, "from:nadia-roux", clock) == [with_file]
    assert passages(cast.author, "from:mercier leak", clock) == [elsewhere, answer]
    assert passages(cast.author, "from:me", clock) == [with_file]
    assert passages(cast.author, "from:nobody leak", clock) == []
    assert passages(cast.author, "has:file", clock) == [with_file]
    assert passages(cast.author, "drawing", clock) == [with_file]
    assert passages(cast.author, "is:answer", clock) == [answer]
    today = clock.at.date()
    assert passages(cast.author, f"leak after:{today}", clock) == everything
    assert passages(cast.author, f"leak before:{today}", clock) == []
    assert passages(cast.author, f"leak before:{today + timedelta(days=1)}", clock) == everything
    assert passages(cast.author, "in:valve-7", clock) == []
    assert search(cast.author, "drawing", at=clock.later()).hits[0].files == ("drawing.txt",)


def test_pages_follow_one_another(cast: Cast, clock: Clock, say: Say) -> None:
    said = [
        say(f"Leak {number}.", ("everyone", "valve-7")[number % 2], is_indexed=False) for number in range(7)
    ]
    caught_up(clock.later())
    recall(by=cast.author, at=clock.later(), passage_id=said[3], why="Wrong.")
    said.remove(said[3])
    found: list[int] = []
    cursor = None
    while True:
        page = search(cast.author, "leak", at=clock.later(), before=cursor, limit=2)
        found += [one.passage_id for one in page.hits]
        cursor = page.older
        if cursor is None:
            break
    assert found == said[::-1]


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "a' | 'b",
        "a) OR (b",
        "NEAR(a b)",
        "words : a",
        "*",
        "-",
        "\\",
        "a:*",
        "&|!",
        "\u0000",
        "x" * 5000,
        "( )",
    ],
)
def test_no_question_breaks_it(cast: Cast, clock: Clock, say: Say, text: str) -> None:
    say("Words.", "everyone")
    search(cast.author, text, at=clock.later())


def test_the_same_position_twice_loses_nothing(cast: Cast, clock: Clock, say: Say) -> None:
    first = say("The zqseal.", "everyone", is_indexed=False)
    second = say("The other zqseal.", "everyone", is_indexed=False)
    position = Passage.objects.get(pk=first).position
    Passage.objects.filter(pk=second).update(position=position)
    caught_up(clock.later())
    assert sorted(passages(cast.author, "zqseal", clock)) == sorted([first, second])


def test_pieces_of_words(cast: Cast, clock: Clock, say: Say) -> None:
    told = say("The compressor housing was cast again.", "everyone")
    hidden = say("The turbocompressors stand still.", "valve-7")
    assert passages(cast.author, "*press*", clock) == [hidden, told]
    assert passages(cast.author, "*housing*", clock) == [told]
    assert passages(cast.stranger, "*press*", clock) == [told]
    assert passages(cast.stranger, "*turbo", clock) == []
    assert passages(cast.guest, "*press*", clock) == []
    assert passages(cast.author, "*pr*", clock) == [], "two letters are the beginning of a word"


def test_questions_alone(cast: Cast, clock: Clock, say: Say) -> None:
    plain = say("The zqseal weeps.", "valve-7")
    asked = say("Does the zqseal weep?", "valve-7")
    row = Passage.objects.get(pk=asked)
    Question.objects.create(passage=row, audience_id=row.audience_id)
    record([Fact("conversations.question.asked", f"x:{asked}", cast.author.pseudonym, clock.later())])
    caught_up(clock.later())
    assert passages(cast.author, "zqseal", clock) == [asked, plain]
    assert passages(cast.author, "zqseal is:question", clock) == [asked]
    assert passages(cast.author, "is:question", clock) == [asked]
    assert passages(cast.stranger, "is:question", clock) == []


def test_a_room_that_becomes_the_companys_changes_its_corpus(cast: Cast, clock: Clock, say: Say) -> None:
    """And back: without a rebuild, by the line that the archive has of it."""
    said = [say(f"The zqseal number {number}.", "valve-7") for number in range(3)]
    room = cast.audiences["valve-7"]

    def becomes(kind: str) -> list[bool]:
        Space.objects.filter(pk=room.space_id).update(kind=kind)
        record([Fact("spaces.space.changed", f"s:{room.space_id}", cast.author.pseudonym, clock.later())])
        caught_up(clock.later())
        assert passages(cast.author, "zqseal", clock) == said[::-1]
        assert passages(cast.stranger, "zqseal", clock) == []
        return list(Indexed.objects.filter(passage_id__in=said).values_list("is_open", flat=True))

    assert becomes("company") == [True] * 3
    assert becomes("project") == [False] * 3


@pytest.mark.parametrize(("few", "many"), [(1, 1), (2, 2), (2, 5), (3, 20), (30, 30)])
def test_a_common_word_is_found_beyond_the_newest(
    cast: Cast, clock: Clock, say: Say, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    """The newest are looked at first; what lies behind them is found by the next piece of time, and the next."""
    monkeypatch.setattr(finding, "_FEW", few)
    monkeypatch.setattr(finding, "_MANY", many)
    monkeypatch.setattr(finding, "_PIECES", ((3, 0), (9, 0)))
    said = [say(f"The zqseal number {number}.", ("valve-7", "everyone")[number % 2]) for number in range(9)]
    say("Something else.", "everyone")
    assert passages(cast.author, "zqseal", clock) == said[::-1]
    found, before = [], None
    for _page in range(5):
        page = search(cast.author, "zqseal", at=clock.later(), before=before, limit=2)
        found += [one.passage_id for one in page.hits]
        before = page.older
    assert found == said[::-1]
