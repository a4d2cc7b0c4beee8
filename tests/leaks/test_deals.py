"""C13, F32 and the test of clearing a room, with two vendors watching: streams, pages, API and what is said
afterwards."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from lockgate.archive.models import Entry
from lockgate.archive.operations import keep
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.deals.operations import answer_all, clear
from lockgate.gateway.operations import submit
from lockgate.gateway.types import Submitted
from lockgate.live import source as live
from lockgate.live.listeners import SEATS_CHANGED, Listener, Listeners
from lockgate.spaces import queries as spaces
from tests.leaks.asking import client_of
from tests.leaks.world import World

VENDORS = ("guest here", "guest elsewhere")


def places(world: World, actor: str) -> list[str]:
    return [one.key for one in spaces.places_of(world.person(actor), now(), slugs=("deal-room",))]


def test_two_vendors_watch_while_the_room_is_cleared(world: World) -> None:
    ended: list[frozenset[int]] = []
    source = live.Source(lambda *_told: None, lambda _sessions, persons: ended.append(persons))
    clients = {actor: client_of(world, actor) for actor in (*VENDORS, "author")}
    for client in clients.values():
        assert source.join(client.cookies["lockgate_session"].value, None) is not None
    source._check_seats()
    ended.clear()
    lanes = {actor: places(world, actor) for actor in VENDORS}
    pages = [f"/spaces/deal-room/lanes/{key.partition('/')[2]}" for actor in VENDORS for key in lanes[actor]]
    left, decision = clear(
        by=world.cast.author,
        at=now(),
        slug="deal-room",
        why="Both offers are in.",
        decision="We take the second one, zqdecisionkx, for its delivery time.",
        marking=Marking.CONFIDENTIAL,
    )
    assert left == 2
    assert isinstance(decision, Submitted)
    source._check_seats()  # what the wake-up does at once, and the clock each second
    vendors = {world.person(actor).pk for actor in VENDORS}
    assert ended == [frozenset(vendors)]
    source._check_seats()
    assert len(ended) == 1  # told once
    later = submit(
        by=world.cast.author,
        at=now(),
        body="Said after they left, zqafterkx.",
        marking=1,
        places=[key for actor in VENDORS for key in lanes[actor][:1]],
    )
    for actor in VENDORS:
        client = clients[actor]
        token = {"authorization": f"Bearer {world.tokens[actor]}"}
        shown = b""
        for address in (*pages, "/spaces/deal-room", f"/messages/{later.message_id}"):
            answer = client.get(address)
            assert answer.status_code == 404, (actor, address)
            shown += answer.content
        for address in ("/", "/places.json", "/spaces", "/people", "/live/since?after=0"):
            shown += client.get(address).content
        api = client_of(world, "stranger")
        api.logout()
        shown += api.get("/api/v1/places", headers=token).content
        assert api.get(f"/api/v1/messages/{later.message_id}", headers=token).status_code == 404
        sent = api.post(
            "/api/v1/messages",
            {"body": "Still here?", "places": lanes[actor][:1]},
            content_type="application/json",
            headers=token,
        )
        assert sent.status_code == 404
        for word in (b"zqdecisionkx", b"zqafterkx", b"zqdealnamekx", b"deal-room/"):
            assert word not in shown.replace(lanes[actor][0].encode(), b""), (actor, word)
    assert b"zqdecisionkx" in clients["author"].get("/spaces/deal-room").content


def test_the_event_is_the_same_for_everybody_and_ends_the_stream() -> None:
    async def watched() -> list[bytes | None]:
        streams = Listeners()
        watching, other = Listener(1, "a"), Listener(2, "b")
        streams.add(watching)
        streams.add(other)
        streams.end_sessions(frozenset(), frozenset({1}))
        said = [await watching.next(), await watching.next()]
        waiting = asyncio.ensure_future(other.next())
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
        return said

    assert asyncio.run(watched()) == [SEATS_CHANGED, None]


def test_an_answer_to_all_names_no_asker_and_reaches_each_lane(world: World) -> None:
    told = answer_all(
        by=world.cast.author,
        at=now(),
        slug="deal-room",
        question="Which heat treatment?",
        answer="Solution annealed.",
        marking=1,
    )
    assert len(told.passages) == 2
    for actor in VENDORS:
        shown = client_of(world, actor).get(f"/messages/{told.message_id}").content.decode()
        assert "Solution annealed." in shown
        for other in VENDORS:
            if other != actor:
                assert world.person(other).name not in shown
                assert world.person(other).firm.name not in shown
        with pytest.raises(NotFound):
            answer_all(
                by=world.person(actor), at=now(), slug="deal-room", question="?", answer="!", marking=1
            )


def test_what_was_said_to_all_may_be_quoted_by_each_of_them(world: World) -> None:
    """F32: a hold would tell a firm that the same words were said elsewhere, too."""
    words = "Every flange is to be solution annealed, pickled and passivated before the third inspection takes place."
    answer_all(
        by=world.cast.author,
        at=now(),
        slug="deal-room",
        question="Which treatment?",
        answer=words,
        marking=Marking.CONFIDENTIAL,
        justification="To all alike.",
    )
    for actor in VENDORS:
        sent = submit(
            by=world.person(actor),
            at=now() + timedelta(seconds=1),
            body=f"You wrote: {words} We can do that.",
            marking=Marking.CONFIDENTIAL,
            places=places(world, actor)[:1],
            justification="Their own words.",
        )
        assert sent.passages[0].state == "delivered", (actor, sent.passages[0].findings)


def test_what_was_only_held_in_a_lane_was_heard_by_nobody(world: World) -> None:
    """Whoever submits forbidden words a second time repeats their own held message: that frees nothing."""
    cast = world.cast
    secret = "The buyers agreed among themselves that nobody gets more than forty-one euros for a body of this size."
    submit(
        by=cast.author,
        at=now(),
        body=secret,
        marking=Marking.CONFIDENTIAL,
        places=["space:deal-room"],
        justification="Ours.",
    )
    lane = places(world, "guest here")[0]
    for second in (1, 2, 3):
        sent = submit(
            by=cast.author,
            at=now() + timedelta(seconds=second),
            body=f"For your information: {secret}",
            marking=Marking.CONFIDENTIAL,
            places=[lane],
            justification="They asked.",
        )
        assert sent.passages[0].state == "held", second


def test_no_number_tells_a_vendor_how_many_others_were_told(world: World) -> None:
    """F32 and B7: the log counts for the whole house; two of its numbers on one trail would count the lanes."""
    told = answer_all(
        by=world.cast.author, at=now(), slug="deal-room", question="Which?", answer="This one.", marking=1
    )
    keep(at=now() + timedelta(seconds=1))
    entries = Entry.objects.filter(record=f"m:{told.message_id}")
    assert entries.exists()
    ours = client_of(world, "author").get(f"/messages/{told.message_id}").content.decode()
    assert "/proof/" in ours
    for actor in VENDORS:
        client = client_of(world, actor)
        page = client.get(f"/messages/{told.message_id}")
        assert page.status_code == 200
        trail = page.content.decode().partition('id="trail"')[2].partition("</section>")[0]
        assert trail
        assert "/proof/" not in trail
        said = re.sub(r"<time.*?</time>|<[^>]*>", "", trail)
        assert not re.search(r"\d", said), said
        for one in entries:
            assert client.get(f"/messages/{told.message_id}/proof/{one.pk}").status_code == 404
