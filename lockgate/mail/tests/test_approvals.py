"""Sign-offs by mail: bound to one approver, these words and this policy; what is unclear is asked back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

import pytest

from lockgate.approvals.models import SignOff
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import revise, submit
from lockgate.mail.tests.conftest import DOMAIN, comes, hears, soon
from lockgate.mail.tests.test_out_and_in import text
from tests.leaks.world import HOLDS_OUTSIDE

Post = Callable[[datetime], list[EmailMessage]]


def _asked(cast: Cast, at: datetime, posted: Post) -> tuple[int, EmailMessage]:
    hears(cast.approver, at, approvals="now")
    sent = submit(by=cast.author, at=soon(at), body=HOLDS_OUTSIDE, marking=0, places=["channel:feed"])
    assert sent.passages[0].state == "held", sent
    letters = [one for one in posted(soon(at, 2)) if one["To"] == cast.approver.email]
    assert len(letters) == 1
    return sent.passages[0].passage_id, letters[0]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("approve: checked with sales", "queued"),
        ("change: say which valve", "returned"),
        ("reject: not ours to say", "rejected"),
    ],
)
def test_an_approver_answers_by_mail(cast: Cast, at: datetime, posted: Post, words: str, state: str) -> None:
    passage, letter = _asked(cast, at, posted)
    assert HOLDS_OUTSIDE in text(letter)
    quoted = "\n".join("> " + line for line in text(letter).splitlines())
    answer = f"{words}\n\nOn Thursday, Lockgate wrote:\n{quoted}"
    assert comes(cast.approver, str(letter["Reply-To"]), answer, soon(at, 3)).code == 250
    assert Passage.objects.get(pk=passage).state == state
    assert SignOff.objects.get().word == words.partition(": ")[2]


@pytest.mark.parametrize("words", ["approve", "fine", "approve? who knows", "approve: yes\nreject: no", ""])
def test_what_is_unclear_is_asked_back(cast: Cast, at: datetime, posted: Post, words: str) -> None:
    _passage, letter = _asked(cast, at, posted)
    reply = str(letter["Reply-To"])
    comes(cast.approver, reply, words, soon(at, 3))
    assert not SignOff.objects.exists()
    (told,) = posted(soon(at, 4))
    assert "approve: …" in text(told)
    assert told["Reply-To"] == reply


@pytest.mark.parametrize("actor", ["author", "deputy", "colleague", "guest", "supervisor"])
def test_nobody_else_signs_with_it(cast: Cast, at: datetime, posted: Post, actor: str) -> None:
    _passage, letter = _asked(cast, at, posted)
    comes(getattr(cast, actor), str(letter["Reply-To"]), "approve: borrowed", soon(at, 3))
    assert not SignOff.objects.exists()


def test_it_is_void_when_the_words_change(cast: Cast, at: datetime, posted: Post) -> None:
    passage, letter = _asked(cast, at, posted)
    message = Passage.objects.get(pk=passage).message_id
    revise(by=cast.author, at=soon(at, 3), message_id=message, body=f"{HOLDS_OUTSIDE}, again.", marking=0)
    comes(cast.approver, str(letter["Reply-To"]), "approve: too late", soon(at, 4))
    assert not SignOff.objects.exists()


def test_without_a_border_server_nobody_signs_by_mail(
    cast: Cast, at: datetime, posted: Post, settings: object
) -> None:
    _passage, letter = _asked(cast, at, posted)
    settings.MAIL_AUTHSERV = ""  # type: ignore[attr-defined]  # pytest-django's
    said = comes(cast.approver, str(letter["Reply-To"]), "approve: checked", soon(at, 3))
    assert said.code == 550
    assert not SignOff.objects.exists()


def test_what_the_gate_holds_and_refuses_is_answered_with_its_reasons(
    cast: Cast, at: datetime, posted: Post
) -> None:
    guests = next(
        slug for slug, one in cast.audiences.items() if one.kind == "guests" and _sits(cast, one.pk)
    )
    comes(cast.author, f"space+{guests}@{DOMAIN}", "These draft results are not yet public.", soon(at))
    (told,) = posted(soon(at, 2))
    assert told["To"] == cast.author.email
    assert "wait for approval" in text(told)
    comes(cast.author, f"space+{guests}@{DOMAIN}", f"{HOLDS_OUTSIDE}.", soon(at, 3), number="2")
    (told,) = posted(soon(at, 4))
    assert "reason: …" in text(told)
    comes(
        cast.author,
        f"space+{guests}@{DOMAIN}",
        f"reason: they build it\n{HOLDS_OUTSIDE}.",
        soon(at, 5),
        number="3",
    )
    assert Passage.objects.latest("id").state == "delivered"


def _sits(cast: Cast, audience: int) -> bool:
    return cast.author.seats.filter(audience_id=audience).exists()
