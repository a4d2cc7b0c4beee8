"""Webhooks out and in: the specification's own numbers, rights at the moment of sending, and nothing that is
believed in doubt."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lockgate.api import limits
from lockgate.archive.models import Entry
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations.operations import react
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.gateway.operations import attach, give_version, recall, submit
from lockgate.notices.models import Notice
from lockgate.people.models import Person
from lockgate.people.operations import make_bot
from lockgate.spaces.operations import end_seat, seat
from lockgate.spaces.queries import place
from lockgate.webhooks import rules
from lockgate.webhooks.models import Call, Endpoint, Source
from lockgate.webhooks.operations import end_endpoint, gather, open_endpoint, open_source, send_due
from lockgate.webhooks.types import Opened


@pytest.fixture(autouse=True)
def counts_begin_anew() -> None:
    limits.forget()


@dataclass
class Peer:
    """A system that is called, on this machine."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")
    found = Peer()

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/take"
    yield found
    server.shutdown()
    server.server_close()


def opened(cast: Cast, at: datetime, url: str, **more: Any) -> Opened:
    return open_endpoint(by=cast.author, at=at, name="ERP", url=url, kinds=rules.KINDS, **more)


def said(
    by: Person,
    at: datetime,
    body: str = "The seal holds.",
    place: str = "space:valve-7",
    attachments: list[int] | None = None,
) -> Any:
    return submit(
        by=by, at=at, body=body, marking=Marking.INTERNAL, places=[place], attachments=attachments or []
    )


def told_until(moment: datetime) -> datetime:
    """What happened before is gathered and sent; answers a later moment."""
    while gather(at=moment):
        pass
    send_due(clock=lambda: moment + timedelta(seconds=1))
    return moment + timedelta(seconds=2)


def test_the_signature_is_the_specifications_own() -> None:
    # The example of the Standard Webhooks repository.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = rules.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("number", "shift", "signatures", "body", "fits"),
    [
        ("msg_1", 0, "{good}", b"x", True),
        ("msg_1", 0, "v1,AAAA {good}", b"x", True),
        ("msg_1", 299, "{good}", b"x", True),
        ("msg_1", 301, "{good}", b"x", False),
        ("msg_1", -301, "{good}", b"x", False),
        ("msg_2", 0, "{good}", b"x", False),
        ("msg_1", 0, "{good}", b"y", False),
        ("msg_1", 0, "", b"x", False),
        ("msg_1", 0, "v1,", b"x", False),
        ("msg_1", 0, "v1a,é", b"x", False),
        ("msg.1", 0, "{good}", b"x", False),
        ("", 0, "{good}", b"x", False),
    ],
)
def test_what_is_believed(number: str, shift: int, signatures: str, body: bytes, fits: bool) -> None:
    secret, at = rules.new_secret(), now()
    stamp = int(at.timestamp())
    good = rules.signature(secret, "msg_1", stamp, b"x")
    found = rules.is_signed(
        secret,
        number=number,
        timestamp=str(stamp),
        signatures=signatures.replace("{good}", good),
        body=body,
        at=at + timedelta(seconds=shift),
    )
    assert found is fits


@pytest.mark.django_db
class TestOut:
    def test_a_call_is_signed_and_holds_no_word(self, cast: Cast, at: datetime, peer: Peer) -> None:
        made = opened(cast, at, peer.url)
        later = at + timedelta(minutes=1)
        sent = said(cast.colleague, later, "A secret word.")
        while gather(at=later + timedelta(seconds=2)):
            pass
        moment = later + timedelta(seconds=3)
        assert send_due(clock=lambda: moment) == 1
        (headers, body) = peer.heard[0]
        assert headers["webhook-signature"] == rules.signature(
            made.secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body
        )
        told = json.loads(body)
        assert told["type"] == "post.delivered"
        assert told["data"]["message"] == str(sent.message_id)
        assert told["data"]["place"] == "space:valve-7"
        assert b"secret word" not in body
        assert send_due(clock=lambda: moment) == 0
        while gather(at=later + timedelta(seconds=9)):
            pass
        assert Call.objects.count() == 1

    def test_who_no_longer_hears_is_told_nothing(self, cast: Cast, at: datetime, peer: Peer) -> None:
        opened(cast, at, peer.url, place="space:valve-7")
        later = at + timedelta(minutes=1)
        said(cast.colleague, later)
        said(cast.stranger, later, place="space:everyone")
        while gather(at=later + timedelta(seconds=2)):
            pass
        assert Call.objects.count() == 1
        audience = place(cast.author, "valve-7", later).audience_id
        end_seat(by=cast.author, at=later, person=cast.author, audience_id=audience)
        send_due(clock=lambda: later + timedelta(seconds=3))
        assert peer.heard == []
        assert Call.objects.get().state == "moot"

    def test_what_was_taken_back_before_it_was_told_is_not_told(
        self, cast: Cast, at: datetime, peer: Peer
    ) -> None:
        opened(cast, at, peer.url)
        later = at + timedelta(minutes=1)
        sent = said(cast.colleague, later)
        gather(at=later + timedelta(seconds=2))
        recall(by=cast.colleague, at=later, passage_id=sent.passages[0].passage_id, why="Wrong.")
        gather(at=later + timedelta(seconds=4))
        send_due(clock=lambda: later + timedelta(seconds=5))
        assert peer.heard == []

    def test_each_revision_is_told_once_and_then_the_recall(
        self, cast: Cast, at: datetime, peer: Peer
    ) -> None:
        opened(cast, at, peer.url)
        first = at + timedelta(minutes=1)
        file = attach(by=cast.colleague, at=first, name="plan.txt", content=b"Monday.")
        sent = said(cast.colleague, first, "The plan.", attachments=[file.id])
        passage = sent.passages[0].passage_id
        moment = told_until(first + timedelta(seconds=2))
        number = file.id
        for day in (b"Tuesday.", b"Wednesday."):
            seen = give_version(
                by=cast.colleague, at=moment, attachment_id=number, name="plan.txt", content=day
            )
            number = seen.attachments[0].id
            moment = told_until(moment + timedelta(seconds=2))
        # A mark changes how it looks, and nothing that was said.
        react(by=cast.author, at=moment, passage_id=passage, kind="agree")
        moment = told_until(moment + timedelta(seconds=2))
        recall(by=cast.colleague, at=moment, passage_id=passage, why="Wrong.")
        moment = told_until(moment + timedelta(seconds=2))
        told_until(moment + timedelta(seconds=40))
        kinds = [json.loads(body)["type"] for _headers, body in peer.heard]
        assert kinds == ["post.delivered", "post.revised", "post.revised", "post.recalled"]

    def test_the_recall_of_what_was_never_told_is_not_told(
        self, cast: Cast, at: datetime, peer: Peer
    ) -> None:
        opened(cast, at, peer.url)
        sent = said(cast.colleague, at + timedelta(minutes=1), "A first wording.")
        moment = at + timedelta(minutes=1, seconds=2)
        while gather(at=moment):
            pass
        recall(by=cast.colleague, at=moment, passage_id=sent.passages[0].passage_id, why="Wrong.")
        told_until(moment + timedelta(seconds=2))
        assert peer.heard == []
        assert set(Call.objects.values_list("kind", "state")) == {
            ("post.delivered", "moot"),
            ("post.recalled", "moot"),
        }

    def test_it_is_called_again_later_and_later_then_ended_with_a_notice(
        self, cast: Cast, at: datetime, peer: Peer
    ) -> None:
        opened(cast, at, peer.url)
        moment = at + timedelta(minutes=1)
        said(cast.colleague, moment)
        gather(at=moment + timedelta(seconds=2))
        peer.answers = [500] * 99
        moment += timedelta(seconds=3)
        numbers = set()
        for attempt in range(1, 11):
            assert send_due(clock=lambda at=moment: at) == 1  # type: ignore[misc]  # the time of this round
            numbers.add(peer.heard[-1][0]["webhook-id"])
            call = Call.objects.get()
            assert call.attempts == attempt
            moment = max(call.due_at, moment) + timedelta(seconds=1)
        assert len(numbers) == 1
        assert Call.objects.get().state == "failed"
        assert Endpoint.objects.get().ended_at is None
        said(cast.colleague, moment, "Another.")
        moment += timedelta(days=5)
        while gather(at=moment):
            pass
        send_due(clock=lambda: moment)
        row = Endpoint.objects.get()
        assert (row.why_ended, row.ended_at is not None) == ("failing", True)
        assert Notice.objects.get().kind == "webhook-ended"

    def test_gone_ends_it_at_once(self, cast: Cast, at: datetime, peer: Peer) -> None:
        opened(cast, at, peer.url)
        later = at + timedelta(minutes=1)
        said(cast.colleague, later)
        gather(at=later + timedelta(seconds=2))
        peer.answers = [410]
        send_due(clock=lambda: later + timedelta(seconds=3))
        assert Endpoint.objects.get().why_ended == "gone"

    def test_a_call_that_a_dying_process_took_is_made_by_the_next(
        self, cast: Cast, at: datetime, peer: Peer
    ) -> None:
        opened(cast, at, peer.url)
        later = at + timedelta(minutes=1)
        said(cast.colleague, later)
        gather(at=later + timedelta(seconds=2))
        Call.objects.update(state="claimed", taken_until=later + timedelta(minutes=2))
        assert send_due(clock=lambda: later + timedelta(minutes=1)) == 0
        assert send_due(clock=lambda: later + timedelta(minutes=3)) == 1
        assert len(peer.heard) == 1

    def test_no_address_inside_is_called(self, cast: Cast, at: datetime) -> None:
        for url in ("http://x.example/", "https://127.0.0.1/", "https://10.0.0.1/", "ftp://x.example", "x"):
            with pytest.raises(BadInput):
                opened(cast, at, url)
        with pytest.raises(NotFound):
            open_endpoint(by=cast.guest, at=at, name="x", url="https://x.example", kinds=["post.delivered"])

    def test_the_secret_lies_sealed_and_another_ends_nothing(self, cast: Cast, at: datetime) -> None:
        made = opened(cast, at, "https://x.example/take")
        stored = bytes(Endpoint.objects.get().secret)
        assert made.secret.encode() not in stored
        assert base64.b64decode(made.secret.removeprefix("whsec_")) not in stored
        with pytest.raises(NotFound):
            end_endpoint(by=cast.colleague, at=at, endpoint_id=made.id)
        end_endpoint(by=cast.author, at=at, endpoint_id=made.id)


@pytest.fixture
def source(cast: Cast, at: datetime) -> Opened:
    bot = make_bot(by=cast.author, at=at, name="Bench")
    seat(by=cast.author, at=at, person=bot, audience_id=place(cast.author, "valve-7", at).audience_id)
    return open_source(by=cast.author, at=at, name="Bench", bot=bot, place="space:valve-7")


def call_in(source: Opened, body: object, number: str = "msg_1", *, shift: int = 0, **changed: str) -> Any:
    data = json.dumps(body).encode()
    stamp = int(now().timestamp()) + shift
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(stamp),
        "webhook-signature": rules.signature(source.secret, number, stamp, data),
    }
    reference = changed.pop("reference", source.reference)
    headers.update({name.replace("_", "-"): value for name, value in changed.items()})
    headers = {name: value for name, value in headers.items() if value}
    return Client().post(f"/hooks/{reference}", data, content_type="application/json", headers=headers)


@pytest.mark.django_db
class TestIn:
    def test_a_call_becomes_the_bots_words_through_the_gate(
        self, cast: Cast, at: datetime, source: Opened
    ) -> None:
        answer = call_in(source, {"type": "bench.done", "data": {"text": "Cycle **400** held."}})
        assert answer.status_code == 201
        row = Message.objects.get()
        assert (row.author.name, row.body) == ("Bench", "Cycle **400** held.")
        assert answer.json()["passages"][0]["state"] == "delivered"
        passage = answer.json()["passages"][0]["id"]
        assert call_in(source, {"text": "And 500.", "answers": passage}, "msg_2").status_code == 201
        client = Client()
        client.force_login(cast.colleague, backend="lockgate.people.door.Door")
        assert ">bot</span>" in client.get("/spaces/valve-7").content.decode()

    @pytest.mark.parametrize(
        "changed",
        [
            {"webhook_signature": ""},
            {"webhook_signature": "v1,AAAA"},
            {"webhook_id": ""},
            {"webhook_id": "msg_9"},
            {"webhook_timestamp": ""},
            {"webhook_timestamp": "1"},
            {"reference": "00000000-0000-4000-8000-000000000000"},
        ],
    )
    @pytest.mark.usefixtures("cast")
    def test_in_doubt_it_is_refused_and_all_alike(self, source: Opened, changed: dict[str, str]) -> None:
        answer = call_in(source, {"text": "Words."}, **changed)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-believed")
        assert Message.objects.count() == 0
        assert answer.content == call_in(source, {"text": "Words."}, webhook_signature="v1,x").content

    @pytest.mark.parametrize("shift", [-301, 301, -100_000])
    @pytest.mark.usefixtures("cast")
    def test_an_old_call_is_refused(self, source: Opened, shift: int) -> None:
        assert call_in(source, {"text": "Words."}, shift=shift).status_code == 401

    @pytest.mark.usefixtures("cast")
    def test_a_call_sent_again_is_refused(self, source: Opened) -> None:
        assert call_in(source, {"text": "Words."}).status_code == 201
        again = call_in(source, {"text": "Words."})
        assert (again.status_code, again.json()["code"]) == (409, "already-taken")
        assert Message.objects.count() == 1

    def test_the_gate_rules_on_it_and_keeps_the_attempt(
        self, cast: Cast, at: datetime, source: Opened
    ) -> None:
        refused = call_in(source, {"text": "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})
        assert refused.status_code in {201, 422}
        kept = Entry.objects.filter(action="gateway.message.refused").count()
        held = refused.status_code == 201 and refused.json()["passages"][0]["state"] != "delivered"
        assert held or kept == 1

    def test_a_bot_without_seat_or_owner_says_nothing(self, cast: Cast, at: datetime, source: Opened) -> None:
        row = Source.objects.get()
        end_seat(by=cast.author, at=at, person=row.bot, audience_id=row.audience_id)
        assert call_in(source, {"text": "Words."}).status_code == 404
        Person.objects.filter(pk=cast.author.pk).update(is_active=False)
        assert call_in(source, {"text": "Words."}).status_code == 401
        assert Message.objects.count() == 0

    @pytest.mark.usefixtures("cast")
    def test_what_is_no_text_is_told_so(self, source: Opened) -> None:
        for number, body in enumerate(({}, [], {"text": 7}, {"text": "a\x00b"}, {"text": "x", "answers": 7})):
            assert call_in(source, body, f"msg_{number}").status_code == 422
        assert call_in(source, {"text": "x" * 70_000}, "msg_9").status_code == 422
        assert Client().get(f"/hooks/{source.reference}").status_code == 405
