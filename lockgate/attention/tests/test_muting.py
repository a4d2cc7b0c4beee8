"""A muted thread tells nothing more, by no road; what is asked of one comes all the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from lockgate.attention import operations as attention
from lockgate.attention import queries, rules
from lockgate.attention.refusals import MutesEnough
from lockgate.attention.tests.test_attention import MINUTE, WORDS, kinds, look, say
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.notices import queries as told
from lockgate.notices.models import MutedThread
from lockgate.people.models import Person
from lockgate.push.composing import compose
from lockgate.spaces.operations import open_space, seat

pytestmark = pytest.mark.django_db


def test_who_muted_a_thread_is_told_nothing_of_it(cast: Cast, at: datetime) -> None:
    look(at)
    asked = talk.submit(
        by=cast.colleague,
        at=at,
        body="Does it hold?",
        marking=1,
        places=["space:valve-7"],
        asks=Asks("question"),
    )
    root = asked.passages[0].passage_id
    other = say(cast.colleague, at, body="And this one?")
    for person in (cast.colleague, cast.author):
        attention.follow(by=person, at=at, kind="thread", key=str(root))
        attention.follow(by=person, at=at, kind="thread", key=str(other))
    attention.mute_thread(by=cast.author, at=at, passage_id=root)
    attention.mute_thread(by=cast.author, at=at, passage_id=root)
    mine = say(cast.author, at + MINUTE, answers=root, body="It does.")
    say(cast.colleague, at + MINUTE, answers=root, body="Good, @nadia-roux and @valve-7.")
    talk.accept(by=cast.colleague, at=at + MINUTE, answer_id=mine)
    shown = say(cast.author, at + MINUTE, answers=root, body="See the sheet.")
    gateway.boost(by=cast.colleague, at=at + MINUTE, passage_id=shown, place="space:valve-7")
    look(at + 2 * MINUTE)
    while talk.tell_mentioned(at=at + 2 * MINUTE):
        continue
    assert kinds(cast.author) == []
    assert kinds(cast.colleague) == ["followed-thread"] * 2
    say(cast.colleague, at + 3 * MINUTE, answers=other, body="Good, @nadia-roux.")
    attention.unmute_thread(by=cast.author, at=at + 3 * MINUTE, passage_id=mine)
    say(cast.colleague, at + 3 * MINUTE, answers=root, body="Thank you.")
    look(at + 4 * MINUTE)
    while talk.tell_mentioned(at=at + 4 * MINUTE):
        continue
    assert sorted(kinds(cast.author)) == ["followed-thread", "mentioned"]


def test_what_waits_to_be_sent_is_asked_again(cast: Cast, at: datetime) -> None:
    root = say(cast.author, at)
    say(cast.author, at + MINUTE, answers=root, body="Look, @theo-mercier.")
    talk.tell_mentioned(at=at + MINUTE)
    (notice,) = told.of(cast.colleague)
    assert compose(cast.colleague, "notice", notice.id, at + MINUTE) is not None
    attention.mute_thread(by=cast.colleague, at=at + MINUTE, passage_id=root)
    assert compose(cast.colleague, "notice", notice.id, at + MINUTE) is None
    assert kinds(cast.colleague) == ["mentioned"]


def test_what_is_asked_of_one_is_told_all_the_same(cast: Cast, at: datetime) -> None:
    sent = talk.submit(
        by=cast.author, at=at, body=WORDS, marking=1, places=["space:valve-7"], asks=Asks("announcement")
    )
    root = sent.passages[0].passage_id
    attention.mute_thread(by=cast.colleague, at=at, passage_id=root)
    talk.remind_now(by=cast.author, at=at + timedelta(days=2), passage_id=root)
    assert kinds(cast.colleague) == ["announcement"]


def test_nobody_mutes_what_they_do_not_hear(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, other = say(cast.author, at), say(cast.author, at)
    for nobody in (cast.stranger, cast.guest):
        for verb in (attention.mute_thread, attention.unmute_thread):
            with pytest.raises(NotFound):
                verb(by=nobody, at=at + MINUTE, passage_id=root)
    monkeypatch.setattr(rules, "MOST_MUTED", 1)
    attention.mute_thread(by=cast.colleague, at=at + MINUTE, passage_id=root)
    attention.mute_thread(by=cast.colleague, at=at + MINUTE, passage_id=root)
    with pytest.raises(MutesEnough):
        attention.mute_thread(by=cast.colleague, at=at + MINUTE, passage_id=other)
    assert MutedThread.objects.count() == 1


def test_a_moved_thread_stays_muted_for_who_sits_there(cast: Cast, at: datetime) -> None:
    rooms = []
    for slug in ("first", "second"):
        room = open_space(by=cast.author, at=at, slug=slug, name=slug, kind="topic", ceiling=Marking.INTERNAL)
        rooms.append(room.audiences.get().pk)
    for room_id in rooms:
        seat(by=cast.author, at=at, person=cast.colleague, audience_id=room_id)
    seat(by=cast.author, at=at, person=cast.stranger, audience_id=rooms[0])
    root = say(cast.author, at + MINUTE, space="first")
    for person in (cast.colleague, cast.stranger):
        attention.mute_thread(by=person, at=at + MINUTE, passage_id=root)
    new = attention.move_thread(by=cast.author, at=at + 2 * MINUTE, passage_id=root, to="space:second")

    def muted(person: Person) -> set[int]:
        return told.muted_threads(person)

    assert muted(cast.colleague) == {new}
    # To who does not sit there it is as if it had been taken back.
    assert muted(cast.stranger) == {root}
    assert queries.muted(cast.stranger, at + 2 * MINUTE) == []


def test_a_quiet_button_on_the_page(cast_now: Cast) -> None:
    root = say(cast_now.author, now() - MINUTE)
    client, stranger = Client(), Client()
    client.force_login(cast_now.colleague)
    stranger.force_login(cast_now.stranger)
    message = conversations.heard(cast_now.colleague, root, now()).message_id
    page = f"/messages/{message}"
    assert "Mute this thread" in client.get(page).content.decode()
    muted = client.post(f"/passages/{root}/mute", {"on": "1", "back": page})
    assert (muted.status_code, muted.headers["Location"]) == (302, page)
    assert "Unmute this thread" in client.get(page).content.decode()
    assert "Muted threads" in client.get("/attention").content.decode()
    assert client.post(f"/passages/{root}/mute", {"on": "0"}).status_code == 302
    assert "Muted threads" not in client.get("/attention").content.decode()
    hidden, never = (stranger.post(f"/passages/{one}/mute", {"on": "1"}) for one in (root, 4711))
    assert hidden.status_code == never.status_code == 404
    assert not MutedThread.objects.exists()


def test_a_long_thread_is_named_in_whole_words(cast_now: Cast) -> None:
    said = gateway.submit(
        by=cast_now.author, at=now() - MINUTE, body="Gaskets " * 30, marking=1, places=["space:valve-7"]
    )
    client = Client()
    client.force_login(cast_now.colleague)
    client.post(f"/passages/{said.passages[0].passage_id}/mute", {"on": "1"})
    page = client.get("/attention").content.decode()
    assert f">{' '.join(['Gaskets'] * 11)}\u00a0…</a>" in page
