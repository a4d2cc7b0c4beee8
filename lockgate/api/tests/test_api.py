"""The API as machines meet it: one document, scopes, limits, keys, cursors, one shape of refusal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from lockgate.api import limits
from lockgate.api.openapi import document, routes
from lockgate.api.tests.machine import Machine
from lockgate.base.clock import now, rfc3339
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.people.models import AccessToken, Person
from lockgate.people.operations import let_go, make_bot
from lockgate.people.types import SCOPES
from lockgate.spaces.operations import seat
from lockgate.spaces.queries import place

pytestmark = pytest.mark.django_db
_SLOT = re.compile(r"<(?:\w+:)?(\w+)>")
WORDS = {"body": "The seal holds at 40 bar.", "places": ["space:valve-7"]}


@pytest.fixture(autouse=True)
def counts_begin_anew() -> None:
    limits.forget()


def test_the_document_knows_every_route_and_every_route_is_in_it() -> None:
    patterns = get_resolver("lockgate.api.urls").url_patterns
    resolved = {
        "/" + _SLOT.sub(lambda slot: "{" + slot[1] + "}", str(one.pattern))
        for one in patterns
        if isinstance(one, URLPattern)
    }
    told = document()["paths"]
    assert resolved == set(told)
    assert all(verbs for _route, verbs in routes())
    ids = [
        verb["operationId"]
        for path in told.values()
        for method, verb in path.items()
        if method != "parameters"
    ]
    assert len(ids) == len(set(ids))


def test_every_verb_says_what_it_takes_and_gives() -> None:
    for route, verbs in routes():
        for method, verb in verbs.items():
            if not verb.is_declared:
                continue
            assert verb.summary, (route, method)
            assert verb.scope in {*SCOPES, ""}, (route, method)
            if route != "openapi.json":
                assert verb.gives != {"type": "object"}, (route, method)


def test_a_conversation_by_machine_is_as_the_document_says(cast: Cast, at: datetime) -> None:
    author, colleague = Machine(cast.author, at), Machine(cast.colleague, at)
    assert author.ask("GET", "me").json()["slug"] == "nadia-roux"
    assert author.ask("POST", "check", WORDS).json()["outcome"] == "allow"
    sent = author.ask("POST", "messages", WORDS).json()
    passage = sent["passages"][0]["id"]
    answered = colleague.ask("POST", "messages", {"body": "At 60 too.", "answers": passage})
    assert answered.status_code == 201
    for path in (
        "openapi.json", "places", "spaces", "spaces/valve-7", "spaces/valve-7/posts", "spaces/valve-7/seats",
        "spaces/valve-7/pinned", "spaces/valve-7/questions", "feed", "people/theo-mercier", "search?q=seal",
        "search?q=seal&order=best", f"messages/{sent['id']}", f"passages/{passage}", f"passages/{passage}/answers",
        f"passages/{passage}/reactions", "saved",
    ):  # fmt: skip
        assert colleague.ask("GET", path).status_code == 200, path
    assert colleague.ask("POST", f"passages/{passage}/reactions", {"kind": "thanks"}).status_code == 200
    assert colleague.ask("POST", f"passages/{passage}/saved").json() == {"saved": True}
    assert colleague.ask("GET", "saved").json()["saved"][0]["passage"] == passage
    assert author.ask("POST", f"passages/{passage}/recall", {"why": "Wrong."}).json()["state"] == "recalled"
    assert colleague.ask("GET", f"passages/{passage}").status_code == 404
    asked = author.ask("POST", "messages", {**WORDS, "asks": "poll", "options": ["40 bar", "60 bar"]}).json()
    poll = asked["passages"][0]["id"]
    assert colleague.ask("GET", f"passages/{poll}/poll").status_code == 200
    assert colleague.ask("POST", f"passages/{poll}/votes", {"options": [2]}).json()["voted"] is True


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("messages/77", 404, "not-found"),
        ("spaces/nowhere", 404, "not-found"),
        ("feed?limit=0", 422, "bad-input"),
        ("feed?limit=101", 422, "bad-input"),
        ("feed?cursor=AAAA", 422, "bad-input"),
        ("feed?cursor=%00", 422, "bad-input"),
        ("search?q=seal&order=dearest", 422, "bad-input"),
    ],
)
def test_a_refusal_is_problem_details(cast: Cast, at: datetime, path: str, status: int, code: str) -> None:
    answer = Machine(cast.author, at).ask("GET", path)
    said = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said["detail"]
    assert said["type"] == f"/api/v1/problems/{code}"


def test_a_scope_is_needed_and_never_adds_to_what_its_person_may(cast: Cast, at: datetime) -> None:
    reader = Machine(cast.author, at, ("read",))
    assert reader.ask("GET", "feed").status_code == 200
    refused = reader.ask("POST", "messages", WORDS)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")
    assert 'scope="post"' in refused.headers["WWW-Authenticate"]
    stranger = Machine(cast.stranger, at)
    assert stranger.ask("POST", "messages", WORDS).status_code == 404
    assert Message.objects.count() == 0


def test_a_token_that_is_over_or_whose_person_left_speaks_for_nobody(cast: Cast, at: datetime) -> None:
    machine = Machine(cast.author, at)
    AccessToken.objects.update(ends_at=at + timedelta(days=1))
    AccessToken.objects.update(ends_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert machine.ask("GET", "me").status_code == 401
    other = Machine(cast.colleague, at)
    let_go(by=None, at=at, person=cast.colleague)
    assert other.ask("GET", "me").status_code == 401


def test_too_many_requests_are_told_when_to_come_back(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BY_TOKEN", 2)
    machine, other = Machine(cast.author, at), Machine(cast.author, at)
    assert machine.ask("GET", "me").headers["RateLimit"].startswith('"api";r=1;')
    assert machine.ask("GET", "me").status_code == 200
    refused = machine.ask("GET", "me")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert other.ask("GET", "me").status_code == 200


def test_a_key_makes_a_write_happen_once(cast: Cast, at: datetime) -> None:
    machine = Machine(cast.author, at)
    first = machine.ask("POST", "messages", WORDS, **{"Idempotency-Key": "a-1"})
    again = machine.ask("POST", "messages", WORDS, **{"Idempotency-Key": "a-1"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Message.objects.count() == 1
    other = machine.ask("POST", "messages", {**WORDS, "body": "Else."}, **{"Idempotency-Key": "a-1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert Message.objects.count() == 1
    # A key is its person's own: another one's is another key.
    theirs = Machine(cast.colleague, at).ask("POST", "messages", WORDS, **{"Idempotency-Key": "a-1"})
    assert theirs.status_code == 201
    assert Message.objects.count() == 2


def test_a_refusal_is_kept_with_its_key_too(cast: Cast, at: datetime) -> None:
    machine = Machine(cast.author, at)
    said = {"body": "Words.", "places": ["space:nowhere"]}
    first = machine.ask("POST", "messages", said, **{"Idempotency-Key": "b-1"})
    again = machine.ask("POST", "messages", said, **{"Idempotency-Key": "b-1"})
    assert (first.status_code, first.content) == (404, again.content)
    assert "Idempotency-Replayed" in again.headers
    assert machine.ask("POST", "messages", WORDS, **{"Idempotency-Key": ""}).status_code == 422


def test_a_key_that_failed_is_free_again(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(cast.author, at)

    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as broken:
        broken.setattr("lockgate.api.words.submitted", fail)
        answer = machine.client.post(
            "/api/v1/messages",
            WORDS,
            content_type="application/json",
            headers={"Authorization": f"Bearer {machine.token}", "Idempotency-Key": "c-1"},
        )
        assert answer.status_code == 500
    assert Message.objects.count() == 0
    assert machine.ask("POST", "messages", WORDS, **{"Idempotency-Key": "c-1"}).status_code == 201


def test_cursors_walk_a_list_whole_and_belong_to_it(cast: Cast, at: datetime) -> None:
    machine = Machine(cast.author, at)
    sent = [machine.ask("POST", "messages", {**WORDS, "body": f"Word {n}."}).json()["id"] for n in range(5)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = machine.ask("GET", f"feed?limit=2&cursor={cursor}").json()
        seen += [one["message"] for one in page["posts"]]
        assert len(page["posts"]) <= 2
        cursor = page["next"]
    assert seen == sent[::-1]
    foreign = machine.ask("GET", "feed?limit=2").json()["next"]
    assert machine.ask("GET", f"spaces/valve-7/posts?cursor={foreign}").status_code == 422


def test_a_bot_speaks_as_itself_where_it_sits_while_its_owner_is_here(cast: Cast, at: datetime) -> None:
    bot = make_bot(by=cast.author, at=at, name="Bench")
    machine = Machine(bot, at)
    assert machine.ask("POST", "messages", WORDS).status_code == 404
    seat(by=cast.author, at=at, person=bot, audience_id=place(cast.author, "valve-7", at).audience_id)
    sent = machine.ask("POST", "messages", WORDS)
    assert sent.status_code == 201
    shown = Machine(cast.colleague, at).ask("GET", f"passages/{sent.json()['passages'][0]['id']}").json()
    assert shown["author"]["bot"] is True
    client = Client()
    client.force_login(cast.colleague, backend="lockgate.people.door.Door")
    assert ">bot</span>" in client.get("/spaces/valve-7").content.decode()
    Person.objects.filter(pk=cast.author.pk).update(is_active=False)
    assert machine.ask("GET", "me").status_code == 401


def test_the_page_makes_shows_once_and_ends(cast: Cast, at: datetime) -> None:
    client = Client()
    client.force_login(cast.author, backend="lockgate.people.door.Door")
    made = client.post("/tokens", {"name": "Bench", "scopes": ["read"], "days": "30"}).content.decode()
    token = re.search(r"lgt_[\w-]+", made)
    assert token is not None
    assert token[0] not in client.get("/tokens").content.decode()
    headers = {"Authorization": f"Bearer {token[0]}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 200
    row = AccessToken.objects.get()
    assert (row.name, row.scopes) == ("Bench", ["read"])
    assert token[0] not in row.digest
    other = Client()
    other.force_login(cast.colleague, backend="lockgate.people.door.Door")
    assert other.post(f"/tokens/{row.pk}/end").status_code == 404
    client.post(f"/tokens/{row.pk}/end")
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert client.post("/tokens", {"name": "Bench"}).status_code == 422


def test_boosts_and_quotes_are_as_the_document_says(cast: Cast, at: datetime) -> None:
    author, colleague, stranger = (Machine(one, at) for one in (cast.author, cast.colleague, cast.stranger))
    said = author.ask("POST", "messages", {**WORDS, "places": ["space:everyone"]}).json()
    original = said["passages"][0]["id"]
    made = colleague.ask("POST", f"passages/{original}/boosts", {"place": "space:valve-7"}).json()
    assert (made["post"], [one["place"] for one in made["boosts"]]) == (original, ["space:valve-7"])
    assert "space:valve-7" in made["may_go_to"]
    assert stranger.ask("GET", f"passages/{original}/boosts").json()["boosts"] == []
    quote = {"body": "This is ours too.", "places": ["space:valve-7"], "shows": original}
    quoted = colleague.ask("POST", "messages", quote).json()["passages"][0]["id"]
    feed = author.ask("GET", "spaces/valve-7/posts").json()["posts"]
    assert [(one["boost"], one["body"], one["shown"]["body"]) for one in feed] == [
        (False, "This is ours too.", WORDS["body"]),
        (True, "", WORDS["body"]),
    ]
    inside = author.ask("POST", "messages", WORDS).json()["passages"][0]["id"]
    refused = author.ask("POST", f"passages/{inside}/boosts", {"place": "space:everyone"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-showable")
    refused = author.ask("POST", "messages", {**WORDS, "places": ["space:everyone"], "shows": inside})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-showable")
    answers = {**WORDS, "answers": inside, "shows": original}
    assert author.ask("POST", "messages", answers).status_code == 201
    (below,) = colleague.ask("GET", f"passages/{inside}/answers").json()["answers"]
    assert (below["shown"]["passage"], below["shown"]["body"]) == (original, WORDS["body"])
    refused = author.ask("POST", "messages", {**WORDS, "answers": original, "shows": inside})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-showable")
    assert author.ask("GET", f"passages/{original}/answers").json()["answers"] == []
    for nobody in (inside, "1"):
        assert stranger.ask("POST", f"passages/{nobody}/boosts", {}).status_code == 404
    gone = colleague.ask("DELETE", f"passages/{original}/boosts", {}).json()
    assert gone["boosts"] == []
    author.ask("POST", f"passages/{original}/recall", {"why": "Wrong."})
    assert author.ask("GET", f"passages/{quoted}").json()["shown"] is None
    (below,) = author.ask("GET", f"passages/{inside}/answers").json()["answers"]
    assert below["shown"] is None


def test_what_is_scheduled_goes_at_another_time_for_its_author_alone(cast: Cast, at: datetime) -> None:
    author, colleague = Machine(cast.author, at), Machine(cast.colleague, at)
    first, second = (rfc3339(now() + timedelta(hours=hours)) for hours in (3, 4))
    sent = author.ask("POST", "messages", {**WORDS, "deliver_at": first}).json()
    address = f"passages/{sent['passages'][0]['id']}/time"
    assert author.ask("POST", address, {"deliver_at": second}).json() == {"deliver_at": second}
    (passage,) = author.ask("GET", f"messages/{sent['id']}").json()["passages"]
    assert passage["deliver_at"] == second
    assert colleague.ask("POST", address, {"deliver_at": first}).status_code == 404
    for wrong in ({}, {"deliver_at": "soon"}, {"deliver_at": rfc3339(now() - timedelta(hours=1))}):
        assert author.ask("POST", address, wrong).status_code == 422, wrong
