"""Write to people, and invite them by e-mail, as each of the cast sees the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.mail.models import Invitation, Mailing
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Space
from lockgate.spaces.operations import archive_space, end_seat, seat

HELD = "For internal use only: the price list of next year comes in March."
ASKED = {"to": "Théo Mercier\nMaria Lopez <maria@lopez.example>", "name": "Seal trials", "ceiling": "1"}


@pytest.fixture(autouse=True)
def _mails(settings: Any) -> None:
    settings.EMAIL_HOST, settings.MAIL_DOMAIN = "127.0.0.1", "lockgate.haldenvalve.example"
    settings.PUBLIC_URL = "https://lockgate.haldenvalve.example"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def begun(cast: Cast, **more: str) -> Space:
    answer = signed_in(cast.author).post("/talks", ASKED | more)
    assert answer.status_code == 302, answer.content.decode()
    return Space.objects.get(slug=answer["Location"].rpartition("/")[2])


def test_a_talk_begins_with_names_and_addresses(cast_now: Cast) -> None:
    space = begun(cast_now)
    assert (space.kind, space.entry, space.name) == ("circle", "private", "Seal trials")
    maria = Person.objects.get(email="maria@lopez.example")
    for person in (cast_now.author, cast_now.colleague, maria):
        assert space.slug in {one.slug for one in spaces.places_of(person, now())}
    shown = signed_in(cast_now.colleague).get(f"/spaces/{space.slug}").content.decode()
    assert "1 guest hears this" in shown
    assert "Maria Lopez (lopez.example)" in shown
    assert f"/spaces/{space.slug}/invitations" in shown
    assert "Seal trials" in signed_in(cast_now.colleague).get("/talks").content.decode()


def test_among_ourselves_it_admits_no_guests(cast_now: Cast) -> None:
    space = begun(cast_now, to="@theo-mercier, pavel.novak@haldenvalve.example")
    assert spaces.place(cast_now.stranger, space.slug, now()).kind == "inside"
    assert signed_in(cast_now.author).get(f"/spaces/{space.slug}/invitations").status_code == 404
    later = begun(cast_now, to="theo-mercier", admits="yes")
    assert spaces.place(cast_now.colleague, later.slug, now()).kind == "guests"


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("Nobody Known", "Nobody here is called"),
        ("", "Name at least one other person"),
        ("somebody@", "is no e-mail address"),
        ("new@haldenvalve.example", "own."),
        ("\n".join(f"p{n}@lopez.example" for n in range(51)), "at most"),
    ],
)
def test_what_cannot_be_begun_says_why(cast_now: Cast, to: str, sentence: str) -> None:
    before = Space.objects.count(), Person.objects.count()
    answer = signed_in(cast_now.author).post("/talks", ASKED | {"to": to})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert (Space.objects.count(), Person.objects.count()) == before


def test_a_guest_begins_none(cast_now: Cast) -> None:
    client = signed_in(cast_now.guest)
    assert "Write to people" not in client.get("/talks").content.decode()
    assert client.post("/talks", ASKED).status_code == 404
    assert not Person.objects.filter(email="maria@lopez.example").exists()


def test_more_are_invited_from_the_talk(cast_now: Cast) -> None:
    space = begun(cast_now, to="theo-mercier", admits="yes")
    address = f"/spaces/{space.slug}/invitations"
    client = signed_in(cast_now.colleague)
    assert client.get(address).status_code == 200
    asked = {"address": "Maria Lopez <maria@lopez.example>", "backlog": "day"}
    assert client.post(address, asked).status_code == 302
    assert Invitation.objects.get().backlog == "day"
    shown = client.get(address).content.decode()
    assert "maria@lopez.example" in shown
    assert "letter waits" in shown
    twice = client.post(address, asked)
    assert (twice.status_code, "sits here already" in twice.content.decode()) == (409, True)
    assert client.post(address, asked | {"backlog": "x"}).status_code == 422


@pytest.mark.parametrize("actor", ["stranger", "guest", "administrator", "supervisor"])
def test_to_everybody_else_it_is_not_there(cast_now: Cast, actor: str) -> None:
    space = begun(cast_now)
    client = signed_in(getattr(cast_now, actor))
    missing = client.get("/spaces/never-was/invitations")
    for answer in (
        client.get(f"/spaces/{space.slug}/invitations"),
        client.post(f"/spaces/{space.slug}/invitations", {"address": "x@y.example", "backlog": "all"}),
    ):
        assert answer.status_code == missing.status_code == 404
    assert not Person.objects.filter(email="x@y.example").exists()


def test_a_talk_begins_with_its_first_words(cast_now: Cast) -> None:
    asked = {"to": "theo-mercier", "name": "", "body": "Is the bench free?"}
    space = begun(cast_now, **asked)
    assert "Is the bench free?" in signed_in(cast_now.colleague).get(f"/spaces/{space.slug}").content.decode()
    # The same people, the other way round: their talk goes on, and is named nowhere twice.
    answer = signed_in(cast_now.colleague).post(
        "/talks", ASKED | asked | {"to": "nadia-roux", "body": "Yes."}
    )
    assert answer["Location"] == f"/spaces/{space.slug}"
    assert begun(cast_now, to="theo-mercier", name="").pk == space.pk
    # A talk with a name is about something else, and so is one of other people, or with another ceiling.
    others = {
        begun(cast_now, to="theo-mercier", name="Seals").pk,
        begun(cast_now, to="theo-mercier", name="Seals").pk,
        begun(cast_now, to="theo-mercier\nmarc-olsen", name="").pk,
        begun(cast_now, to="theo-mercier", name="", ceiling="2").pk,
        begun(cast_now, to="theo-mercier", name="", admits="yes").pk,
    }
    assert len(others | {space.pk}) == 6


def test_first_words_that_are_refused_begin_nothing_and_are_kept(cast_now: Cast) -> None:
    before = Space.objects.count(), Person.objects.count(), Message.objects.count(), Mailing.objects.count()
    secret = "This is company confidential: the ring fails at 90 bar."
    asked = ASKED | {"body": secret, "name": ""}
    client = signed_in(cast_now.author)
    answer = client.post("/talks", asked)
    shown = answer.content.decode()
    assert (answer.status_code, "confidential to the company" in shown) == (422, True)
    assert secret in shown
    after = Space.objects.count(), Person.objects.count(), Message.objects.count(), Mailing.objects.count()
    assert after == before
    assert Entry.objects.filter(action="gateway.message.refused").count() == 1
    # They stand there when one comes back, for their author alone, until they have gone.
    assert secret in client.get("/talks").content.decode()
    assert secret not in signed_in(cast_now.colleague).get("/talks").content.decode()
    assert client.post("/talks", asked | {"body": "The rings leave on Monday."}).status_code == 302
    assert (Space.objects.count(), Person.objects.count()) == (before[0] + 1, before[1] + 1)
    assert "Monday" not in client.get("/talks").content.decode()


def test_a_talk_that_somebody_joined_is_no_more_that_of_the_first_two(cast_now: Cast) -> None:
    two = begun(cast_now, to="theo-mercier", name="", body="Between us.")
    seat(by=cast_now.author, at=now(), person=cast_now.stranger, audience_id=two.audiences.get().pk)
    again = begun(cast_now, to="theo-mercier", name="", body="Between us again.")
    assert again.pk != two.pk
    assert again.slug not in {one.slug for one in spaces.places_of(cast_now.stranger, now())}
    assert begun(cast_now, to="theo-mercier", name="").pk == again.pk
    # Nor is one that somebody left, or that is closed.
    end_seat(by=cast_now.colleague, at=now(), person=cast_now.colleague, audience_id=again.audiences.get().pk)
    third = begun(cast_now, to="theo-mercier", name="")
    archive_space(by=cast_now.author, at=now(), slug=third.slug)
    assert begun(cast_now, to="theo-mercier", name="").pk not in {two.pk, again.pk, third.pk}


def test_first_words_that_want_a_reason_go_with_one(cast_now: Cast) -> None:
    before, client = Space.objects.count(), signed_in(cast_now.author)
    asked = {"to": "stefan-bauer", "ceiling": "1", "body": "Our account is DE89 3704 0044 0532 0130 00."}
    assert 'name="reason"' not in client.get("/talks").content.decode()
    answer = client.post("/talks", asked)
    assert (answer.status_code, 'name="reason"' in answer.content.decode()) == (422, True)
    assert Space.objects.count() == before
    assert client.post("/talks", asked | {"reason": "For the deposit."}).status_code == 302
    assert Message.objects.get().justification == "For the deposit."


def test_first_words_that_are_held_begin_the_talk_and_wait(cast_now: Cast) -> None:
    client = signed_in(cast_now.author)
    answer = client.post("/talks", {"to": "stefan-bauer", "ceiling": "1", "body": HELD})
    passage = Passage.objects.select_related("audience__space").get()
    assert (passage.state, answer["Location"]) == ("held", f"/messages/{passage.message_id}")
    assert passage.audience.space is not None
    shown = signed_in(cast_now.guest).get(f"/spaces/{passage.audience.space.slug}").content.decode()
    assert HELD not in shown
