"""Leak classes C13, C16, C18, D20 and F29: who was cleared from a room, and who runs the machines."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.approvals.queries import of_passage
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.gateway.models import Message, Revision
from lockgate.gateway.operations import revise, sign_off, submit
from lockgate.spaces.operations import end_seat
from lockgate.web import waiting
from tests.leaks.asking import client_of
from tests.leaks.world import HOLDS_WITH_GUESTS, ROOM, World


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def held_by_colleague(world: World, words: str = "a word") -> tuple[int, int]:
    """(message, passage) that waits for a signature, written by the colleague."""
    sent = submit(
        by=world.cast.colleague,
        at=now(),
        body=f"{HOLDS_WITH_GUESTS}, {words}.",
        marking=1,
        places=[f"space:{ROOM}"],
    )
    return sent.message_id, sent.passages[0].passage_id


def leave(world: World) -> None:
    end_seat(by=world.cast.author, at=now(), person=world.cast.colleague, audience_id=world.room.pk)


def test_a_notice_is_asked_again_when_it_is_read(world: World) -> None:
    """D20: what was told while they sat there, and what is told later, goes with the seat."""
    _message, passage = held_by_colleague(world)
    (asked,) = of_passage(passage, now())
    sign_off(
        request_id=asked.request_id,
        by=world.cast.approver,
        decision="change",
        word="zqsentbackkx, please",
        at=now(),
    )
    client = client_of(world, "colleague")
    assert "zqsentbackkx" in text(client, "/")
    leave(world)
    assert "zqsentbackkx" not in text(client, "/")
    assert "zqsentbackkx" not in text(client, "/approvals?tab=told")


def test_kept_cards_do_not_outlive_the_seat(world: World) -> None:
    """C16: the cards beside Home are kept for some seconds, and by the rooms that one sits in."""
    held_by_colleague(world, "zqmywordskx")
    client = client_of(world, "colleague")
    assert "zqmywordskx" in text(client, "/")
    leave(world)
    assert "zqmywordskx" not in text(client, "/")
    assert waiting.own(world.cast.colleague, now()) == []


def test_words_that_wait_are_not_changed_from_outside_the_room(world: World) -> None:
    """C18."""
    message, _passage = held_by_colleague(world)
    before = Message.objects.get(pk=message).body
    leave(world)
    with pytest.raises(NotFound):
        revise(by=world.cast.colleague, at=now(), message_id=message, body="Other words.", marking=1)
    assert Message.objects.get(pk=message).body == before
    assert not Revision.objects.filter(message_id=message).exists()


def test_a_refusal_names_no_room_that_one_was_cleared_from(world: World) -> None:
    """B7: the words stand in the room and wait at a channel's desk; only the desk may still be named."""
    sent = submit(
        by=world.cast.colleague,
        at=now(),
        body="Our Valve 7 is ready, says the bench.",
        marking=0,
        places=["channel:feed", f"space:{ROOM}"],
        justification="They work on it with us.",
    )
    assert {one.state for one in sent.passages} == {"held", "delivered"}
    client = client_of(world, "colleague")
    address = f"/messages/{sent.message_id}"
    assert "zqroomnamekx" in text(client, address)
    leave(world)
    assert "zqroomnamekx" not in text(client, address)
    said = client.post(f"{address}/revision", {"body": "Other words.", "marking": "0"})
    assert "zqroomnamekx" not in said.content.decode()
    # What the room has heard stays as it was said there.
    assert Message.objects.get(pk=sent.message_id).body == "Our Valve 7 is ready, says the bench."


def test_an_administrator_sees_how_the_archive_stands_and_no_line_of_it(world: World) -> None:
    """F29: who sat where and who wrote when is not for who runs the machines."""
    theirs = text(client_of(world, "administrator"), "/archive")
    supervisors = text(client_of(world, "supervisor"), "/archive")
    assert "/archive/checkpoint" in theirs
    assert 'href="/archive/9' in supervisors
    assert 'href="/archive/9' not in theirs
    assert world.cast.author.name not in theirs
