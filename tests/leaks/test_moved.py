"""A thread that went to another space is gone here, on every road and from the next read on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockgate.archive.operations import keep
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.models import Bookmark, Reaction
from lockgate.gateway import queries as gate
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import attach
from lockgate.policy.models import Fingerprint, Remembered
from lockgate.search.operations import keep_up
from lockgate.search.queries import search
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import open_space, seat
from lockgate.web import posts
from tests.leaks.asking import ask, client_of
from tests.leaks.world import World

WORD = "zqwandererkx"


def _index() -> None:
    keep(at=now() + timedelta(seconds=1))
    while keep_up(at=now() + timedelta(seconds=1)):
        continue


def test_what_was_moved_keeps_none_of_its_old_readers(world: World) -> None:
    """C14, C16 and E25: moved content is not readable by the old audience: no feed, page, file, search (before the
    index has followed and after), live answer, mark, notice, answer by an old address; and they learn no new
    place's name."""
    nadia, theo, pavel = world.cast.author, world.cast.colleague, world.person("stranger")
    for slug, name in (("from-room", "From zqfromkx"), ("to-room", "To zqtokx")):
        open_space(by=nadia, at=now(), slug=slug, name=name, kind="topic", ceiling=2, entry="private")
    here, there = (Audience.objects.get(space__slug=one) for one in ("from-room", "to-room"))
    for person, rooms in ((theo, (here, there)), (pavel, (here,))):
        for room in rooms:
            seat(by=nadia, at=now(), person=person, audience_id=room.pk)
    kept = attach(by=nadia, at=now(), name=f"{WORD}-plan.txt", content=f"{WORD} in a file".encode())
    said = talk.submit(
        by=nadia,
        at=now(),
        body=f"Eight and more words of a plan that is confidential among us here {WORD} @pavel-novak",
        marking=2,
        places=["space:from-room"],
        attachments=[kept.id],
    )
    root = said.passages[0].passage_id
    answered = talk.submit(by=pavel, at=now(), body=f"Agreed {WORD}", marking=1, answers=root)
    answer = answered.passages[0].passage_id
    for person in (theo, pavel):
        talk.react(by=person, at=now(), passage_id=root, kind="agree")
        talk.save(by=person, at=now(), passage_id=root)
    talk.tell_mentioned(at=now())
    _index()
    stays, goes = client_of(world, "stranger"), client_of(world, "colleague")
    addresses = (
        "/",
        "/saved",
        "/spaces/from-room",
        f"/messages/{said.message_id}",
        f"/attachments/{kept.id}",
        f"/search?q={WORD}",
    )
    assert all(WORD.encode() in ask(stays, "GET", one).whole for one in addresses)

    new = talk.move_thread(by=nadia, at=now(), passage_id=root, to="space:to-room")
    assert posts._drawn  # what was drawn is still kept, and must not be handed out
    for is_indexed in (False, True):
        if is_indexed:
            _index()
        for one in (
            *addresses,
            f"/messages/{answered.message_id}",
            "/approvals?tab=told",
            "/live/since?after=0",
            f"/passages/{root}/reactions",
            f"/passages/{new}/reactions",
            f"/passages/{root}/why",
            "/api/v1/saved",
            "/api/v1/feed",
            f"/api/v1/search?q={WORD}",
        ):
            told = ask(stays, "GET", one).whole
            # A page of search says what was asked, so the words around it are looked for.
            for words in (b"Eight and more", b"-plan.txt", b"in a file", b"zqtokx"):
                assert words not in told, (one, words)
        assert not [one for one in search(pavel, WORD, at=now()).hits if one.passage_id != answer]
    with pytest.raises(NotFound):
        talk.submit(by=pavel, at=now(), body="By an old address.", marking=1, answers=root)
    for number in (root, new, answer):
        with pytest.raises(NotFound):
            conversations.one(pavel, number, now())

    # Who sits there too reads all of it, by the same address, with its file and their own marks.
    for one in addresses:
        if one != "/spaces/from-room":
            assert WORD.encode() in ask(goes, "GET", one).whole, one
    assert WORD.encode() in ask(goes, "GET", "/spaces/to-room").whole
    assert WORD.encode() not in ask(goes, "GET", "/spaces/from-room").whole
    assert [one.body for one in conversations.answers(theo, new, now())] == [f"Agreed {WORD}"]
    assert set(Reaction.objects.filter(passage=new).values_list("person", flat=True)) == {theo.pk}
    assert Bookmark.objects.filter(passage=new, person=theo).exists()
    # What is protected of its words belongs to the new room alone.
    assert set(
        Remembered.objects.filter(message_id=said.message_id).values_list("audience_id", flat=True)
    ) == {there.pk}
    assert set(
        Fingerprint.objects.filter(message_id=said.message_id).values_list("audience_id", flat=True)
    ) == {there.pk}
    assert Passage.objects.get(pk=root).position is None
    assert gate.message(theo, said.message_id, now()).passages
