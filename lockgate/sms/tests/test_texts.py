"""Texts go to a gateway and come back from it, over real HTTP on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lockgate.archive.models import Entry
from lockgate.attention.operations import mute_thread
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.gateway.operations import recall, submit
from lockgate.mail.operations import write_to
from lockgate.people.models import Person
from lockgate.sms import rules
from lockgate.sms.models import Looked, Number, Texting
from lockgate.sms.operations import (
    AlreadyTaken,
    NotBelieved,
    TooManyCodes,
    ask,
    confirm,
    end,
    gather,
    send_due,
    take,
)
from lockgate.sms.queries import own
from lockgate.sms.tests.gateway import Gateway
from lockgate.spaces import queries as spaces
from lockgate.spaces.operations import end_seat, keep_words

KEY = "the gateway's own key"
SECRET = "whoever-knows-this-speaks-for-the-gateway"
THEO = "+33612345678"


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with Gateway(KEY) as running:
        monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")
        settings.SMS_URL, settings.SMS_KEY, settings.SMS_SENDER = running.url, KEY, "Halden"
        settings.SMS_SECRET = SECRET
        yield running


def sent(gateway: Gateway, at: datetime) -> list[str]:
    """What goes out at a moment, as the phone shows it."""
    gateway.texts.clear()
    while gather(at=at):
        pass
    send_due(clock=lambda: at)
    return [one["text"] for one in gateway.texts]


def with_number(gateway: Gateway, person: Person, at: datetime, number: str = THEO) -> None:
    ask(by=person, at=at, number=number)
    (text,) = sent(gateway, at)
    found = re.match(r"\d{6}", text)
    assert found is not None
    confirm(by=person, at=at, code=found[0])
    Looked.objects.update_or_create(id=1, defaults={"until": at})


def soon(at: datetime, minutes: int = 1) -> datetime:
    return at + timedelta(minutes=minutes)


def talk(cast: Cast, at: datetime, ceiling: Marking = Marking.INTERNAL) -> str:
    return write_to(by=cast.author, at=at, persons=[cast.colleague], addresses=[], ceiling=ceiling)


def says(cast: Cast, at: datetime, slug: str, words: str, marking: int = 1) -> int:
    made = submit(by=cast.author, at=at, body=words, marking=marking, places=[f"space:{slug}"])
    return made.passages[0].passage_id


def comes(text: str, at: datetime, *, number: str = THEO, message: str = "m1", **more: Any) -> None:
    body = more.pop("body", json.dumps({"id": message, "from": number, "text": text}).encode())
    stamp = more.pop("stamp", str(int(at.timestamp())))
    take(at=at, timestamp=stamp, signed=more.pop("signed", rules.signature(SECRET, stamp, body)), body=body)


def test_a_post_of_a_talk_goes_out_and_its_answer_comes_back(
    cast: Cast, at: datetime, gateway: Gateway
) -> None:
    with_number(gateway, cast.colleague, at)
    passage = says(cast, soon(at), talk(cast, at), "Is the seal   dry?\n\nTell me.")
    assert sent(gateway, soon(at, 2)) == [
        f"{cast.author.name} in {cast.author.get_short_name()}, {cast.colleague.get_short_name()}:"
        " Is the seal dry? Tell me."
    ]
    assert (gateway.texts[0]["to"], gateway.texts[0]["from"]) == (THEO, "Halden")
    assert sent(gateway, soon(at, 3)) == []
    comes("Dry as a bone.", soon(at, 4))
    (answer,) = conversations.answers(cast.author, passage, soon(at, 5))
    assert (answer.body, answer.author.name) == ("Dry as a bone.", cast.colleague.name)
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"sms.number.verified", "sms.text.sent", "sms.text.received"} <= actions
    assert not Texting.objects.exclude(words="").exists()
    facts = Entry.objects.filter(action__startswith="sms.").values_list("record", "parent", "actor")
    assert THEO[1:] not in str(list(facts))


def test_of_other_rooms_nothing_is_texted(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    says(cast, soon(at), "everyone", "For everybody.")
    assert sent(gateway, soon(at, 2)) == []


def test_of_the_confidential_only_where(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    slug = talk(cast, at, Marking.CONFIDENTIAL)
    says(cast, soon(at), slug, "The seal secret is tungsten.", marking=2)
    (text,) = sent(gateway, soon(at, 2))
    assert text == f"Something waits for you in {spaces.place(cast.author, slug, at).name}."
    before = Message.objects.count()
    comes("Which one?", soon(at, 3))
    assert Message.objects.count() == before
    assert "Your words were not sent." in sent(gateway, soon(at, 4))[0]


def test_of_a_talk_that_keeps_its_words_only_where(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    slug = talk(cast, at)
    says(cast, soon(at), slug, "The ring is tungsten.")
    keep_words(by=cast.author, at=soon(at), slug=slug, is_on=True)
    (text,) = sent(gateway, soon(at, 2))
    assert text == f"Something waits for you in {spaces.place(cast.author, slug, at).name}."
    before = Message.objects.count()
    comes("Which one?", soon(at, 3))
    assert Message.objects.count() == before


def test_rights_are_asked_again_at_the_moment_of_sending(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    slug = talk(cast, at)
    passage = says(cast, soon(at), slug, "Taken back.")
    says(cast, soon(at), slug, "Not heard any more.")
    gather(at=soon(at, 2))
    recall(by=cast.author, at=soon(at, 2), passage_id=passage, why="Wrong.")
    room = spaces.place(cast.author, slug, soon(at)).audience_id
    end_seat(by=cast.author, at=soon(at, 3), person=cast.colleague, audience_id=room)
    assert sent(gateway, soon(at, 4)) == []
    comes("Hello?", soon(at, 5))
    assert Message.objects.count() == 2


def test_nothing_is_texted_of_a_thread_that_is_muted_meanwhile(
    cast: Cast, at: datetime, gateway: Gateway
) -> None:
    with_number(gateway, cast.colleague, at)
    slug = talk(cast, at)
    passage = says(cast, soon(at), slug, "Who has the ring?")
    says(cast, soon(at), slug, "Another matter.")
    gather(at=soon(at, 2))
    mute_thread(by=cast.colleague, at=soon(at, 2), passage_id=passage)
    (text,) = sent(gateway, soon(at, 4))
    assert text.endswith("Another matter.")


def test_before_it_is_confirmed_nothing_but_the_code_goes(cast: Cast, at: datetime, gateway: Gateway) -> None:
    ask(by=cast.colleague, at=at, number="+33 6 12 34 56 78")
    assert len(sent(gateway, at)) == 1
    says(cast, soon(at), talk(cast, at), "Not yet.")
    assert sent(gateway, soon(at, 2)) == []
    comes("Nor from there.", soon(at, 3))
    assert Message.objects.count() == 1
    for _time in range(rules.MOST_TRIES):
        with pytest.raises(BadInput):
            confirm(by=cast.colleague, at=soon(at, 3), code="nothing")
    code = re.findall(r"\d{6}", str(gateway.texts))
    with pytest.raises(BadInput):
        confirm(by=cast.colleague, at=soon(at, 3), code=code[0] if code else "000000")
    assert Number.objects.get().verified_at is None


def test_a_code_is_old_after_ten_minutes(cast: Cast, at: datetime, gateway: Gateway) -> None:
    ask(by=cast.colleague, at=at, number=THEO)
    (text,) = sent(gateway, at)
    with pytest.raises(BadInput):
        confirm(by=cast.colleague, at=at + rules.CODE_GOOD_FOR, code=text[:6])
    assert own(cast.colleague, at + rules.CODE_GOOD_FOR) is None


def test_nobody_is_flooded_with_codes(cast: Cast, at: datetime, gateway: Gateway) -> None:
    people = [cast.author, cast.colleague, cast.approver, cast.deputy, cast.chief]
    for person in people:
        ask(by=person, at=at, number=THEO)
    with pytest.raises(TooManyCodes):
        ask(by=cast.stranger, at=at, number=THEO)
    for number in range(4):
        ask(by=cast.author, at=at, number=f"+3361234567{number}")
    with pytest.raises(TooManyCodes):
        ask(by=cast.author, at=at, number="+33612345600")


def test_who_confirms_a_number_has_it(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    with_number(gateway, cast.stranger, soon(at))
    assert own(cast.colleague, soon(at)) is None
    assert Number.objects.get(verified_at__isnull=False).person == cast.stranger


@pytest.mark.parametrize("way", ["page", "text"])
def test_it_ends(cast: Cast, at: datetime, gateway: Gateway, way: str) -> None:
    with_number(gateway, cast.colleague, at)
    slug = talk(cast, at)
    says(cast, soon(at), slug, "One.")
    sent(gateway, soon(at, 2))
    if way == "page":
        end(by=cast.colleague, at=soon(at, 3))
    else:
        comes(" Stop. ", soon(at, 3))
    says(cast, soon(at, 4), slug, "Two.")
    assert sent(gateway, soon(at, 5)) == []
    assert Message.objects.count() == 2


_OTHER = json.dumps({"id": "m1", "from": THEO, "text": "I am Théo."}).encode()


@pytest.mark.parametrize(
    "more",
    [
        {"signed": ""},
        {"signed": "00" * 32},
        {"signed": "é" * 64},
        {"signed": rules.signature("another secret of some length", "1", _OTHER)},
        {"stamp": "1"},
        {"stamp": ""},
        {"stamp": "-1"},
        {"stamp": "9" * 30},
        {"body": b"x" * (rules.MOST_BODY + 1)},
    ],
)
def test_what_is_not_signed_now_is_not_believed(
    cast: Cast, at: datetime, gateway: Gateway, more: dict[str, Any]
) -> None:
    with_number(gateway, cast.colleague, at)
    with pytest.raises(NotBelieved):
        comes("I am Théo.", at, **more)
    assert not Message.objects.exists()


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_secret_nothing_is_believed(
    cast: Cast, at: datetime, gateway: Gateway, settings: Any, secret: str
) -> None:
    settings.SMS_SECRET = secret
    stamp = str(int(at.timestamp()))
    with pytest.raises(NotBelieved):
        comes("Hello.", at, signed=rules.signature(secret, stamp, _OTHER), body=_OTHER)


def test_the_same_text_twice_is_said_once(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    says(cast, soon(at), talk(cast, at), "How many?")
    sent(gateway, soon(at, 2))
    comes("One.", soon(at, 3))
    with pytest.raises(AlreadyTaken):
        comes("One.", soon(at, 3))
    assert Message.objects.count() == 2


def test_a_gateway_that_fails(cast: Cast, at: datetime, gateway: Gateway) -> None:
    with_number(gateway, cast.colleague, at)
    slug = talk(cast, at)
    says(cast, soon(at), slug, "Later, then.")
    gateway.status = 429
    assert sent(gateway, soon(at, 2)) == []
    assert Texting.objects.get(kind="post").state == "waiting"
    gateway.status = 200
    assert len(sent(gateway, soon(at, 4))) == 1
    says(cast, soon(at, 5), slug, "Refused.")
    gateway.status = 422
    sent(gateway, soon(at, 6))
    says(cast, soon(at, 7), slug, "Who knows.")
    gateway.status, gateway.hangs_up = 200, True
    asked = gateway.asked
    sent(gateway, soon(at, 8))
    # It may have arrived: it is not sent again.
    for minutes in (20, 60, 600):
        sent(gateway, soon(at, minutes))
    assert gateway.asked == asked + 1
    states = Texting.objects.filter(kind="post").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["sent", "failed", "unknown"]


def test_the_address_takes_what_is_signed(
    cast_now: Cast, gateway: Gateway, settings: Any, client: Client
) -> None:
    at = now()
    with_number(gateway, cast_now.colleague, at)
    body = json.dumps({"id": "1", "from": "+4930111111", "text": "Hello."}).encode()
    stamp = str(int(now().timestamp()))
    good = {"HTTP_X_TIMESTAMP": stamp, "HTTP_X_SIGNATURE": rules.signature(SECRET, stamp, body)}
    post: Callable[..., Any] = client.post
    assert post("/hooks/sms", body, content_type="application/json").status_code == 401
    # A number that nobody here has is answered as one that somebody has.
    assert post("/hooks/sms", body, content_type="application/json", **good).status_code == 202
    assert post("/hooks/sms", body, content_type="application/json", **good).status_code == 409
    assert client.get("/hooks/sms").status_code == 405


def test_one_s_own_page(cast_now: Cast, gateway: Gateway) -> None:
    client = Client()
    client.force_login(cast_now.colleague)
    assert "Send a code" in client.get("/texts").content.decode()
    assert client.post("/texts", {"number": "12"}).status_code == 422
    assert client.post("/texts", {"number": THEO}).status_code == 302
    assert "Confirm your number" in client.get("/texts").content.decode()
    assert client.post("/texts/confirmation", {"code": "x"}).status_code == 422
    send_due(clock=now)
    assert client.post("/texts/confirmation", {"code": gateway.texts[0]["text"][:6]}).status_code == 302
    assert "Remove it" in client.get("/texts").content.decode()
    other = Client()
    other.force_login(cast_now.administrator)
    assert THEO not in other.get("/texts").content.decode()
    assert client.post("/texts/removal").status_code == 302
    assert not Number.objects.exists()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0049 (30) 123-456/7", "+49301234567"),
        ("06 12 34 56 78", None),
        ("+0 12345678", None),
        ("+33", None),
        ("+33612345678901234", None),
        ("+33６12345678", None),
        ("", None),
    ],
)
def test_numbers(typed: str, found: str | None) -> None:
    assert rules.number(typed) == found


@given(st.text(max_size=2000))
def test_a_text_has_its_length(words: str) -> None:
    assert len(rules.cut(words)) <= rules.MOST_TEXT
    assert "\n" not in rules.cut(words)
