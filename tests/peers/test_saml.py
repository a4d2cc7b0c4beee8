"""Signing in by a real SAML provider, and what is not believed of it: replays, changed words, moved signatures."""

from __future__ import annotations

import base64
import copy
import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest
from django.test import Client
from lxml import etree

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.signin.models import Identity, Question
from tests.peers.conftest import _start
from tools.peers import simplesamlphp
from tools.peers.peer import Peer, run

PEOPLE = {
    "nadia": ("nadia.roux@haldenvalve.example", "Nadia Roux"),
    "theo": ("theo.mercier@haldenvalve.example", "Theo Mercier"),
    "lena": ("lena.vogt@haldenvalve.example", "Lena Vogt"),
}
NS = {"s": "urn:oasis:names:tc:SAML:2.0:assertion", "p": "urn:oasis:names:tc:SAML:2.0:protocol"}
DS = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    yield from _start(lambda folder: simplesamlphp.start(folder, PEOPLE), tmp_path_factory, "saml")


@pytest.fixture
def on(provider: Peer, settings: Any, cast: Cast) -> Any:
    settings.SAML_ENTITY = provider.account["entity"]
    settings.SAML_SIGN_IN = provider.account["sign_in"]
    settings.SAML_CERTIFICATE = provider.account["certificate"]
    settings.PUBLIC_URL = ""
    return settings


def asked(client: Client) -> str:
    begun = client.get("/sign-in/saml", {"next": "/saved"})
    assert begun.status_code == 302, begun.content
    return str(begun.headers["Location"])


def at_the_provider(begun: str, uid: str) -> dict[str, str]:
    """What a browser does there, up to the form that it would post to us."""
    with httpx2.Client(follow_redirects=True) as browser:
        page = browser.get(begun)
        fields = _fields(page.text)
        form = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        where = urljoin(str(page.url), html.unescape(form[1])) if form else str(page.url)
        page = browser.post(where, data={**fields, "username": uid, "password": f"{uid}-pass"})
    told = _fields(page.text)
    assert "SAMLResponse" in told, page.text[:800]
    return {name: told[name] for name in ("SAMLResponse", "RelayState")}


def _fields(page: str) -> dict[str, str]:
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    }


def posted(client: Client, form: dict[str, str]) -> Any:
    """Without a cookie, as a browser posts what another site's page sends."""
    answer = Client(enforce_csrf_checks=True).post("/sign-in/saml/answer", form)
    return client.get("/sign-in/saml/return") if answer.status_code == 302 else answer


def come(uid: str) -> tuple[Client, Any, dict[str, str]]:
    client = Client()
    form = at_the_provider(asked(client), uid)
    return client, posted(client, form), form


def is_in(client: Client) -> bool:
    return client.get("/people").status_code == 200


def test_people_come_in_once_the_administrator_says_so(on: Any, cast: Cast) -> None:
    assert come("nadia")[1].status_code == 403
    assert come("lena")[1].status_code == 403
    on.SAML_LINK = True
    client, answer, _form = come("nadia")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/saved")
    assert is_in(client)
    assert Identity.objects.get().person == cast.author
    on.SAML_LINK, on.SAML_JOIN = False, True
    assert come("nadia")[1].status_code == 302, "known by name from then on"
    assert come("theo")[1].status_code == 403, "an account that is here is not taken over by joining"
    client, answer, _form = come("lena")
    assert answer.status_code == 302
    assert Person.objects.get(email="lena.vogt@haldenvalve.example").name == "Lena Vogt"
    assert not Question.objects.filter(person__isnull=False).exists()


def test_who_left_stays_out(on: Any, cast: Cast, at: Any) -> None:
    on.SAML_LINK = True
    assert come("theo")[1].status_code == 302
    let_go(by=None, at=at, person=cast.colleague)
    assert come("theo")[1].status_code == 403


def test_an_answer_is_good_once_and_for_the_browser_that_asked(on: Any, cast: Cast) -> None:
    on.SAML_LINK = True
    client, answer, form = come("nadia")
    assert answer.status_code == 302
    assert posted(client, form).status_code == 422, "a replay"
    other = Client()
    mine = at_the_provider(asked(other), "nadia")
    victim = Client()
    asked(victim)
    assert posted(victim, mine).status_code == 422, "somebody else's answer"
    assert not is_in(victim)
    # An answer to one question is none to another.
    third = Client()
    begun = asked(third)
    theirs = at_the_provider(begun, "nadia")
    fourth = Client()
    relay = at_the_provider(asked(fourth), "nadia")["RelayState"]
    assert posted(fourth, {**theirs, "RelayState": relay}).status_code == 422
    assert not is_in(fourth)
    # Unasked for.
    assert posted(Client(), {"SAMLResponse": theirs["SAMLResponse"], "RelayState": ""}).status_code == 422
    stale = Client()
    late = at_the_provider(asked(stale), "nadia")
    Question.objects.update(until=now() - timedelta(seconds=1))
    assert posted(stale, late).status_code == 422


def _changed(xml: bytes, how: str) -> bytes:
    tree = etree.fromstring(xml)
    assertion = tree.find("s:Assertion", NS)
    if how == "words":
        return xml.replace(b"nadia", b"theo")
    if how == "no signature":
        for one in list(tree.iter(DS)):
            one.getparent().remove(one)
        return etree.tostring(tree)
    forged = copy.deepcopy(assertion)
    forged.set("ID", "_forged")
    for one in list(forged.iter(DS)):
        one.getparent().remove(one)
    for one in forged.iter():
        if one.text and "nadia" in one.text:
            one.text = one.text.replace("nadia", "theo")
    if how == "forged first":
        assertion.addprevious(forged)
    elif how == "forged last":
        assertion.addnext(forged)
    elif how == "forged around":
        forged.append(copy.deepcopy(assertion))
        tree.replace(assertion, forged)
    elif how == "forged with the true one in the signature":
        signature = assertion.find(DS)
        kept = copy.deepcopy(signature)
        holder = etree.SubElement(kept, "{http://www.w3.org/2000/09/xmldsig#}Object")
        true = copy.deepcopy(assertion)
        holder.append(true)
        forged.insert(1, kept)
        tree.replace(assertion, forged)
    elif how == "forged under the same id":
        forged.set("ID", assertion.get("ID"))
        assertion.addprevious(forged)
    elif how == "in an extension":
        extension = etree.Element(f"{{{NS['p']}}}Extensions")
        extension.append(copy.deepcopy(assertion))
        tree.insert(1, extension)
        tree.replace(assertion, forged)
    elif how == "a comment in the name":
        text = etree.tostring(tree)
        return text.replace(b">nadia<", b">theo<!---->nadia<")
    return etree.tostring(tree)


WRAPPED = (
    "words",
    "no signature",
    "forged first",
    "forged last",
    "forged around",
    "forged with the true one in the signature",
    "forged under the same id",
    "in an extension",
)


@pytest.mark.parametrize("how", WRAPPED)
def test_what_was_changed_or_wrapped_is_not_believed(how: str, on: Any, cast: Cast) -> None:
    on.SAML_LINK = True
    client = Client()
    form = at_the_provider(asked(client), "nadia")
    xml = base64.b64decode(form["SAMLResponse"])
    bent = _changed(xml, how)
    assert bent != xml
    answer = posted(client, {**form, "SAMLResponse": base64.b64encode(bent).decode()})
    assert answer.status_code == 422, how
    assert not is_in(client)
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
    ],
)
def test_what_is_no_answer_is_refused(raw: bytes, on: Any, cast: Cast) -> None:
    client = Client()
    asked(client)
    word = client.session["saml"]["word"]
    form = {"SAMLResponse": base64.b64encode(raw).decode(), "RelayState": word}
    assert posted(client, form).status_code == 422


def test_another_key_is_not_believed(on: Any, cast: Cast, tmp_path: Path) -> None:
    on.SAML_LINK = True
    client = Client()
    form = at_the_provider(asked(client), "nadia")
    other = tmp_path / "other.crt"
    run(
        [
            "openssl",
            "req",
            "-newkey",
            "rsa:2048",
            "-new",
            "-x509",
            "-days",
            "2",
            "-nodes",
            "-subj",
            "/CN=other",
            "-out",
            str(other),
            "-keyout",
            str(tmp_path / "other.pem"),
        ],
        what="openssl",
    )
    on.SAML_CERTIFICATE = str(other)
    assert posted(client, form).status_code == 422
    assert not is_in(client)


def test_it_tells_the_provider_of_us_and_is_off_until_it_is_set(on: Any, cast: Cast) -> None:
    told = Client().get("/sign-in/saml/metadata").content
    assert b"http://testserver/sign-in/saml/answer" in told
    assert b"/sign-in/saml?" in Client().get("/sign-in").content
    on.SAML_ENTITY = ""
    for path in ("/sign-in/saml", "/sign-in/saml/metadata", "/sign-in/saml/return"):
        assert Client().get(path).status_code == 404
    assert Client().post("/sign-in/saml/answer").status_code == 404
