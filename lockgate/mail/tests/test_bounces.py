"""A letter that comes back: a dead address is written to no more, and an administrator knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail as sent_mail

from lockgate.archive.models import Entry
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.mail import bounces
from lockgate.mail.models import Mailing, Undelivered
from lockgate.mail.operations import choose, receive
from lockgate.mail.queries import choices
from lockgate.mail.tests.conftest import DOMAIN, comes, hears, soon
from lockgate.mail.tokens import bounce_token
from lockgate.notices.models import Notice
from lockgate.people.models import Person
from lockgate.people.queries import who_hold

Post = Callable[[datetime], list[EmailMessage]]


@pytest.fixture(autouse=True)
def takes_mail(settings: Any, mailing: None) -> None:
    settings.MAIL_RECEIVE_PORT = 2400


def notification(status: str, *, action: str = "failed", kind: str = "message/delivery-status") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; theo@x.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


def _letter(cast: Cast, at: datetime, posted: Post, words: str = "Hello.") -> str:
    """A letter to Théo; answers where it comes back to."""
    if not Mailing.objects.exists():
        hears(cast.colleague, at, posts="now")
    submit(by=cast.author, at=soon(at), body=words, marking=1, places=["space:everyone"])
    assert [one["To"] for one in posted(soon(at, 2))] == [cast.colleague.email]
    return str(sent_mail.outbox[-1].from_email)


def _comes_back(to: str, raw: bytes, at: datetime, sender: str = "<>") -> int:
    return receive(raw=raw, sender=sender, recipient=to, at=at).code


def test_an_address_that_is_not_there_is_written_to_no_more(cast: Cast, at: datetime, posted: Post) -> None:
    back = _letter(cast, at, posted)
    assert back.startswith("b+")
    assert _comes_back(back, notification("5.1.1"), soon(at, 3)) == 250
    submit(by=cast.author, at=soon(at, 4), body="More.", marking=1, places=["space:everyone"])
    assert posted(soon(at, 5)) == []
    told = Notice.objects.filter(kind="address-dead")
    assert sorted(told.values_list("person_id", flat=True)) == who_hold("administrator", at)
    assert Entry.objects.filter(action="mail.address.dead", record=cast.colleague.pseudonym).count() == 1
    assert choices(cast.colleague, soon(at, 5)).is_unreachable


def test_what_waits_for_a_dead_address_is_not_sent(cast: Cast, at: datetime, posted: Post) -> None:
    back = _letter(cast, at, posted)
    choose(by=cast.colleague, at=soon(at, 2), general={"posts": "daily"})
    submit(by=cast.author, at=soon(at, 3), body="More.", marking=1, places=["space:everyone"])
    posted(soon(at, 4))
    _comes_back(back, notification("5.1.1"), soon(at, 5))
    assert posted(at + timedelta(days=1)) == []
    assert set(Mailing.objects.values_list("state", flat=True)) == {"sent", "moot"}


def test_other_lasting_refusals_count_three_times(cast: Cast, at: datetime, posted: Post) -> None:
    for number in range(3):
        begins = soon(at, 10 * number)
        back = _letter(cast, begins, posted, f"Hello {number}.")
        assert not choices(cast.colleague, begins).is_unreachable
        for _again in range(2):
            _comes_back(back, notification("5.2.2"), soon(begins, 3))
    assert choices(cast.colleague, soon(at, 60)).is_unreachable
    assert Undelivered.objects.count() == 3


@pytest.mark.parametrize(
    "alive",
    ["chooses anew", "writes to us", "has another address"],
)
def test_it_is_alive_again(cast: Cast, at: datetime, posted: Post, alive: str) -> None:
    _comes_back(_letter(cast, at, posted), notification("5.1.1"), soon(at, 3))
    if alive == "chooses anew":
        choose(by=cast.colleague, at=soon(at, 4), general={"posts": "now"})
    elif alive == "writes to us":
        comes(cast.colleague, f"space+everyone@{DOMAIN}", "I am here.", soon(at, 4))
    else:
        Person.objects.filter(pk=cast.colleague.pk).update(email="theo@new.example")
    submit(by=cast.author, at=soon(at, 5), body="More.", marking=1, places=["space:everyone"])
    assert len(posted(soon(at, 6))) == 1


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (notification("4.4.1", action="delayed"), "late"),
        (notification("2.0.0", action="delivered"), "arrived"),
        (notification("5.1.1", action="delayed"), "late, whatever its status says"),
        (notification("5.1.1", kind="text/plain"), "words that look like it"),
        (b"Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nUntil Monday.", "somebody is away"),
        (b"", "nothing"),
        (b"\xff\x00", "noise"),
    ],
)
def test_what_says_no_such_thing_changes_nothing(
    cast: Cast, at: datetime, posted: Post, raw: bytes, what: str
) -> None:
    back = _letter(cast, at, posted)
    assert _comes_back(back, raw, soon(at, 3)) == 250, what
    assert not Undelivered.objects.exists()
    assert posted(soon(at, 4)) == []


def test_nobody_else_can_make_an_address_dead(cast: Cast, at: datetime, posted: Post) -> None:
    _letter(cast, at, posted)
    for to in (f"b+{'a' * 56}@{DOMAIN}", f"b+{bounce_token(b'x' * 32, 1, cast.colleague.pk)}@{DOMAIN}"):
        assert _comes_back(to, notification("5.1.1"), soon(at, 3)) == 550
    assert not Undelivered.objects.exists()


def test_without_a_way_in_letters_come_from_the_plain_address(
    cast: Cast, at: datetime, posted: Post, settings: Any
) -> None:
    settings.MAIL_RECEIVE_PORT = 0
    assert _letter(cast, at, posted).endswith(f"<lockgate@{DOMAIN}>")


@pytest.mark.parametrize(
    ("told", "dead"),
    [
        ([("5.1.1", 0)], True),
        ([("5.1.10", 0)], True),
        ([("5.2.1", 0)], True),
        ([("5.2.2", 0)], False),
        ([("5.7.1", 0), ("5.7.1", 1)], False),
        ([("5.7.1", 0), ("5.7.1", 1), ("5.2.2", 2)], True),
        ([("5.7.1", 0), ("5.7.1", 1), ("5.2.2", 31)], False),
        ([], False),
    ],
)
def test_when_an_address_is_dead(told: list[tuple[str, int]], dead: bool, at: datetime) -> None:
    assert bounces.is_dead([(status, at - timedelta(days=days)) for status, days in told], at) is dead


@pytest.mark.parametrize(
    ("said", "status"),
    [("550 5.1.1 Nobody here", "5.1.1"), ("550 no such user", "5.0.0"), ("550 5.7.26 policy", "5.7.26")],
)
def test_what_a_refusal_says(said: str, status: str) -> None:
    assert bounces.status_of(said) == status
