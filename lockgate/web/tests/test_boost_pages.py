"""Boosts and quotes on pages: offered where they may go, shown to those who hear both, refused with a sentence."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.gateway.models import Boost, Message, Passage
from lockgate.people.models import Person
from lockgate.spaces.models import Seat
from lockgate.web import posts, waiting

pytestmark = pytest.mark.django_db

HELD = "For internal use only: the price list of next year comes in March."
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


def test_a_signer_reads_what_is_quoted_only_if_they_hear_it(cast_now: Cast) -> None:
    """What is held is signed with what it shows: changed words keep it, and it stands there when it is delivered."""
    writer = cast_now.persons["ralf-dietrich"]
    original = said(writer, "The seventh seat weeps.", space="resellers-dach")
    sent = gateway.submit(
        by=writer, at=now(), body=HELD, marking=1, places=["space:resellers-dach"], shows=original
    )
    passage = sent.passages[0]
    assert passage.state == "held"
    assert "The seventh seat weeps." in as_(writer).get(f"/messages/{sent.message_id}").content.decode()
    gateway.revise(by=writer, at=now(), message_id=sent.message_id, body=f"{HELD} Truly.", marking=0)
    row = Message.objects.get(pk=sent.message_id)
    assert (row.marking, row.revision) == (1, 2)
    (asked,) = [
        one
        for one in approvals.of_passages([passage.passage_id], now(), viewer=writer)[passage.passage_id]
        if one.is_open
    ]
    person = next(one for one in cast_now.persons.values() if one.name in asked.waits_for)
    signer = as_(person)
    assert "The seventh seat weeps." in signer.get(f"/approvals/{asked.request_id}").content.decode()
    Seat.objects.filter(person=person, audience=cast_now.audiences["resellers-dach"]).update(ends_at=now())
    sheet = signer.get(f"/approvals/{asked.request_id}").content.decode()
    assert "the price list of next year" in sheet
    assert "The seventh seat weeps." not in sheet
    assert "not there for you" in sheet
    assert signer.post(f"/approvals/{asked.request_id}/sign-off", {"word": "Fine."}).status_code == 302
    stands = Passage.objects.get(pk=passage.passage_id)
    assert (stands.state, stands.shows_id) == ("delivered", original)


def test_home_costs_no_more_with_boosts(cast: Cast) -> None:
    reader = as_(cast.colleague)
    for number in range(3):
        original = said(cast.author, f"Note {number}.")
        gateway.boost(by=cast.author, at=now(), passage_id=original, place="space:toulouse")
    page = reader.get("/").content.decode()
    assert page.count("Boosted") == 3
    assert len(page) < 150_000


def test_an_answer_quotes_by_the_address_of_a_post(cast: Cast) -> None:
    original, root = said(cast.author), said(cast.author, body="Does it hold?")
    message = Passage.objects.get(pk=original).message_id
    writer, page = as_(cast.colleague), f"/messages/{Passage.objects.get(pk=root).message_id}"
    assert 'name="quotes"' in writer.get(page).content.decode()
    fields = {"body": "As was said there.", "marking": "1", "act": "send", "slot": f"answer:{root}"}
    fields |= {"answers": str(root), "quotes": f"https://lockgate.haldenvalve.example/messages/{message}"}
    sent = writer.post("/messages", fields, headers=JSON)
    assert sent.status_code == 200, sent.content
    answer = Passage.objects.get(message=int(sent.json()["message"]))
    assert (answer.thread_id, answer.shows_id) == (root, original)
    for address in (page, f"/messages/{answer.message_id}", f"/live/since?scope=thread:{root}"):
        told = as_(cast.author).get(address).content.decode()
        assert "As was said there." in told, address
        assert "The ring held." in told, address
    gateway.recall(by=cast.author, at=now(), passage_id=original, why="Wrong.")
    for address in (page, f"/live/since?scope=thread:{root}"):
        told = as_(cast.author).get(address).content.decode()
        assert "The ring held." not in told
        assert "not there for you" in told


def test_what_is_no_post_for_its_writer_is_quoted_in_no_answer(cast: Cast) -> None:
    root = said(cast.author)
    hidden = Passage.objects.get(pk=said(cast.stranger, body="Hush.", space="everyone"))
    gateway.recall(by=cast.stranger, at=now(), passage_id=hidden.pk, why="Wrong.")
    writer, before = as_(cast.colleague), Message.objects.count()
    fields = {"body": "As was said there.", "marking": "1", "act": "send", "slot": "x", "answers": str(root)}
    answers = [
        writer.post("/messages", fields | {"quotes": f"/messages/{number}"}, headers=JSON)
        for number in (hidden.message_id, 4711)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    wrong = writer.post("/messages", fields | {"quotes": "that one"}, headers=JSON)
    assert (wrong.status_code, "no address of a post" in wrong.content.decode()) == (422, True)
    kept = writer.post("/messages", fields | {"quotes": "that one"})
    assert "As was said there." in kept.content.decode()
    assert Message.objects.count() == before
