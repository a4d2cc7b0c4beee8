"""What could be inferred without being told: by filters, marks, counters, time, moved rooms and records."""

from __future__ import annotations

import re
import statistics
from datetime import timedelta
from time import perf_counter

import pytest
from django.db import IntegrityError, transaction

from lockgate.archive.operations import keep
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.gateway.models import Passage
from lockgate.search.operations import keep_up
from lockgate.search.queries import search
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Audience, Space
from lockgate.spaces.operations import archive_space, end_seat, join, open_space, seat, set_entry
from lockgate.web import posts
from tests.leaks.asking import ask, client_of
from tests.leaks.test_matrix import CANARY
from tests.leaks.world import ROOM, World


def test_a_filter_answers_for_hidden_things_as_for_none(world: World) -> None:
    """B9: by author, place, kind of content, date, in every operator of the search."""
    stranger = client_of(world, "stranger")
    for there, nowhere in (
        (f"in:{ROOM}", "in:never-was"),
        ("from:mira-lund", "from:never-was"),
        (f"in:{ROOM} has:file", "in:never-was has:file"),
        (f"in:{ROOM} is:question", "in:never-was is:question"),
        ("in:deal-room", "in:never-room"),
        ("before:2100-01-01 zqearlykx", "before:2100-01-01 zqneverkx"),
    ):
        answers = []
        for text in (there, nowhere):
            answer = ask(stranger, "GET", "/api/v1/search?" + "q=" + text.replace(" ", "+"))
            answers.append((answer.status, answer.masked.replace(text.encode(), b"ASKED")))
        assert answers[0][0] == answers[1][0] == 200
        shown = [re.sub(rb'"asked".*', b"", one) for _status, one in answers]
        assert b'"hits": []' in shown[0] or b'"hits":[]' in shown[0] or b"message" not in shown[0], there


def test_marks_of_what_one_does_not_hear_are_nobodys(world: World) -> None:
    """B10: who reacted, who saved, who read, how many voted; and one's own marks from when one still sat there."""
    at = now()
    for actor in ("stranger", "guest elsewhere", "ex-member", "administrator"):
        person = world.person(actor)
        for number in world.objects["announcement"] | world.objects["poll"]:
            with pytest.raises(NotFound):
                conversations.reacted_by(person, int(number), at)
            with pytest.raises(NotFound):
                conversations.readers(person, int(number), at)
            marks = conversations.marks(person, [int(number)], at)
            assert int(number) not in marks.reacted
        assert conversations.saved(person, at) == []
        page = client_of(world, actor).get(
            "/marks.json?of=" + ",".join(str(one) for one in world.objects["poll"])
        )
        assert not CANARY.findall(page.content)


def test_the_time_of_a_search_tells_nothing(world: World) -> None:
    """B11: a word of a hidden room takes no longer than one that is nowhere (at size: dev bench)."""
    person = world.person("stranger")
    took: dict[str, list[float]] = {"zqearlykx": [], "zqneverkx": []}
    for _round in range(25):
        for word, times in took.items():
            begun = perf_counter()
            assert not search(person, word, at=now()).hits
            times.append(perf_counter() - begun)
    hidden, nowhere = (min(times) for times in took.values())
    middle = [statistics.median(times) for times in took.values()]
    assert hidden <= 1.5 * nowhere or middle[0] <= 1.5 * middle[1]


def test_what_is_counted_and_suggested_is_made_of_what_one_hears(world: World) -> None:
    """B12: the counters of the shell, the palette and the words for a mention, before and after the hidden happens."""
    stranger = client_of(world, "stranger")
    addresses = ("/places.json", "/marks.json", "/live/since?after=0", "/", "/people?q=mira")
    before = [ask(stranger, "GET", one).masked for one in addresses]
    told = talk.submit(
        by=world.cast.author,
        at=now(),
        body="For @pavel-novak, who does not sit here, zqnamedkx.",
        marking=1,
        places=[f"space:{ROOM}"],
    )
    talk.tell_mentioned(at=now())
    assert [ask(stranger, "GET", one).masked for one in addresses] == before
    assert told.passages[0].state == "delivered"


def test_nothing_that_was_said_can_be_moved_to_other_hearers(world: World) -> None:
    """C14: a passage keeps its audience and an audience its space, in the database itself."""
    said = Passage.objects.filter(audience=world.room, position__isnull=False).first()
    everyone = Audience.objects.get(space__slug="everyone")
    assert said is not None
    for row, change in (
        (Passage.objects.filter(pk=said.pk), {"audience": everyone}),
        (Audience.objects.filter(space__slug="deal-room").exclude(lane=""), {"space": everyone.space}),
    ):
        with pytest.raises(Exception, match=r"(?i)never changes|keeps"), transaction.atomic():
            row.update(**change)
    with pytest.raises((IntegrityError, Exception)), transaction.atomic():
        Audience.objects.filter(pk=world.room.pk).update(kind="inside")


def test_a_narrowed_room_takes_all_that_was_kept_of_it_along(world: World) -> None:
    """C17, C16, A4 and E25: once closed, a room is no door; who goes loses posts, files, index, notices and caches."""
    nadia, pavel = world.cast.author, world.person("stranger")
    open_space(by=nadia, at=now(), slug="wide", name="Wide zqwidekx", kind="topic", ceiling=2, entry="open")
    stay = client_of(world, "stranger")
    join(by=pavel, at=now(), slug="wide")
    said = talk.submit(
        by=nadia, at=now(), body="Said widely zqsaidwidekx @pavel-novak", marking=1, places=["space:wide"]
    )
    talk.tell_mentioned(at=now())
    talk.save(by=pavel, at=now(), passage_id=said.passages[0].passage_id)
    _index()
    shown = (
        "/",
        "/saved",
        "/spaces/wide",
        f"/messages/{said.message_id}",
        "/search?q=zqsaidwidekx",
        "/approvals?tab=told",
    )
    assert all(b"zqsaidwidekx" in stay.get(one).content for one in shown[:-1])
    set_entry(by=nadia, at=now(), slug="wide", entry="private")
    end_seat(by=nadia, at=now(), person=pavel, audience_id=Audience.objects.get(space__slug="wide").pk)
    assert posts._drawn  # what was drawn for them is still kept, and must not be handed out
    for one in (*shown, "/spaces", "/places.json", "/live/since?after=0", "/api/v1/saved", "/api/v1/places"):
        answer = ask(stay, "GET", one)
        told = answer.whole.replace(b"q=zqsaidwidekx", b"").replace(b'value="zqsaidwidekx"', b"")
        assert b"zqwidekx" not in told, one
        assert b"Said widely" not in told, one
    # Nobody else finds a door that is shut now, from the very next read on; nor what is archived.
    for actor in ("late member", "administrator", "stranger"):
        assert "wide" not in {each.slug for each in spaces.doors(world.person(actor), now())}
        with pytest.raises(NotFound):
            join(by=world.person(actor), at=now(), slug="wide")
    archive_space(by=nadia, at=now(), slug="wide")
    assert Space.objects.get(slug="wide").archived_at is not None
    with pytest.raises(NotFound):
        talk.submit(by=nadia, at=now(), body="One more.", marking=1, places=["space:wide"])
    assert ask(stay, "GET", "/spaces/wide").status == 404
    assert not search(pavel, "zqsaidwidekx", at=now()).hits
    # Who sat down again without the past hears nothing of it.
    open_again = Audience.objects.get(space__slug="hatch-room")
    seat(by=nadia, at=now(), person=pavel, audience_id=open_again.pk, hears_past=False)
    assert b"zqhatchkx" not in stay.get("/spaces/hatch-room").content


def _index() -> None:
    keep(at=now() + timedelta(seconds=1))
    while keep_up(at=now() + timedelta(seconds=1)):
        continue


def test_the_records_are_no_way_round(world: World) -> None:
    """G36 and E27: neither the archive's pages nor its export are answered to who has no duty, and the search of
    everybody never looks there; what a supervisor opens is on record."""
    for actor in ("stranger", "author", "guest here", "colleague"):
        client = client_of(world, actor)
        assert client.get("/archive").status_code == 404
        for number in world.objects["entry"]:
            assert client.get(f"/archive/{number}").status_code == 404
            assert client.get(f"/archive/{number}/proof").status_code == 404


def test_nobody_can_look_through_another_persons_eyes(world: World) -> None:
    """F33: there is no "view as"; a session's person comes from its signed words alone."""
    client = client_of(world, "administrator")
    for name in ("as", "user", "viewer", "person", "impersonate", "sudo"):
        for address in (f"/?{name}=nadia-roux", f"/spaces/{ROOM}?{name}=nadia-roux"):
            words = {one.decode().lower() for one in CANARY.findall(client.get(address).content)}
            assert all("administrator" in world.canaries[one] for one in words), address
        answer = client.get(
            f"/spaces/{ROOM}", headers={"X-Remote-User": "nadia-roux", "X-User": "nadia-roux"}
        )
        assert answer.status_code == 404


def test_wordings_of_before_are_for_who_may_read_them(world: World) -> None:
    """G37: earlier wordings and their differences are another document, which who hears the last one does not get."""
    signer, colleague = client_of(world, "approver"), client_of(world, "colleague")
    for number, readers in world.objects["message"].items():
        page = colleague.get(f"/messages/{number}")
        assert b"zqfirstwordingkx" not in page.content
        if "approver" in readers and "colleague" not in readers:
            assert page.status_code == 404
    assert any(
        b"zqfirstwordingkx" in signer.get(f"/messages/{number}").content
        for number in world.objects["message"]
    )
