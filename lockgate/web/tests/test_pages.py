"""Pages as each of the cast: what they show, what they refuse, and what Home costs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lockgate.approvals import queries as approvals
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.people.models import Person

pytestmark = pytest.mark.django_db

INSIDE = ["/people", "/channels", "/channels/blog", "/policy", "/policy/standards", "/policy/standards/1"]


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(
    cast: Cast, words: str = "The ring held.", *places: str, by: str = "author", marking: int = 1
) -> int:
    return gateway.submit(
        by=getattr(cast, by), at=now(), body=words, marking=marking, places=places or ("space:valve-7",)
    ).message_id


@pytest.mark.parametrize("path", ["/", "/people", "/approvals", "/archive", "/messages/1", "/spaces/valve-7"])
def test_who_is_not_signed_in_is_sent_to_the_door_and_back(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == (
        "/sign-in" if path == "/" else f"/sign-in?next=%2F{path[1:].replace('/', '%2F')}"
    )
    told = Client().get(path, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["error"]) == (401, "sign-in-first")


def test_home_costs_six_queries_however_much_there_is(cast: Cast) -> None:
    client = as_(cast.author)
    for number in range(40):
        said(cast, f"Line {number}")
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/")
    assert len(asked) <= 6, [one["sql"][:90] for one in asked.captured_queries]
    assert answer.content.count(b'class="post ') == 30
    assert b"Line 39" in answer.content


def test_home_shows_each_what_they_hear(cast: Cast) -> None:
    said(cast, "For the project alone.")
    said(cast, "For the whole house.", "space:everyone")
    home = {slug: as_(getattr(cast, slug)).get("/").content for slug in ("colleague", "stranger", "guest")}
    assert b"For the project alone." in home["colleague"]
    assert b"For the project alone." not in home["stranger"]
    assert b"For the whole house." in home["stranger"]
    assert b"For the whole house." not in home["guest"]


def test_a_kept_page_never_shows_another_reader(cast: Cast) -> None:
    """The frame is kept by person; the same address for the next reader is theirs."""
    first, second = as_(cast.author).get("/").content, as_(cast.guest).get("/").content
    assert cast.author.name.encode() in first
    assert cast.author.name.encode() not in second
    assert b"/channels" not in second


def test_an_ended_seat_leaves_the_rail_at_the_very_next_page(cast: Cast) -> None:
    from lockgate.spaces.models import Seat

    client = as_(cast.colleague)
    assert b'href="/spaces/valve-7"' in client.get("/").content
    Seat.objects.filter(person=cast.colleague, audience=cast.audiences["valve-7"]).update(ends_at=now())
    assert b'href="/spaces/valve-7"' not in client.get("/").content


@pytest.mark.parametrize("path", INSIDE)
def test_an_employee_reads_what_a_guest_does_not_find(cast: Cast, path: str) -> None:
    assert as_(cast.stranger).get(path).status_code == 200
    if path != "/people":
        assert as_(cast.guest).get(path).status_code == 404


def test_missing_and_forbidden_look_the_same(cast: Cast) -> None:
    number = said(cast)
    client = as_(cast.stranger)
    forbidden = client.get(f"/messages/{number}")
    missing = client.get("/messages/123456789")
    assert forbidden.status_code == missing.status_code == 404

    def without_token(html: bytes) -> str:
        import re

        return re.sub(r'content="[^"]*"|&quot;[A-Za-z0-9]{64}&quot;|"[A-Za-z0-9]{64}"', "", html.decode())

    assert without_token(forbidden.content) == without_token(missing.content)
    assert client.get("/spaces/valve-7").status_code == client.get("/spaces/no-such").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/messages/99999999999999999999", "/?before=x", "/?before=99999999999999999999", "/live/since?after=-1"],
)
def test_numbers_that_are_none_get_a_sentence(cast: Cast, path: str) -> None:
    answer = as_(cast.author).get(path)
    assert answer.status_code in {404, 422}
    assert b"<h1>Something broke" not in answer.content


def test_compose_check_tells_who_hears_and_what_the_button_does(cast_now: Cast) -> None:
    client = as_(cast_now.author)
    given = {"body": "A quiet day.", "marking": "1", "places": ["space:valve-7"]}
    told = client.post("/compose/check", given, headers={"accept": "application/json"}).json()
    assert "colleagues" in told["who"]
    assert ">Post</button>" in told["buttons"]
    assert told["spans"] == []
    given |= {"places": ["space:valve-7", "channel:blog"], "marking": "0", "body": "Our 🔩 Valve 7 is tight."}
    told = client.post("/compose/check", given, headers={"accept": "application/json"}).json()
    assert "Send for approval" in told["buttons"]
    assert "Post inside only" in told["buttons"]
    # Code points, as the gate counts; the emoji is one.
    assert {"start": 6, "end": 13, "outcome": "hold", "grave": 3} in told["spans"]


def test_a_guest_is_named_where_they_would_hear(cast: Cast) -> None:
    seller = cast.persons["ralf-dietrich"]
    given = {"body": "Good morning.", "marking": "1", "places": ["space:resellers-dach"]}
    told = as_(seller).post("/compose/check", given, headers={"accept": "application/json"}).json()
    assert "Stefan Bauer (Bauer Armaturen)" in told["who"]
    assert 'class="primary guest"' in told["buttons"]


@pytest.mark.parametrize(
    "change",
    [
        {"marking": "seven"},
        {"deliver_at": "tomorrow"},
        {"attachments": "x"},
        {"places": "space:hidden"},
        {"deliver_at": "9999-01-01T00:00"},
        {"answers": "x"},
    ],
)
def test_bad_fields_get_a_sentence(cast: Cast, change: dict[str, str]) -> None:
    given = {"body": "Words", "marking": "1", "places": "space:valve-7"} | change
    answer = as_(cast.author).post("/messages", given, headers={"accept": "application/json"})
    assert answer.status_code in {404, 422}
    assert answer.json()["sentence"]


def test_a_refused_post_without_script_keeps_every_word(cast: Cast) -> None:
    words = "Our words stay, " + "x" * 50_001
    answer = as_(cast.author).post("/messages", {"body": words, "marking": "1", "places": "space:valve-7"})
    assert answer.status_code == 422
    assert words.encode() in answer.content


def test_a_file_comes_with_the_form_where_no_script_sends_it_before(cast: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = as_(cast.author)
    given = {"body": "The minutes.", "marking": "1", "places": "space:valve-7"}
    looked = client.post(
        "/messages", given | {"act": "look", "files": SimpleUploadedFile("m.txt", b"Hello.")}
    )
    assert b"m.txt" in looked.content
    assert b"The minutes." in looked.content
    number = looked.content.split(b'name="attachments" value="')[1].split(b'"')[0].decode()
    sent = client.post("/messages", given | {"act": "send", "attachments": number})
    assert b"m.txt" in client.get(sent["Location"]).content
    file = as_(cast.colleague).get(f"/attachments/{number}")
    assert file.content == b"Hello."
    assert file["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file["Content-Security-Policy"]
    assert as_(cast.stranger).get(f"/attachments/{number}").status_code == 404
    bad = client.post("/messages", given | {"files": SimpleUploadedFile("m.exe", b"MZ")})
    assert bad.status_code == 422
    assert b"The minutes." in bad.content


def test_what_waits_is_counted_as_it_is_listed(cast_now: Cast) -> None:
    said(cast_now, "Our Valve 7 is tight.", "channel:blog", marking=0)
    later = now() + timedelta(minutes=1)
    for person in cast_now.persons.values():
        assert approvals.waiting_count(person) == len(approvals.waiting_for(person, later)), person.slug
    assert approvals.waiting_count(cast_now.approver) == 1


def test_the_desk_shows_the_sheet_and_one_of_two_wins(cast_now: Cast) -> None:
    said(cast_now, "Our Valve 7 is tight.", "channel:blog", marking=0)
    asked = approvals.waiting_for(cast_now.approver, now())[0].request_id
    page = as_(cast_now.approver).get("/approvals").content
    assert b'<mark class="hit hold">Valve 7</mark>' in page
    empty = as_(cast_now.approver).post(f"/approvals/{asked}/sign-off", {"word": " "})
    assert empty.status_code == 422
    assert b"word of reason is missing" in empty.content
    first = as_(cast_now.approver).post(f"/approvals/{asked}/sign-off", {"word": "Fine."})
    assert first.status_code == 302
    second = as_(cast_now.deputy).post(f"/approvals/{asked}/rejection", {"word": "Not so."})
    assert second.status_code == 409
    assert cast_now.approver.name.encode() in second.content
    for nobody in (cast_now.author, cast_now.stranger, cast_now.guest):
        assert as_(nobody).post(f"/approvals/{asked}/sign-off", {"word": "x"}).status_code in {404, 409}


def test_since_gives_what_is_new_and_takes_away_what_is_gone(cast: Cast) -> None:
    reader = as_(cast.colleague)
    said(cast, "Before.")
    newest = reader.get("/live/since?after=0").json()["newest"]
    assert reader.get(f"/live/since?after={newest}").json()["items"] == []
    number = said(cast, "After.")
    told = reader.get(f"/live/since?after={newest}").json()
    assert [one["author"] for one in told["items"]] == [cast.author.slug]
    assert "After." in told["items"][0]["html"]
    passage = told["items"][0]["id"]
    assert as_(cast.stranger).get("/live/since?after=0").json()["items"] == []
    assert as_(cast.stranger).get(f"/live/since?look={passage}").json()["gone"] == [passage]
    gateway.recall(by=cast.author, at=now(), passage_id=int(passage), why="too early")
    assert reader.get(f"/live/since?after={told['newest']}&look={passage}").json()["gone"] == [passage]
    assert as_(cast.author).get(f"/messages/{number}").status_code == 200


def test_a_secret_never_comes_back_to_a_page(cast: Cast) -> None:
    given = {
        "connector": "wordpress",
        "name": "Second blog",
        "field-base_url": "https://blog.example",
        "field-handle": "halden",
        "field-app_password": "very secret words",
        "desk": "no-such-desk",
        "language": "xx",
    }
    client = as_(cast.approver)
    answer = client.post("/channels/accounts", given)
    assert b"very secret words" not in answer.content
    for path in ("/channels", "/channels?open=wordpress"):
        assert b"very secret words" not in client.get(path).content


def test_only_those_with_the_duty_are_offered_it(cast: Cast) -> None:
    assert as_(cast.policy_author).get("/policy/standards/proposal").status_code == 200
    assert as_(cast.author).get("/policy/standards/proposal").status_code == 404
    assert b"Open an account" in as_(cast.approver).get("/channels").content
    assert b"Open an account" not in as_(cast.author).get("/channels").content
    assert as_(cast.author).get("/archive").status_code == 404
    assert as_(cast.supervisor).get("/archive").status_code == 200


def test_a_pack_is_tried_proposed_signed_and_put_in_force(cast: Cast) -> None:
    from lockgate.policy.queries import versions

    author, reviewer = as_(cast.policy_author), as_(cast.supervisor)
    source = versions("standards")[0].source
    broken = author.post(
        "/policy/standards/proposal", {"source": source + "\nnonsense: 1\n", "act": "propose"}
    )
    assert broken.status_code == 422
    assert b"Line " in broken.content
    assert b"nonsense: 1" in broken.content
    changed = source.replace("title: Content standards", "title: Content standards anew")
    tried = author.post("/policy/standards/proposal", {"source": changed, "text": "A quiet day."})
    assert b"+title: Content standards anew" in tried.content
    made = author.post("/policy/standards/proposal", {"source": changed, "act": "propose"})
    assert made["Location"] == "/policy/standards/2"
    assert author.post("/policy/standards/2/review", {"word": "mine"}).status_code in {403, 409}
    assert author.post("/policy/standards/2/publication").status_code == 409
    assert reviewer.post("/policy/standards/2/review", {"word": "Read."}).status_code == 302
    assert author.post("/policy/standards/2/publication").status_code == 302
    assert b"Content standards anew" in as_(cast.author).get("/policy").content
    assert as_(cast.author).post("/policy/standards/2/publication").status_code == 403


def test_the_public_feed_needs_no_sign_in_and_sets_no_cookie(cast: Cast) -> None:
    answer = Client().get("/feed.atom")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert not answer.cookies
    again = Client().get("/feed.atom", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/feeds/feed").status_code == 200
    assert Client().get("/feeds/blog").status_code == 404
    assert Client().get("/feeds/feed/00000000-0000-0000-0000-000000000000").status_code == 404


def test_healthz_tells_readiness_without_a_session(cast: Cast) -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    assert not answer.cookies


def test_a_refusal_has_the_shape_that_was_asked_for(cast: Cast) -> None:
    client = as_(cast.author)
    told = client.get("/messages/1", headers={"accept": "application/json"})
    assert json.loads(told.content)["error"] == "not-found"
    part = client.get("/messages/1", headers={"hx-request": "true"})
    assert b"<html" not in part.content
    assert b'role="alert"' in part.content
    assert b"<h1>" in client.get("/messages/1").content


def test_the_language_is_ones_own(cast: Cast) -> None:
    client = as_(cast.author)
    assert client.post("/language", {"language": "de"}).status_code == 302
    assert b'<html lang="de">' in client.get("/").content
    assert client.post("/language", {"language": "xx"}).status_code == 422
    asked = Client().get("/sign-in", headers={"accept-language": "fr"})
    assert b'<html lang="fr">' in asked.content
