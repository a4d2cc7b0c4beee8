"""A channel that is down, slow, answers 500 after publishing, answers nonsense, refuses the password: from the author's
click through the worker to what the author reads, and nothing is lost or doubled."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.archive.operations import keep
from lockgate.base.markings import Marking
from lockgate.channels import outgoing
from lockgate.channels.models import Account
from lockgate.channels.operations import open_account, renew_secret
from lockgate.demo.cast import Cast
from lockgate.gateway import queries
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import deliver_next, recall, retry, submit
from lockgate.notices.models import Notice
from lockgate.people.models import Duty
from lockgate.people.operations import give_duty
from lockgate.publishing.models import Delivery
from lockgate.publishing.queries import next_due_at
from tests.faults.counting_channel import CountingChannel, Plan

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

WORDS = "# A quiet week\n\nThe new seat ring went to its tenth customer."
SECOND = timedelta(seconds=1)
TOKEN = "the password of the blog"


@pytest.fixture
def channel() -> Iterator[CountingChannel]:
    with CountingChannel() as channel:
        yield channel


@pytest.fixture
def account(cast: Cast, channel: CountingChannel, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")
    give_duty(by=None, at=at, person=cast.administrator, kind=Duty.Kind.CHANNEL_MANAGER)
    return open_account(
        by=cast.administrator,
        at=at,
        slug="counting",
        connector_name="wordpress",
        name="Counting blog",
        desk_slug="communications",
        base_url=channel.url,
        handle="halden",
        secrets={"app_password": TOKEN},
    )


@pytest.fixture
def sent(cast: Cast, account: Account, at: datetime) -> int:
    """The passage of words that are on their way to the channel."""
    told = submit(
        by=cast.author,
        at=at,
        body=WORDS,
        marking=Marking.PUBLIC,
        places=["space:everyone", "channel:counting"],
    )
    (passage,) = [one for one in told.passages if one.place == "channel:counting"]
    assert passage.state == "queued"
    return passage.passage_id


def work(at: datetime, rounds: int = 1) -> datetime:
    """The worker goes round ``rounds`` times, each at the moment when something is due; answers the last."""
    for _ in range(rounds):
        due = next_due_at()
        at = max(at, due) if due else at
        deliver_next(at=at)
    return at


def state(passage_id: int) -> tuple[str, str]:
    row = Passage.objects.get(pk=passage_id)
    return row.state, row.last_word


def told(cast: Cast) -> list[str]:
    rows = Notice.objects.filter(person=cast.author).order_by("id")
    return list(rows.values_list("kind", flat=True))


def actions(passage_id: int) -> list[str]:
    rows = Entry.objects.filter(record=f"x:{passage_id}").order_by("id")
    return [one.removeprefix("gateway.passage.") for one in rows.values_list("action", flat=True)]


def nothing_is_lost(cast: Cast, passage_id: int, at: datetime) -> None:
    """The words stand in the space whatever the channel does, the archive is in order, no secret is told."""
    row = Passage.objects.get(pk=passage_id)
    seen = queries.message(cast.colleague, row.message_id, at)
    assert seen.body == WORDS
    keep(at=at)
    assert "delivered" in [one.state for one in seen.passages]
    for said in [row.last_word, *Notice.objects.values_list("words", flat=True)]:
        assert TOKEN not in str(said)


def test_well_it_stands_there_and_is_read_back(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime
) -> None:
    work(at)
    assert state(sent)[0] == "delivered"
    (kept,) = channel.posts
    assert "seat ring" in kept.content
    delivery = Delivery.objects.get(passage_id=sent)
    assert delivery.read_backs.get().differences == []
    assert actions(sent) == ["ruled", "queued", "delivered"]
    nothing_is_lost(cast, sent, at)


def test_down_it_waits_and_goes_out_later(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        Account.objects.filter(slug="counting").update(base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        at = work(at, 3)
    kind, word = state(sent)
    assert kind == "queued"
    assert word
    assert channel.posts == []
    nothing_is_lost(cast, sent, at)
    Account.objects.filter(slug="counting").update(base_url=channel.url)
    at = work(at)
    assert state(sent)[0] == "delivered"
    assert len(channel.posts) == 1


def test_down_for_ever_the_author_is_told_and_may_try_again(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime
) -> None:
    channel.plan = Plan(refuses=503)
    at = work(at, 30)
    kind, word = state(sent)
    assert (kind, "many tries" in word) == ("failed", True), word
    assert told(cast) == ["failed"]
    nothing_is_lost(cast, sent, at)
    channel.plan = Plan()
    retry(by=cast.author, at=at, passage_id=sent)
    work(at)
    assert state(sent)[0] == "delivered"
    assert len(channel.posts) == 1


def test_slow_it_is_found_later_and_not_sent_again(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "TIMEOUT", outgoing.httpx2.Timeout(0.4))
    # Chance made certain: three quarters of these seconds, surely longer than we wait.
    monkeypatch.setattr(channel, "draw", lambda: 0.75)
    channel.plan = Plan(slow=1.0, slow_seconds=3.0)
    work(at)
    kind, word = state(sent)
    assert (kind, "cannot tell yet" in word) == ("unknown", True), word
    assert channel.posts == []
    at = work(at)
    assert state(sent)[0] == "unknown"
    # It lands, long after we gave up on it.
    until = time.monotonic() + 10
    while not channel.posts and time.monotonic() < until:
        time.sleep(0.05)
    work(at)
    assert state(sent)[0] == "delivered"
    assert len(channel.posts) == 1
    assert channel.asked["POST"] == 1
    assert actions(sent) == ["ruled", "queued", "unknown", "delivered"]
    assert told(cast) == ["unknown", "delivered"]


@pytest.mark.parametrize("fault", ["error_after", "cut_after", "nonsense_after"])
def test_taken_but_not_said_it_is_looked_up_and_found(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime, fault: str
) -> None:
    channel.plan = Plan(**{fault: 1.0})
    at = work(at)
    assert state(sent)[0] == "unknown"
    nothing_is_lost(cast, sent, at)
    work(at)
    assert state(sent)[0] == "delivered"
    assert (len(channel.posts), channel.asked["POST"]) == (1, 1)


def test_cut_before_it_was_taken_it_is_sent_again_once_that_is_sure(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime
) -> None:
    channel.plan = Plan(cut_before=1.0)
    at = work(at)
    assert state(sent)[0] == "unknown"
    channel.plan = Plan()
    before = at
    at = work(at, 8)
    assert state(sent)[0] == "delivered"
    assert at - before >= 120 * SECOND
    assert (len(channel.posts), channel.asked["POST"]) == (1, 2)


def test_a_wrong_password_says_whom_to_ask_and_a_new_one_mends_it(
    cast: Cast, channel: CountingChannel, sent: int, account: Account, at: datetime
) -> None:
    channel.plan = Plan(refuses=401)
    work(at)
    kind, word = state(sent)
    assert kind == "failed"
    assert "renew the password of Counting blog" in word
    assert told(cast) == ["failed"]
    nothing_is_lost(cast, sent, at)
    channel.plan = Plan()
    renew_secret(by=cast.administrator, at=at, account=account, name="app_password", words="a new one")
    retry(by=cast.author, at=at, passage_id=sent)
    work(at)
    assert state(sent)[0] == "delivered"


def test_a_recall_while_the_channel_is_down_is_not_given_up(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime
) -> None:
    work(at)
    channel.plan = Plan(refuses=503)
    assert recall(by=cast.author, at=at, passage_id=sent, why="A wrong figure.") == "recalling"
    at = work(at, 3)
    assert state(sent)[0] == "recalling"
    assert channel.standing()
    channel.plan = Plan()
    work(at)
    assert state(sent)[0] == "recalled"
    assert not channel.standing()
    assert actions(sent)[-1] == "recalled"


def test_given_up_after_many_tries_is_told(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime
) -> None:
    """Sixty look-ups in vain: the author hears of it when it began and when it ended, not in between."""
    channel.plan = Plan(error_after=1.0)
    at = work(at)
    channel.plan = Plan(refuses=503)
    at = work(at, 70)
    kind, word = state(sent)
    assert (kind, "stopped looking" in word) == ("unknown", True), word
    assert told(cast) == ["unknown", "given-up"]
    assert next_due_at() is None
    channel.plan = Plan()
    retry(by=cast.author, at=at, passage_id=sent)
    work(at)
    assert state(sent)[0] == "delivered"
    assert len(channel.posts) == 1


def test_the_page_of_the_message_tells_its_author_what_happened(
    cast: Cast, channel: CountingChannel, sent: int, at: datetime, client: Client
) -> None:
    channel.plan = Plan(refuses=401)
    work(at)
    row = Passage.objects.get(pk=sent)
    client.force_login(cast.author)
    page = client.get(f"/messages/{row.message_id}").content.decode()
    assert "renew the password of Counting blog" in page
    assert TOKEN not in page
