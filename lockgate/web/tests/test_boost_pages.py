"""Boosts and quotes on pages: offered where they may go, shown to those who hear both, refused with a sentence."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.gateway.models import Boost, Passage
from lockgate.people.models import Person
from lockgate.web import posts, waiting

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    posts._drawn.clear()
    waiting._none_announced.clear()


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(person: Person, body: str = "The ring held.", space: str = "everyone") -> int:
    sent = gateway.submit(by=person, at=now(), body=body, marking=1, places=[f"space:{space}"])
    return sent.passages[0].passage_id


def test_boosting_from_the_page_and_back(cast: Cast) -> None:
    original = said(cast.author)
    reader = as_(cast.colleague)
    assert f'href="/passages/{original}/boosts"' in reader.get("/").content.decode()
    page = reader.get(f"/passages/{original}/boosts").content.decode()
    assert '<option value="space:valve-7">' in page
    assert "channel:" not in page.partition('<select id="boost-place"')[2].partition("</select>")[0]
    answer = reader.post(f"/passages/{original}/boosts", {"place": "space:valve-7", "on": "1"})
    assert (answer.status_code, answer["Location"]) == (302, f"/passages/{original}/boosts")
    boost = Boost.objects.get()
    assert boost.person_id == cast.colleague.pk
    page = reader.get(f"/passages/{original}/boosts").content.decode()
    assert "Take your boost back" in page
    feed = as_(cast.author).get("/spaces/valve-7").content.decode()
    assert "Boosted" in feed
    assert feed.count("The ring held.") == 1
    # The stranger hears the post and not the room where it was boosted.
    page = as_(cast.stranger).get(f"/passages/{original}/boosts").content.decode()
    assert "Valve 7" not in page
    assert cast.colleague.name not in page
    reader.post(f"/passages/{original}/boosts", {"place": "space:valve-7", "on": "0"})
    assert not Boost.objects.exists()
    assert "The ring held." not in as_(cast.author).get("/spaces/valve-7").content.decode()


def test_quoting_from_the_composer(cast: Cast) -> None:
    original = said(cast.author)
    writer = as_(cast.colleague)
    fields = {
        "body": "This concerns us.",
        "marking": "1",
        "places": "space:valve-7",
        "act": "send",
        "slot": f"quote:{original}",
        "shows": str(original),
    }
    assert f'name="shows" value="{original}"' in writer.get(f"/passages/{original}/boosts").content.decode()
    answer = writer.post("/messages", fields, headers=JSON)
    assert answer.status_code == 200, answer.content
    quote = Passage.objects.get(message=int(answer.json()["message"]))
    assert quote.shows_id == original
    for address in (
        "/spaces/valve-7",
        f"/messages/{quote.message_id}",
        "/live/since?after=0&scope=space:valve-7",
    ):
        told = as_(cast.author).get(address).content.decode()
        assert "This concerns us." in told, address
        assert "The ring held." in told, address
    gateway.recall(by=cast.author, at=now(), passage_id=original, why="Wrong.")
    for address in ("/spaces/valve-7", f"/messages/{quote.message_id}"):
        told = as_(cast.author).get(address).content.decode()
        assert "The ring held." not in told
        assert "not there for you" in told


def test_a_wider_place_is_refused_with_a_sentence_and_the_words_stay(cast: Cast) -> None:
    original = said(cast.author, space="valve-7")
    reader = as_(cast.colleague)
    answer = reader.post(f"/passages/{original}/boosts", {"place": "space:everyone", "on": "1"})
    assert answer.status_code == 403
    assert "Not everybody in Everyone hears the space where this was said." in answer.content.decode()
    fields = {"body": "Look at this.", "marking": "1", "places": "space:everyone", "shows": str(original)}
    answer = reader.post("/messages", {**fields, "act": "send"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Look at this." in page
    assert f'name="shows" value="{original}"' in page


def test_a_signer_reads_what_is_quoted_only_if_they_hear_it(cast: Cast) -> None:
    words = "Our two offers to Aerovia, 14.500 EUR each, are with the board."
    original = said(cast.author, "The seventh seat weeps.", space="valve-7")
    sent = gateway.submit(
        by=cast.author, at=now(), body=words, marking=1, places=["space:valve-7"], shows=original
    )
    page = as_(cast.author).get(f"/messages/{sent.message_id}").content.decode()
    assert "The seventh seat weeps." in page


def test_home_costs_no_more_with_boosts(cast: Cast) -> None:
    reader = as_(cast.colleague)
    for number in range(3):
        original = said(cast.author, f"Note {number}.")
        gateway.boost(by=cast.author, at=now(), passage_id=original, place="space:toulouse")
    page = reader.get("/").content.decode()
    assert page.count("Boosted") == 3
    assert len(page) < 150_000
