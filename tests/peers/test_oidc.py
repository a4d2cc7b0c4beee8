"""Signing in by a real OpenID provider, and what is not believed of it."""

from __future__ import annotations

import base64
import hmac
import html
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.signin import oidc
from lockgate.signin.models import Identity
from lockgate.signin.operations import begin_totp, confirm_totp
from lockgate.signin.tests.test_second_factor import STEP, code
from lockgate.spaces.models import Seat
from tests.peers.conftest import _start
from tools.peers import oidc as oidc_peer
from tools.peers.peer import Peer

BACK = "http://testserver/sign-in/oidc/return"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    yield from _start(oidc_peer.start, tmp_path_factory, "oidc")


@pytest.fixture
def on(provider: Peer, settings: Any, cast: Cast) -> Any:
    settings.OIDC_ISSUER = provider.account["issuer"]
    settings.OIDC_CLIENT_ID = provider.account["client_id"]
    settings.OIDC_CLIENT_SECRET = provider.account["client_secret"]
    settings.OIDC_KEYS_SECONDS = 0.0
    oidc._provider.forget()
    return settings


def at_the_provider(begun: str, name: str) -> str:
    """What a browser does there: the login form, the consent, and back with the code."""
    with httpx2.Client(follow_redirects=False) as browser:
        answer = browser.get(begun)
        for _one in range(10):
            if answer.status_code in {302, 303}:
                where = urljoin(str(answer.url), answer.headers["location"])
                if where.startswith(BACK):
                    return where
                answer = browser.get(where)
                continue
            form = re.search(r'<form[^>]*action="([^"]*)"', answer.text)
            assert form, answer.text[:500]
            fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', answer.text))
            answer = browser.post(
                urljoin(str(answer.url), html.unescape(form[1])),
                data={**fields, "login": name, "password": "x"},
            )
    raise AssertionError("the provider sent nobody back")


def come(name: str, client: Client | None = None, target: str = "/saved") -> tuple[Client, Any, str]:
    client = client or Client()
    begun = client.get("/sign-in/oidc", {"next": target})
    assert begun.status_code == 302, begun.content
    where = at_the_provider(begun.headers["Location"], name)
    parts = urlsplit(where)
    return client, client.get(f"{parts.path}?{parts.query}"), where


def is_in(client: Client) -> bool:
    return client.get("/people").status_code == 200


def test_an_address_that_was_verified_opens_the_account_if_the_administrator_says_so(
    on: Any, cast: Cast
) -> None:
    client, answer, _where = come("nadia.roux")
    assert answer.status_code == 403
    assert not is_in(client)
    on.OIDC_LINK = True
    client, answer, where = come("nadia.roux")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/saved")
    assert is_in(client)
    assert Identity.objects.get().person == cast.author
    parts = urlsplit(where)
    replayed = client.get(f"{parts.path}?{parts.query}")
    assert replayed.status_code == 422
    # Known by name from then on, whatever becomes of the setting and of the address.
    on.OIDC_LINK = False
    Person.objects.filter(pk=cast.author.pk).update(email="n.roux@haldenvalve.example")
    assert come("nadia.roux")[1].status_code == 302


def test_an_address_that_nobody_verified_opens_nothing(on: Any, cast: Cast) -> None:
    on.OIDC_LINK = on.OIDC_JOIN = True
    for name in ("un-nadia.roux@haldenvalve.example", "un-new.one@haldenvalve.example"):
        client, answer, _where = come(name)
        assert answer.status_code == 403
        assert not is_in(client)
    assert not Identity.objects.exists()


def test_a_guests_address_opens_nothing_and_who_left_stays_out(on: Any, cast: Cast, at: Any) -> None:
    on.OIDC_LINK = on.OIDC_JOIN = True
    assert come(cast.guest.email)[1].status_code == 403
    assert come("theo.mercier")[1].status_code == 302
    let_go(by=None, at=at, person=cast.colleague)
    left = come("theo.mercier")[1]
    nobody = come("un-who@haldenvalve.example")[1]
    assert left.status_code == nobody.status_code == 403
    assert Person.objects.filter(email=cast.colleague.email).count() == 1


def test_somebody_new_joins_only_if_the_administrator_says_so(on: Any, cast: Cast) -> None:
    assert come("lena.vogt")[1].status_code == 403
    on.OIDC_JOIN = True
    client, answer, _where = come("lena.vogt")
    assert answer.status_code == 302
    lena = Person.objects.get(email="lena.vogt@haldenvalve.example")
    assert (lena.name, lena.firm.is_house, lena.has_usable_password()) == ("Name of lena.vogt", True, False)
    assert Seat.objects.filter(person=lena).count() == 2
    assert is_in(client)


def test_our_second_factor_is_asked_for_unless_theirs_is_trusted(on: Any, cast: Cast) -> None:
    from lockgate.base.clock import now

    on.OIDC_LINK = True
    then = now() - 4 * STEP
    secret = begin_totp(by=cast.author, at=then)
    confirm_totp(by=cast.author, at=then, code=code(secret, then))
    client, answer, _where = come("nadia.roux")
    assert answer.headers["Location"] == "/sign-in/second"
    assert not is_in(client)
    assert client.post("/sign-in/second", {"code": code(secret, now())}).headers["Location"] == "/saved"
    on.OIDC_SECOND_FACTOR = "theirs"
    assert come("nadia.roux")[1].headers["Location"] == "/saved"


def test_a_new_key_of_the_provider_is_learnt(on: Any, cast: Cast, provider: Peer) -> None:
    on.OIDC_LINK = True
    assert come("nadia.roux")[1].status_code == 302
    before = [key.kid for key in oidc._provider.keys().keys]
    assert httpx2.post(f"{provider.url}/rotate").text == "turned"
    assert come("nadia.roux")[1].status_code == 302
    assert [key.kid for key in oidc._provider.keys().keys] != before


def test_an_answer_holds_for_the_browser_that_asked(on: Any, cast: Cast) -> None:
    """A code that somebody else brought along signs nobody in: state, and the session that kept it."""
    on.OIDC_LINK = True
    begun = Client().get("/sign-in/oidc")
    where = urlsplit(at_the_provider(begun.headers["Location"], "nadia.roux"))
    victim = Client()
    assert victim.get(f"{where.path}?{where.query}").status_code == 422
    victim.get("/sign-in/oidc")
    answer = victim.get(f"{where.path}?{where.query}")
    assert answer.status_code == 502
    assert not is_in(victim)
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) > 40
    assert Client().get("/sign-in/oidc", {"next": "https://evil.example/"}).status_code == 302


FORGED = ("key", "alg none", "hmac", "issuer", "audience", "party", "over", "future", "nonce", "nobody")


@pytest.mark.parametrize("how", FORGED)
def test_what_is_forged_is_not_believed(how: str, on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = RSAKey.generate_key(2048, {"kid": "ours"})
    from joserfc.jwk import KeySet

    monkeypatch.setattr(oidc._provider, "keys", lambda *, anew=False: KeySet([ours]))
    claims: dict[str, Any] = {
        "iss": on.OIDC_ISSUER,
        "aud": "lockgate",
        "sub": "x",
        "nonce": "n",
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
    }
    head = {"alg": "RS256", "kid": "ours"}
    assert oidc.believed(jwt.encode(head, claims, ours), nonce="n")["sub"] == "x"
    changed = {
        "issuer": {"iss": "https://evil.example"},
        "audience": {"aud": ["another"]},
        "party": {"aud": ["lockgate", "another"], "azp": "another"},
        "over": {"exp": int(time.time()) - 600},
        "future": {"iat": int(time.time()) + 600},
        "nonce": {"nonce": "m"},
        "nobody": {"sub": ""},
    }.get(how, {})
    signed = jwt.encode(head, {**claims, **changed}, ours)
    if how == "key":
        signed = jwt.encode(head, claims, RSAKey.generate_key(2048))
    elif how == "hmac":
        first, second, _third = signed.split(".")
        head_part = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"ours"}').rstrip(b"=").decode()
        mac = hmac.new(ours.as_pem(private=False), f"{head_part}.{second}".encode(), "sha256").digest()
        signed = f"{head_part}.{second}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        assert first
    elif how == "alg none":
        first, second, _third = signed.split(".")
        signed = "eyJhbGciOiJub25lIiwia2lkIjoib3VycyJ9." + second + "."
        assert first
    with pytest.raises(oidc.ProviderFailed):
        oidc.believed(signed, nonce="n")


def test_it_is_off_until_it_is_set(cast: Cast) -> None:
    assert Client().get("/sign-in/oidc").status_code == 404
    assert b"/sign-in/oidc" not in Client().get("/sign-in").content
