"""Marks on pages: what each of the cast sees of them, and what Home costs with them."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lockgate.base.clock import now
from lockgate.conversations import operations as talk
from lockgate.conversations.models import Reaction
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.people.models import Person
from lockgate.spaces.models import Seat
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


def make(cast: Cast, person: Person, role: str, space: str = "valve-7") -> None:
    Seat.objects.filter(person=person, audience=cast.audiences[space]).update(role=role)


def sent(person: Person, body: str = "The ring held.", space: str = "valve-7", **fields: str) -> Passage:
    answer = as_(person).post(
        "/messages",
        {"body": body, "marking": "1", "places": f"space:{space}", "act": "send", **fields},
        headers=JSON,
    )
    assert answer.status_code == 200, answer.content
    return Passage.objects.get(message=int(answer.json()["message"]))


def test_a_reaction_is_laid_over_the_kept_post(cast: Cast) -> None:
    post = sent(cast.author)
    reader, other = as_(cast.colleague), as_(cast.author)
    reader.get("/")
    told = reader.post(f"/passages/{post.pk}/reactions", {"kind": "thanks", "on": "1"}, headers=JSON).json()
    assert told["mine"] == ["thanks"]
    assert 'aria-label="Thank you: 1"' in told["html"]
    for client in (reader, other):
        assert b'aria-label="Thank you: 1"' in client.get("/").content
        assert b'aria-pressed="true"' not in client.get("/").content
    own = reader.get(f"/marks.json?of={post.pk},1,x").json()
    assert own == {"reacted": {str(post.pk): ["thanks"]}, "saved": [], "unread": [str(post.pk)]}
    assert other.get(f"/marks.json?of={post.pk}").json()["reacted"] == {}
    assert as_(cast.stranger).get(f"/marks.json?of={post.pk}").json() == {
        "reacted": {},
        "saved": [],
        "unread": [],
    }
    page = other.get(f"/passages/{post.pk}/reactions").content.decode()
    assert cast.colleague.name in page
    assert as_(cast.stranger).get(f"/passages/{post.pk}/reactions").status_code == 404
    back = reader.post(f"/passages/{post.pk}/reactions", {"kind": "thanks", "on": "0"})
    assert back["Location"] == f"/passages/{post.pk}/reactions"
    assert not Reaction.objects.exists()
    assert reader.post(f"/passages/{post.pk}/reactions", {"kind": "x", "on": "1"}).status_code == 422


def test_home_asks_no_more_for_reactions(cast: Cast) -> None:
    reader = as_(cast.colleague)
    for number in range(5):
        post = sent(cast.author, f"Note {number}.")
        talk.react(by=cast.colleague, at=now(), passage_id=post.pk, kind="agree")
    reader.get("/")
    reader.get("/")
    with CaptureQueriesContext(connection) as captured:
        assert reader.get("/").content.count(b'aria-label="I agree: 1"') == 5
    assert len(captured) <= 6


def test_what_is_saved_is_found_again(cast: Cast) -> None:
    post, reader = sent(cast.author), as_(cast.colleague)
    assert b"Nothing is saved yet" in reader.get("/saved").content
    assert reader.post(f"/passages/{post.pk}/saved", {"on": "1"}, headers=JSON).json() == {"saved": True}
    assert b"The ring held." in reader.get("/saved").content
    assert b"The ring held." not in as_(cast.author).get("/saved").content
    Seat.objects.filter(person=cast.colleague, audience=post.audience_id).update(ends_at=now())
    assert b"Nothing is saved yet" in reader.get("/saved").content


def test_the_pinned_stand_on_the_page_of_the_space(cast: Cast) -> None:
    make(cast, cast.author, "owner")
    make(cast, cast.colleague, "member")
    post = sent(cast.author)
    owner = as_(cast.author)
    assert as_(cast.colleague).post(f"/passages/{post.pk}/pin", {"on": "1"}).status_code == 404
    assert b"Pin at the top" in owner.get(f"/messages/{post.message_id}").content
    assert b"Pin at the top" not in as_(cast.colleague).get(f"/messages/{post.message_id}").content
    assert owner.post(f"/passages/{post.pk}/pin", {"on": "1"}).status_code == 302
    assert b'id="pinned"' in as_(cast.colleague).get("/spaces/valve-7").content
    owner.post(f"/passages/{post.pk}/pin", {"on": "0"})
    assert b'id="pinned"' not in as_(cast.colleague).get("/spaces/valve-7").content


def test_a_question_is_asked_answered_and_filtered(cast: Cast) -> None:
    post = sent(cast.author, "Does it hold?", asks="question")
    reply = as_(cast.colleague).post(
        "/messages", {"body": "It does.", "marking": "1", "answers": str(post.pk)}, headers=JSON
    )
    answer = Passage.objects.get(message=int(reply.json()["message"]))
    make(cast, cast.colleague, "member")
    asker, reader = as_(cast.author), as_(cast.colleague)
    assert b"Does it hold?" in reader.get("/spaces/valve-7?show=open").content
    assert b"Accept as the answer" in asker.get(f"/messages/{post.message_id}").content
    assert b"Accept as the answer" not in reader.get(f"/messages/{post.message_id}").content
    live = f"/live/since?scope=thread:{post.pk}"
    assert "Accept as the answer" in asker.get(live).json()["items"][0]["html"]
    assert "Accept as the answer" not in reader.get(live).json()["items"][0]["html"]
    assert reader.post(f"/passages/{answer.pk}/acceptance", {"on": "1"}).status_code == 404
    assert asker.post(f"/passages/{answer.pk}/acceptance", {"on": "1"}).status_code == 302
    assert b"Does it hold?" not in reader.get("/spaces/valve-7?show=open").content
    assert b"Question, answered" in reader.get("/spaces/valve-7?show=answered").content
    assert b"Accepted answer" in reader.get(f"/messages/{post.message_id}").content


def test_an_announcement_stands_on_home_until_it_is_confirmed(cast: Cast) -> None:
    make(cast, cast.author, "owner")
    make(cast, cast.colleague, "member")
    reader = as_(cast.colleague)
    assert b'value="announcement"' in as_(cast.author).get("/").content
    refused = reader.post(
        "/messages",
        {"body": "Mine.", "marking": "1", "places": "space:valve-7", "asks": "announcement"},
        headers=JSON,
    )
    assert (refused.status_code, refused.json()["error"]) == (422, "not-your-room")
    post = sent(cast.author, "The hall is closed on Friday.", asks="announcement")
    assert b"I have read this" in reader.get("/").content
    assert b"I have read this" not in as_(cast.author).get("/").content
    assert b"I have read this" not in as_(cast.stranger).get("/").content
    assert reader.post(f"/passages/{post.pk}/receipt", {"back": "home"})["Location"] == "/"
    assert b"I have read this" not in reader.get("/").content
    assert b"You have confirmed" in reader.get(f"/messages/{post.message_id}").content
    owner = as_(cast.author)
    assert b"1 of " in owner.get(f"/passages/{post.pk}/readers").content
    rows = list(csv.DictReader(io.StringIO(owner.get(f"/passages/{post.pk}/readers.csv").content.decode())))
    assert [one["name"] for one in rows if one["state"] == "read"] == [cast.colleague.name]
    for nobody in (reader, as_(cast.stranger), as_(cast.administrator)):
        assert nobody.get(f"/passages/{post.pk}/readers").status_code == 404
        assert nobody.get(f"/passages/{post.pk}/readers.csv").status_code == 404
    other = next(one["name"] for one in rows if one["state"] == "unread")
    slug = Person.objects.get(name=other).slug
    empty = owner.post(f"/passages/{post.pk}/readers/exemption", {"person": slug, "why": ""})
    assert empty.status_code == 422
    owner.post(f"/passages/{post.pk}/readers/exemption", {"person": slug, "why": "On leave."})
    assert b"On leave." in owner.get(f"/passages/{post.pk}/readers").content
    assert owner.post(f"/passages/{post.pk}/readers/reminder").status_code == 302
    assert owner.post(f"/passages/{post.pk}/readers/reminder").status_code == 409


def test_an_announcement_taken_back_leaves_home_at_once(cast: Cast) -> None:
    make(cast, cast.author, "owner")
    post = sent(cast.author, "The hall is closed on Friday.", asks="announcement")
    reader = as_(cast.colleague)
    assert b"The hall is closed" in reader.get("/").content
    as_(cast.author).post(f"/passages/{post.pk}/recall", {"why": "It is open."})
    assert b"The hall is closed" not in reader.get("/").content


def test_a_poll_is_written_checked_and_voted_in(cast: Cast) -> None:
    fields = {"asks": "poll", "options": "Monday\nTuesday\n"}
    checked = as_(cast.author).post(
        "/compose/check",
        {
            "body": "When?",
            "marking": "1",
            "places": "space:everyone",
            "asks": "poll",
            "options": "CUI//SP\nb",
        },
        headers=JSON,
    )
    assert "finding" in checked.json()["findings"]
    post = sent(cast.author, "When do we meet?", **fields)
    reader = as_(cast.colleague)
    page = reader.get(f"/messages/{post.message_id}").content
    assert b'name="option"' in page
    assert b"<table" not in page
    assert reader.post(f"/passages/{post.pk}/votes", {"option": "2"}).status_code == 302
    page = reader.get(f"/messages/{post.message_id}").content
    assert b'name="option"' not in page
    assert b"1 of 1" in page
    again = reader.post(f"/passages/{post.pk}/votes", {"option": "1"}, headers=JSON)
    assert (again.status_code, again.json()["error"]) == (409, "has-voted")
    bad = as_(cast.author).post(
        "/messages",
        {"body": "When?", "marking": "1", "places": "space:valve-7", "asks": "poll", "options": "One"},
        headers=JSON,
    )
    assert (bad.status_code, bad.json()["error"]) == (422, "bad-poll")


def test_the_same_verbs_for_machines(cast: Cast) -> None:
    client = as_(cast.author)
    told = client.post(
        "/api/v1/messages",
        {"body": "When?", "places": ["space:valve-7"], "asks": "poll", "options": ["Monday", "Tuesday"]},
        content_type="application/json",
    )
    passage = told.json()["passages"][0]["id"]
    reader = as_(cast.colleague)
    base = f"/api/v1/passages/{passage}"
    assert reader.get(f"{base}/poll").json()["results"] is None
    voted = reader.post(f"{base}/votes", {"options": [1]}, content_type="application/json").json()
    assert [one["count"] for one in voted["results"]] == [1, 0]
    given = reader.post(f"{base}/reactions", {"kind": "agree"}, content_type="application/json").json()
    assert [(one["kind"], one["count"], one["mine"]) for one in given["reactions"]] == [("agree", 1, True)]
    taken = reader.delete(f"{base}/reactions", {"kind": "agree"}, content_type="application/json").json()
    assert taken == {"reactions": []}
    reader.post(f"{base}/saved", {}, content_type="application/json")
    assert [one["passage"] for one in reader.get("/api/v1/saved").json()["saved"]] == [passage]
    stranger = as_(cast.stranger)
    for path in ("poll", "reactions", "readers"):
        assert stranger.get(f"{base}/{path}").status_code == 404
    for path in ("votes", "reactions", "saved", "receipt", "pin", "acceptance"):
        assert stranger.post(f"{base}/{path}", {}, content_type="application/json").status_code == 404


def test_who_is_named_is_a_link_only_where_they_hear(cast: Cast) -> None:
    sent(cast.author, "Look, @theo-mercier and @pavel-novak, `@theo-mercier`.")
    home = as_(cast.author).get("/").content.decode()
    assert (
        f'<a href="/people/theo-mercier" rel="noopener noreferrer nofollow">@{cast.colleague.name}</a>'
        in home
    )
    assert "@pavel-novak" in home
    assert "<code>@theo-mercier</code>" in home


def test_the_author_corrects_what_stands_and_readers_see_both_wordings(cast: Cast) -> None:
    post = sent(cast.author, "The ring held until Tuesday.")
    page = f"/messages/{post.message_id}"
    form = {"body": "The ring held until Thursday.", "marking": "1"}
    for other, status in ((cast.colleague, 404), (cast.stranger, 404)):
        assert as_(other).post(f"{page}/revision", form).status_code == status
        assert b"Correct what stands here" not in as_(other).get(page).content
    author, reader = as_(cast.author), as_(cast.colleague)
    assert b"Correct what stands here" in author.get(page).content
    assert author.post(f"{page}/revision", form).status_code == 302
    seen = reader.get(page).content.decode()
    assert "Earlier words" in seen
    assert "until Thursday" in seen
    assert "until Tuesday" in seen
    home = reader.get("/").content.decode()
    assert "until Thursday" in home
    assert "until Tuesday" not in home
    assert f'<a href="{page}#before">changed' in home
    refused = author.post(f"{page}/revision", form | {"body": "DISTRIBUTION STATEMENT D: not for all."})
    assert refused.status_code == 422
    assert b"not for all." in refused.content
    assert b"until Thursday" in reader.get(page).content
    # Under another marking it would be heard by others.
    assert author.post(f"{page}/revision", form | {"marking": "2"}).status_code == 409
