"""OAuth 2: what lets an app in and what does not, side by side."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.demo.cast import PASSWORD, Cast
from lockgate.mastodon import operations, queries, rules
from lockgate.mastodon.models import App, Code, Token
from lockgate.mastodon.operations import GrantRefused
from lockgate.mastodon.tests.client import OOB, challenge, client_for, code_for

pytestmark = pytest.mark.django_db
VERIFIER = "v" * 64
NAMED = {"client_name": "Tusk", "redirect_uris": "tusk://back", "scopes": "read write"}


def registered(**more: Any) -> dict[str, Any]:
    answer = Client().post("/api/v1/apps", {**NAMED, **more})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def grant(app: dict[str, Any], code: str, **more: str) -> Any:
    fields = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "redirect_uri": "tusk://back",
        "code": code,
        **more,
    }
    return Client().post("/oauth/token", fields)


@pytest.mark.parametrize("how", ["query", "form", "multipart", "json"])
def test_an_app_registers_in_each_of_four_ways(how: str, db: None) -> None:
    """Ice Cubes sends everything in the query string, with no body and no type."""
    client = Client()
    if how == "query":
        answer = client.generic(
            "POST",
            "/api/v1/apps?client_name=Ice&redirect_uris=icecubesapp://&scopes=read+write+follow+push",
            "",
        )
    elif how == "form":
        answer = client.post(
            "/api/v1/apps",
            "client_name=Ice&redirect_uris=icecubesapp://&scopes=read%20write%20follow%20push",
            content_type="application/x-www-form-urlencoded",
        )
    elif how == "multipart":
        answer = client.post(
            "/api/v1/apps",
            {"client_name": "Ice", "redirect_uris": "icecubesapp://", "scopes": "read write follow push"},
        )
    else:
        answer = client.post(
            "/api/v1/apps",
            json.dumps(
                {
                    "client_name": "Ice",
                    "redirect_uris": ["icecubesapp://"],
                    "scopes": "read write follow push",
                }
            ),
            content_type="application/json",
        )
    said = answer.json()
    assert answer.status_code == 200, said
    assert said["name"] == "Ice"
    assert said["redirect_uris"] == ["icecubesapp://"]
    assert said["scopes"] == ["read", "write", "follow", "push"]
    assert App.objects.get(client_id=said["client_id"]).secret_digest != said["client_secret"]


@pytest.mark.parametrize(
    "more",
    [
        {"redirect_uris": "https://elk.example/back"},
        {"redirect_uris": "javascript:alert(1)"},
        {"redirect_uris": ""},
        {"client_name": ""},
        {"scopes": "read admin:write"},
    ],
)
def test_what_does_not_register(more: dict[str, str], db: None) -> None:
    answer = Client().post("/api/v1/apps", {**NAMED, **more})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not App.objects.exists()


def test_a_web_client_is_let_in_where_an_administrator_named_it(db: None, settings: Any) -> None:
    settings.APP_ORIGINS = ["https://elk.example"]
    assert registered(redirect_uris="https://elk.example/back")["client_id"]


def test_code_and_verifier_make_a_token_once(cast: Cast) -> None:
    app = registered()
    code = code_for(
        cast.author,
        app["client_id"],
        scope="read",
        uri="tusk://back",
        state="abc",
        code_challenge=challenge(VERIFIER),
        code_challenge_method="S256",
    )
    assert grant(app, code).json()["error"] == "invalid_grant"
    assert grant(app, code, code_verifier="w" * 64).json()["error"] == "invalid_grant"
    assert grant(app, code, code_verifier=VERIFIER, redirect_uri=OOB).status_code == 400
    assert grant(app, code, code_verifier=VERIFIER, client_secret="x" * 20).status_code == 401
    said = grant(app, code, code_verifier=VERIFIER).json()
    assert said["token_type"] == "Bearer"
    assert said["scope"] == "read"
    token = said["access_token"]
    assert not Token.objects.filter(digest=token).exists()
    assert queries.speaker(token, now()) is not None
    # A code that comes again was stolen: what it gave ends.
    assert grant(app, code, code_verifier=VERIFIER).status_code == 400
    assert queries.speaker(token, now()) is None
    actions = list(Entry.objects.filter(action__startswith="mastodon").values_list("action", flat=True))
    assert sorted(actions) == ["mastodon.access.ended", "mastodon.app.allowed"]


def test_a_code_is_good_for_five_minutes_and_for_the_password_of_then(cast: Cast) -> None:
    made = operations.register(at=now(), name="x", redirect_uris=[OOB], scopes=["read"], website="").app
    at = now()
    late = operations.allow(by=cast.author, at=at, app=made, redirect_uri=OOB, scopes=["read"], challenge="")
    with pytest.raises(GrantRefused):
        operations.exchange(at=at + timedelta(minutes=6), app=made, code=late, redirect_uri=OOB, verifier="")
    Code.objects.update(seal="another")
    with pytest.raises(GrantRefused):
        operations.exchange(at=at, app=made, code=late, redirect_uri=OOB, verifier="")


@pytest.mark.parametrize(
    "more",
    [
        {"redirect_uri": "tusk://elsewhere"},
        {"client_id": "never-was-here"},
        {"scope": "read write follow push"},
        {"code_challenge": "short", "code_challenge_method": "S256"},
        {"code_challenge": "a" * 43, "code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
)
def test_the_page_asks_for_nothing_that_was_not_registered(more: dict[str, str], cast: Cast) -> None:
    app = registered()
    browser = Client()
    browser.force_login(cast.author)
    asked = {
        "client_id": app["client_id"],
        "redirect_uri": "tusk://back",
        "response_type": "code",
        "scope": "read",
    }
    assert browser.get("/oauth/authorize", asked).status_code == 200
    answer = browser.get("/oauth/authorize", {**asked, **more})
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert browser.post("/oauth/authorize", {**asked, **more, "answer": "allow"}).status_code == 400


def test_a_person_may_say_no_and_who_is_not_signed_in_signs_in_first(cast: Cast) -> None:
    app = registered()
    asked = {
        "client_id": app["client_id"],
        "redirect_uri": "tusk://back",
        "response_type": "code",
        "scope": "read",
        "state": "s" * 300,
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    browser = Client()
    first = browser.get("/oauth/authorize", asked)
    assert first.status_code == 302
    door = urlsplit(first.headers["Location"])
    assert door.path == "/sign-in"
    back = parse_qs(door.query)["next"][0]
    came = browser.post("/sign-in", {"email": cast.author.email, "password": PASSWORD, "next": back})
    assert came.headers["Location"] == back
    page = browser.get(back)
    assert "Tusk" in page.content.decode()
    assert "form-action 'self' tusk:" in page.headers["Content-Security-Policy"]
    said = browser.post("/oauth/authorize", {**asked, "answer": "refuse"})
    assert parse_qs(urlsplit(said.headers["Location"]).query)["error"] == ["access_denied"]
    assert not Code.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/oauth/authorize", {**asked, "answer": "allow"}).status_code == 403


def test_an_app_alone_hears_nothing(db: None) -> None:
    app = registered()
    said = Client().post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "scope": "read",
        },
    )
    token = {"Authorization": f"Bearer {said.json()['access_token']}"}
    assert Client().get("/api/v1/apps/verify_credentials", headers=token).json()["name"] == "Tusk"
    for address in ("timelines/home", "timelines/public", "accounts/verify_credentials", "lists"):
        assert Client().get(f"/api/v1/{address}", headers=token).status_code == 401


def test_passwords_are_taken_on_our_own_page_alone(cast: Cast) -> None:
    app = registered()
    answer = Client().post(
        "/oauth/token",
        {
            "grant_type": "password",
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "username": cast.author.email,
            "password": "valves-and-seals-2026",
        },
    )
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"


def test_tokens_are_given_back_and_taken_back(cast: Cast) -> None:
    nadia = client_for(cast.author, ("read",))
    browser = Client()
    browser.force_login(cast.author)
    page = browser.get("/apps").content.decode()
    assert "A test" in page
    token = Token.objects.get(person=cast.author)
    stranger = Client()
    stranger.force_login(cast.stranger)
    assert stranger.post(f"/apps/{token.pk}/end").status_code == 404
    assert nadia.me().username == "nadia-roux"
    assert browser.post(f"/apps/{token.pk}/end").status_code == 302
    with pytest.raises(Exception, match="invalid"):
        nadia.me()
    again = client_for(cast.author, ("read",))
    again.revoke_access_token()
    assert not queries.connected(cast.author, now())


def test_a_scope_that_was_not_given_is_refused(cast: Cast) -> None:
    nadia = client_for(cast.author, ("read",))
    with pytest.raises(Exception, match="scopes"):
        nadia.status_post("Good morning.")


def test_the_servers_own_word(db: None) -> None:
    said = Client().get("/.well-known/oauth-authorization-server").json()
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert set(said["scopes_supported"]) == set(rules.SCOPES)
