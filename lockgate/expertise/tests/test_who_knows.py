"""Who knows about something: reasons that the asker may see, and nothing that hangs on what they may not."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.archive.operations import keep
from lockgate.expertise import queries, rules
from lockgate.gateway.operations import submit
from lockgate.people.operations import let_go
from lockgate.profiles import operations as profiles
from lockgate.profiles.types import Written
from lockgate.search.operations import keep_up


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("lip seals", "lip seals"),
        ("Who knows about lip seals?", "lip seals"),
        ("Qui connaît les joints ?", "les joints"),
        ("Wer kennt sich mit Dichtungen aus?", "Dichtungen"),
        ("who", "who"),
        ("", ""),
    ],
)
def test_what_a_question_is_about(asked, subject):
    assert rules.subject(asked) == subject


def test_what_one_tells_counts_by_the_part_that_was_asked():
    whole = rules.told_score(2, [("skill", frozenset({0, 1}))])
    half = rules.told_score(2, [("skill", frozenset({0}))])
    assert whole > half > 0
    assert rules.told_score(3, [("skill", frozenset({0}))]) == 0
    assert rules.told_score(0, []) == 0
    assert rules.said_score(2, 0) > rules.said_score(0, 2)
    assert rules.said_score(99, 99) == rules.MOST_FOR_MESSAGES


def indexed(at):
    keep(at=at)
    while keep_up(at=at):
        continue


def say(by, words, at, place="space:everyone"):
    submit(by=by, at=at, body=words, marking=1, places=[place])


@pytest.mark.django_db
def test_people_stand_there_with_their_reasons(cast, at):
    profiles.write(by=cast.colleague, at=at, written=Written(ask_about=("tribometers",)))
    say(cast.stranger, "The tribometer is on loan until Friday.", at)
    say(cast.author, "I take the tribometer on Monday.", at)
    indexed(at)
    known = queries.who_knows(cast.approver, "Who knows about tribometers?", at=at)
    assert [one.card.slug for one in known.found] == ["theo-mercier", "nadia-roux", "pavel-novak"]
    assert [one.words for one in known.found[0].told] == ["tribometers"]
    assert [part.text for part in known.found[1].hits[0].snippet if part.is_found] == ["tribometer"]
    # Whoever asks is not named to themselves.
    assert "nadia-roux" not in [
        one.card.slug for one in queries.who_knows(cast.author, "tribometer", at=at).found
    ]


@pytest.mark.django_db
def test_a_guest_is_told_of_nobody_beyond_their_rooms_and_of_no_skills(cast, at):
    profiles.write(by=cast.persons["ralf-dietrich"], at=at, written=Written(skills=("tribometers",)))
    profiles.write(by=cast.colleague, at=at, written=Written(skills=("tribometers",)))
    say(cast.author, "The tribometer is here.", at)
    indexed(at)
    assert queries.who_knows(cast.guest, "tribometer", at=at).found == ()
    # A title is shown to guests; of people in their rooms alone.
    named = {one.card.slug for one in queries.who_knows(cast.guest, "sales manager", at=at).found}
    assert named <= {"sabine-vogt", "ralf-dietrich"}


@pytest.mark.django_db
def test_who_has_left_is_named_no_more(cast, at):
    say(cast.stranger, "The tribometer is on loan.", at)
    profiles.write(by=cast.stranger, at=at, written=Written(skills=("tribometers",)))
    indexed(at)
    let_go(by=cast.administrator, at=at, person=cast.stranger)
    assert queries.who_knows(cast.author, "tribometer", at=at).found == ()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/experts?q=tribometer", "/api/v1/experts?q=tribometer", "/people?q=tribometer"]
)
@pytest.mark.parametrize("who", ["stranger", "guest", "administrator"])
def test_a_hidden_room_changes_no_byte_of_the_answer(cast, at, address, who, settings):
    """Twenty messages about it in a room where the asker does not sit: the same bytes before and after."""
    asker = getattr(cast, who)
    say(cast.approver, "The tribometer is on loan.", at)
    indexed(at)

    def answer() -> bytes:
        client = Client()
        client.force_login(asker)
        client.cookies[settings.CSRF_COOKIE_NAME] = "k" * 32
        said = client.get(address)
        assert said.status_code == 200
        return _without_tokens(said.content)

    before = answer()
    for number in range(20):
        say(cast.author, f"Tribometer, run {number}: we know all about it here.", at, "space:valve-7")
    indexed(at)
    assert answer() == before
    seen = queries.who_knows(cast.colleague, "tribometer", at=at).found
    assert seen[0].card.slug == "nadia-roux"
    assert seen[0].messages == 20


def _without_tokens(content: bytes) -> bytes:
    """Without the form's token, which is masked anew each time it is drawn."""
    import re

    return re.sub(rb"[A-Za-z0-9]{64}", b"-", content)
