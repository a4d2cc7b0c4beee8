"""Leak classes that the matrix cannot ask by address alone: findings, counts, kept fragments, who is named."""

from __future__ import annotations

import re
from itertools import pairwise

from django.utils import translation

from lockgate.base.clock import now
from lockgate.conversations import queries as conversations
from lockgate.gateway.models import Message, Passage
from lockgate.gateway.operations import submit
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.operations import seat
from lockgate.web import posts
from tests.leaks.asking import client_of
from tests.leaks.world import ROOM, World

COPIED = (
    "The spring behind the third seat was turned from the softer batch, which nobody had noticed until the ring "
    "began to weep at four hundred strokes on the cold bench."
)


def test_a_finding_never_tells_where_the_words_come_from(world: World) -> None:
    """G35 and B7: that words are protected is said, to the one who typed them; not by whom, where or when."""
    sent = submit(by=world.cast.author, at=now(), body=COPIED, marking=2, places=[f"space:{ROOM}"])
    fields = {"body": f"Good morning. {COPIED}", "marking": "1", "places": "space:everyone"}
    seen = client_of(world, "stranger").post("/compose/check", fields).content.decode()
    told = client_of(world, "stranger").post(
        "/api/v1/check",
        {"body": fields["body"], "places": ["space:everyone"]},
        content_type="application/json",
    )
    assert "repeats-protected" in told.content.decode()
    passage = sent.passages[0]
    for answer in (seen, told.content.decode()):
        for word in (
            ROOM,
            "zqroomnamekx",
            world.cast.author.name,
            world.cast.author.slug,
            str(sent.message_id),
            str(passage.passage_id),
            str(passage.position),
            world.cast.author.pseudonym,
        ):
            assert word not in answer, word


def test_words_one_never_heard_are_copied_words(world: World) -> None:
    """C15: who hears nothing of the past is not told it by way of another room that they sit in."""
    submit(by=world.cast.author, at=now(), body=COPIED, marking=2, places=[f"space:{ROOM}"])
    late = Person.objects.get(slug="claire-laurent")
    seat(by=world.cast.author, at=now(), person=late, audience_id=world.room.pk, hears_past=False)
    toulouse = world.cast.audiences["toulouse"]
    # Everybody in Toulouse now sits in the hidden room as well; one of them has heard nothing of what was said there.
    for one in Seat.objects.filter(audience=toulouse, ends_at__isnull=True).select_related("person"):
        if one.person_id != late.pk and not Seat.objects.filter(
            person=one.person, audience=world.room, ends_at__isnull=True
        ):
            seat(by=world.cast.author, at=now(), person=one.person, audience_id=world.room.pk)
    fields = {"body": COPIED, "places": ["space:toulouse"], "marking": "internal"}
    author = client_of(world, "author")
    held = author.post("/api/v1/check", fields, content_type="application/json").json()
    Seat.objects.filter(person=late, audience=world.room).update(hears_from=0)
    free = author.post("/api/v1/check", fields, content_type="application/json").json()

    def copied(answer: dict[str, list[dict[str, list[dict[str, str]]]]]) -> bool:
        return any(
            "repeats-protected" in each["rule"] for one in answer["rulings"] for each in one["findings"]
        )

    assert copied(held)
    assert not copied(free)


def test_an_answer_never_reaches_another_audience_of_the_space(world: World) -> None:
    """A5 and F32: what is said after the guests have left is answered there, and not where they still sit."""
    space = world.room.space
    assert space is not None
    apart = Audience.objects.create(space=space, lane="apart", name="Deliberation", kind="inside", ceiling=2)
    nadia = world.cast.author
    Seat.objects.create(person=nadia, audience=apart, role="owner", begins_at=world.at)
    for root_in in (apart, world.room):
        root = Passage.objects.filter(
            audience=world.room, position__isnull=False, thread__isnull=True
        ).first()
        assert root is not None
        if root_in == apart:
            message = Message.objects.create(
                id=root.message_id + 1,
                author=nadia,
                body="Among us.",
                marking=root.marking,
                content_hash=bytes(32),
                written_at=now(),
            )
            ruling = root.ruling
            ruling.pk, ruling.message = ruling.pk + 1, message
            ruling.save(force_insert=True)
            root.pk, root.message, root.audience, root.ruling = root.pk + 1, message, apart, ruling
            root.save(force_insert=True)
        sent = submit(by=nadia, at=now(), body="An answer.", marking=1, answers=root.pk)
        assert Passage.objects.get(pk=sent.passages[0].passage_id).audience_id == root_in.pk


def test_who_would_hear_is_counted_among_those_one_sits_with(world: World) -> None:
    """B8: the audience line speaks of rooms that one sits in, or of none."""
    guest = client_of(world, "guest here")
    line = guest.post("/compose/check", {"body": "Hello.", "marking": "1", "places": f"space:{ROOM}"}).json()[
        "who"
    ]
    assert re.sub(r"<[^>]+>", "", line).startswith("Heard by 3 people of the house")
    stranger = client_of(world, "stranger")
    assert (
        stranger.post(
            "/compose/check", {"body": "Hello.", "marking": "1", "places": f"space:{ROOM}"}
        ).status_code
        == 404
    )


def test_a_kept_fragment_is_the_same_whoever_it_was_drawn_for(world: World) -> None:
    """C16: nothing in a kept post depends on its first reader."""
    keys = list(conversations.home(world.cast.author, now()).keys)
    assert keys
    drawn = []
    for actor in ("author", "guest here", "colleague", "late member"):
        posts._drawn.clear()
        with translation.override("en"):
            page = client_of(world, actor).get("/", headers={"Accept-Language": "en"})
        assert page.status_code == 200
        drawn.append({key: html for key, html in posts._drawn.items() if key[2] == "en"})
    shared = set(drawn[0]) & set(drawn[1]) & set(drawn[2])
    assert shared
    for kept in drawn[1:]:
        for key in shared & set(kept):
            assert kept[key] == drawn[0][key]


def test_numbers_count_nothing(world: World) -> None:
    """B7 and F32: two messages one after the other are far apart, and chance decides how far."""
    ids = [
        submit(
            by=world.cast.author, at=now(), body="Good morning.", marking=1, places=["space:everyone"]
        ).message_id
        for _ in range(8)
    ]
    gaps = {later - earlier for earlier, later in pairwise(ids)}
    assert len(gaps) == len(ids) - 1
    assert all(abs(gap) > 1 for gap in gaps)
    assert len({one & 0x3FFFFF for one in ids}) == len(ids)  # the part that is chance


def test_a_guest_finds_no_one_that_they_do_not_sit_with(world: World) -> None:
    """F31 and A3: in the list, by name, in the palette; and their own trail says "somebody" for others."""
    guest = client_of(world, "guest elsewhere")
    with_them = {
        "Stefan Bauer",
        "Sabine Vogt",
        "Ralf Dietrich",
        "Ingrid Solberg",
        "Nadia Roux",
        "Théo Mercier",
    }
    palette = guest.get("/places.json").json()["places"]
    people = {one["name"] for one in palette if one["address"].startswith("/people/")}
    assert people == with_them
    listed = guest.get("/people").content.decode()
    for one in Person.objects.exclude(name__in=with_them):
        assert one.name not in listed
    assert not [one for one in palette if one["address"].startswith(("/channels", "/policy", "/archive"))]
