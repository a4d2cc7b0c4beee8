"""Mastodon.py as the client, with Django's own test client beneath: no socket is opened."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.test import Client
from mastodon import Mastodon
from urllib3.response import HTTPResponse

from lockgate.demo.cast import PASSWORD
from lockgate.people.models import Person

BASE = "https://testserver"
OOB = "urn:ietf:wg:oauth:2.0:oob"


class Wire(requests.adapters.BaseAdapter):
    """Hands each request of ``requests`` to the product."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bytes] = []

    def send(self, request: requests.PreparedRequest, **_more: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        body = request.body or b""
        headers = {
            name: value if isinstance(value, str) else value.decode()
            for name, value in request.headers.items()
            if name.lower() not in {"content-length", "content-type", "accept-encoding", "connection"}
        }
        answer = Client(raise_request_exception=False).generic(
            request.method or "GET",
            parts.path + (f"?{parts.query}" if parts.query else ""),
            body if isinstance(body, bytes) else body.encode(),
            content_type=request.headers.get("Content-Type", "application/x-www-form-urlencoded"),
            secure=True,
            headers=headers,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response._content = answer.content
        response.raw = HTTPResponse(
            io.BytesIO(answer.content), dict(answer.headers), answer.status_code, preload_content=False
        )
        response.url = request.url or ""
        response.request = request
        response.encoding = "utf-8"
        self.seen.append(answer.content)
        return response

    def close(self) -> None:
        return None


def session() -> requests.Session:
    made = requests.Session()
    made.mount(BASE, Wire())
    return made


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def code_for(
    person: Person, client_id: str, *, scope: str = "read write follow", uri: str = OOB, **more: str
) -> str:
    """Sign in in a browser and let the app in; the code that the app gets."""
    browser = Client()
    asked = {
        "client_id": client_id,
        "redirect_uri": uri,
        "response_type": "code",
        "scope": scope,
        **more,
    }
    came = browser.post("/sign-in", {"email": person.email, "password": PASSWORD, "next": "/"}, secure=True)
    assert came.status_code == 302, came.content
    page = browser.get("/oauth/authorize", asked, secure=True)
    assert page.status_code == 200, page.content
    said = browser.post("/oauth/authorize", {**asked, "answer": "allow"}, secure=True)
    if uri == OOB:
        return said.content.decode().split('readonly value="')[1].split('"')[0]
    return parse_qs(urlsplit(said.headers["Location"]).query)["code"][0]


def client_for(person: Person, scope: tuple[str, ...] = ("read", "write", "follow")) -> Mastodon:
    """Mastodon.py signed in as ``person``, by the whole of OAuth."""
    wire = session()
    client_id, secret = Mastodon.create_app(
        "A test", scopes=list(scope), redirect_uris=OOB, api_base_url=BASE, session=wire
    )
    app = Mastodon(
        client_id=client_id, client_secret=secret, api_base_url=BASE, session=wire, version_check_mode="none"
    )
    app.log_in(code=code_for(person, client_id, scope=" ".join(scope)), redirect_uri=OOB, scopes=list(scope))
    return app


def token_for(person: Person) -> str:
    return str(client_for(person).access_token)
