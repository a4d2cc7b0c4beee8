"""Odd mails of every kind: none makes the reader fail, and each comes to a known end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

import pytest

from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.mail import reading, rules
from lockgate.mail.models import Received
from lockgate.mail.operations import receive
from lockgate.mail.tests.conftest import DOMAIN, VOUCHING
from lockgate.mail.tests.shapes import SHAPES, Shape

Post = Callable[[datetime], list[EmailMessage]]

_HEAD = (
    "Authentication-Results: {vouching}; dmarc=pass header.from=haldenvalve.example\r\n"
    "From: Nadia Roux <{address}>\r\nTo: <{to}>\r\n"
)


@pytest.mark.parametrize("name", SHAPES)
def test_each_comes_to_a_known_end(name: str, cast: Cast, at: datetime, posted: Post) -> None:
    shape: Shape = SHAPES[name]
    to = f"space+everyone@{DOMAIN}"
    head = _HEAD.format(vouching=VOUCHING, address=cast.author.email, to=to).encode()
    raw = shape.raw if shape.is_whole else head + shape.raw
    sender = shape.sender if shape.sender is not None else cast.author.email
    said = receive(raw=raw, sender=sender, recipient=to, at=at)
    row = Received.objects.get()
    assert row.outcome == shape.end, (name, row.outcome, said)
    letters = posted(at)
    if shape.end == "delivered":
        body = Message.objects.get().body
        for word in shape.says:
            assert word in body, (name, body[:400])
        for word in shape.never:
            assert word not in body, (name, body[:400])
        assert bool(letters) == shape.is_told
    else:
        assert not Message.objects.exists()
        # A person is told why; a machine and a stranger are not written to.
        assert bool(letters) == (
            said.code == 250 and shape.end not in {"bounce", "automatic", "list", "loop"}
        )
        assert said.code in {250, 550}


def test_there_are_a_hundred() -> None:
    assert len(SHAPES) >= 100


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Ann Lee <ann@x.example> wrote:\n> Shall we?\n", "Yes."),
        ("Ja.\n\nAm 02.11.2026 um 10:00 schrieb Ann Lee:\n> Sollen wir?\n", "Ja."),
        ("Oui.\n\nLe lun. 2 nov. 2026 à 10:00, Ann Lee <ann@x.example> a écrit :\n> On y va ?\n", "Oui."),
        (
            "Yes.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Bo\nSubject: x\n\nShall we?",
            "Yes.",
        ),
        ("Yes.\n\n-- \nNadia Roux\nHalden Valve", "Yes."),
        ("Yes.\n\nSent from my iPhone", "Yes."),
        ("One.\n\n    indented\n\nTwo.", "One.\n\n    indented\n\nTwo."),
        ("- a\n- b", "- a\n- b"),
        ("On Mon, 2 Nov 2026 at 10:00, Ann Lee <ann@x.example> wrote:\n> Shall we?\n\nYes.", "Yes."),
        (
            "First.\n\nThanks, all of you, for looking into the seal; now to the rest.\n\nSecond.",
            "First.\n\nThanks, all of you, for looking into the seal; now to the rest.\n\nSecond.",
        ),
        ("Yes.\n\nMit freundlichen Grüßen\nNadia Roux", "Yes."),
        ("Yes.\n\nCordialement,\nNadia Roux", "Yes."),
        ("", ""),
        ("> all of it is quoted", ""),
    ],
)
def test_quotes_and_signatures_go(words: str, kept: str) -> None:
    assert reading.own_words(words) == kept


@pytest.mark.parametrize(
    ("words", "decided"),
    [
        ("approve: figures checked", ("approve", "figures checked")),
        ("Approved, fine by me", ("approve", "fine by me")),
        ("approve\nI read it twice.", ("approve", "I read it twice.")),
        ("change: no names, please", ("change", "no names, please")),
        ("REJECT - not ours to say", ("reject", "not ours to say")),
        ("abgelehnt: nicht unser Thema", ("reject", "nicht unser Thema")),
        ("valider : vu avec les ventes", ("approve", "vu avec les ventes")),
        ("Validé: lu", ("approve", "lu")),
        ("validé - lu", ("approve", "lu")),
        ("APPROUVÉ: lu", ("approve", "lu")),
        ("refuser: pas à nous", ("reject", "pas à nous")),
        ("Refusé\nPas à nous.", ("reject", "Pas à nous.")),
        ("rejeté: faux", ("reject", "faux")),
        ("à revoir: quel clapet ?", ("change", "quel clapet ?")),
        ("modifier: sans noms", ("change", "sans noms")),
        ("freigeben: geprüft", ("approve", "geprüft")),
        ("Freigegeben, geprüft", ("approve", "geprüft")),
        ("genehmigen: geprüft", ("approve", "geprüft")),
        ("ablehnen: nicht unser Thema", ("reject", "nicht unser Thema")),
        ("Ablehnen\nNicht unser Thema.", ("reject", "Nicht unser Thema.")),
        ("bitte ändern: ohne Namen", ("change", "ohne Namen")),
        ("ÄNDERN: ohne Namen", ("change", "ohne Namen")),
        ("überarbeiten: ohne Namen", ("change", "ohne Namen")),
        ("freigeben: ja\nablehnen: nein", None),
        ("nicht freigeben: falsch", None),
        ("ne pas valider: faux", None),
        ("valider ? je ne sais pas", None),
        ("valide\u0301: lu", ("approve", "lu")),
        ("refuse", ("reject", "")),
        ("valide", ("approve", "")),
        ("invalider: faux", None),
        ("approve", ("approve", "")),
        ("approve? I am not sure", None),
        ("approve not", None),
        ("I do not approve: it is wrong", None),
        ("approve: yes\nreject: no", None),
        ("ok", None),
        ("", None),
    ],
)
def test_only_a_plain_decision_counts(words: str, decided: tuple[str, str] | None) -> None:
    assert rules.decision(words) == decided


@pytest.mark.parametrize(
    ("value", "address", "trouble"),
    [
        ("nadia@x.example", "nadia@x.example", ""),
        ('"Roux, Nadia" <nadia@x.example>', "nadia@x.example", ""),
        ("Nadia <NADIA@X.example>", "nadia@x.example", ""),
        ("nadia@x.example (Nadia)", "nadia@x.example", ""),
        ('"nadia@x.example" <nadia@x.example>', "nadia@x.example", ""),
        ('"julie@x.example" <nadia@x.example>', "nadia@x.example", "look-alike"),
        ("=?utf-8?q?julie=40x=2Eexample?= <nadia@x.example>", "nadia@x.example", "look-alike"),
        ("nadia@x.example, julie@x.example", "", "several"),
        ("nadia@x.example <evil@y.example>", "evil@y.example", "look-alike"),
        ("<nadia@x.example> <evil@y.example>", "", "several"),
        ("nаdia@x.example", "", "look-alike"),
        ("nadia@x.example)evil@y.example", "", "several"),
        ("", "", "none"),
        ("nobody", "", "none"),
    ],
)
def test_who_wrote_it(value: str, address: str, trouble: str) -> None:
    assert rules.sender({"from": [value]}) == rules.Sender(address, trouble)


V = "mx.x.example"


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([f"{V}; dmarc=pass header.from=x.example"], "passed"),
        ([f"{V}; dmarc=pass (p=reject; dis=none) header.from=x.example"], "passed"),
        ([f"{V}; dmarc=fail header.from=x.example; spf=pass smtp.mailfrom=a@x.example"], "failed"),
        ([f"{V}; dmarc=pass header.from=evil.example"], "unknown"),
        ([f"{V}; dkim=pass header.d=x.example"], "passed"),
        ([f"{V}; dkim=pass header.d=evil.example"], "unknown"),
        ([f"{V}; dkim=pass header.d=example"], "unknown"),
        ([f"{V}; spf=pass smtp.mailfrom=bounce@x.example"], "passed"),
        ([f"{V}; spf=pass smtp.mailfrom=x@evil.example"], "unknown"),
        ([f"{V}; spf=softfail smtp.mailfrom=a@x.example"], "failed"),
        ([f"{V}; none"], "unknown"),
        (["other.example; dmarc=pass header.from=x.example"], "unknown"),
        ([f"{V}; dmarc=fail header.from=x.example", f"{V}; dmarc=pass header.from=x.example"], "failed"),
        ([f"evil.example (; {V}); dmarc=pass header.from=x.example"], "unknown"),
        ([f'{V}; spf=fail reason="; dmarc=pass header.from=x.example" smtp.mailfrom=y.example'], "failed"),
        ([], "unknown"),
    ],
)
def test_what_the_border_server_found(results: list[str], verdict: str) -> None:
    assert rules.authenticity({"authentication-results": results}, V, "x.example") == verdict


def test_without_a_border_server_nothing_is_vouched_for() -> None:
    assert rules.authenticity({"authentication-results": ["; dmarc=pass"]}, "", "x.example") == "unknown"
