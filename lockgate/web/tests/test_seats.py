"""The pages on which rooms are opened and seats given and ended, as each of the cast."""

from __future__ import annotations

import re

from django.test import Client

from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.spaces.models import Audience, Seat


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_employee_opens_a_room_and_seats_a_guest_in_it(cast: Cast) -> None:
    author = as_(cast.author)
    answer = author.post(
        "/spaces", {"name": "Trade fair 2027", "about": "Stand and talks", "ceiling": "1", "admits": "guests"}
    )
    room = Audience.objects.get(space__name="Trade fair 2027")
    assert room.space is not None
    # The end of the address is chance: a name that is taken tells nobody of a room they may not know of.
    assert re.fullmatch("trade-fair-2027-[0-9a-f]{8}", room.space.slug)
    address = f"/spaces/{room.space.slug}"
    assert (answer.status_code, answer["Location"]) == (302, f"{address}/seats")
    assert (room.kind, room.ceiling) == ("guests", 1)
    answer = author.post(f"{address}/seats", {"person": cast.guest.slug, "role": "owner"})
    assert answer.status_code == 302
    assert Seat.objects.get(audience=room, person=cast.guest).role == "guest"
    assert as_(cast.guest).get(address).status_code == 200
    assert as_(cast.guest).get(f"{address}/seats").status_code == 404
    author.post(f"{address}/seats/{cast.guest.slug}/end")
    assert as_(cast.guest).get(address).status_code == 404


def test_who_does_not_tend_a_room_finds_no_seats_page(cast: Cast) -> None:
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        client = as_(nobody)
        for path in ("/spaces/valve-7/seats", "/spaces/no-such-room/seats"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"person": nobody.slug}).status_code == 404
        assert client.post(f"/spaces/valve-7/seats/{cast.author.slug}/end").status_code == 404
    assert as_(cast.guest).post("/spaces", {"name": "Mine", "ceiling": "1"}).status_code == 404


def test_bad_input_is_a_sentence_and_keeps_what_was_typed(cast: Cast) -> None:
    author = as_(cast.author)
    answer = author.post("/spaces", {"name": "Trade fair", "about": "Again", "ceiling": ""})
    assert answer.status_code == 422
    assert b"highest marking" in answer.content
    assert b'value="Again"' in answer.content
    assert author.post("/spaces", {"name": "…", "ceiling": "1"}).status_code == 422
    assert author.post("/spaces", {"name": "New", "ceiling": "9"}).status_code == 422
    tended = cast.audiences["valve-7"].seats.filter(role__in=["owner", "moderator"]).first()
    assert tended is not None
    tender = as_(tended.person)
    assert tender.post("/spaces/valve-7/seats", {"person": "nobody"}).status_code == 422
    assert tender.post("/spaces/valve-7/seats", {"person": cast.guest.slug}).status_code == 422


def test_who_tends_a_room_keeps_its_words_in_it(cast: Cast) -> None:
    tender = cast.audiences["valve-7"].seats.filter(role__in=["owner", "moderator"]).first()
    assert tender is not None
    client = as_(tender.person)
    box = 'name="stay" value="yes"'
    assert f"{box} checked" not in client.get("/spaces/valve-7/seats").content.decode()
    assert client.post("/spaces/valve-7/words", {"stay": "yes"}).status_code == 302
    assert f"{box} checked" in client.get("/spaces/valve-7/seats").content.decode()
    client.post("/spaces/valve-7/words", {})
    assert f"{box} checked" not in client.get("/spaces/valve-7/seats").content.decode()
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        assert as_(nobody).post("/spaces/valve-7/words", {"stay": "yes"}).status_code == 404
