"""One delivery through every outcome that a channel can have."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.channels.types import ChannelRefused, OutcomeUnknown, Published, SignInRefused, TryLater
from lockgate.publishing import operations as publishing
from lockgate.publishing import queries, rules
from lockgate.publishing.models import Delivery
from lockgate.publishing.tests.fake_channel import Crash, fails
from lockgate.publishing.types import Attached
from lockgate.publishing.types import DeliveryState as S

pytestmark = pytest.mark.django_db
HASH = b"h" * 32
SECOND = timedelta(seconds=1)


@pytest.fixture
def planned(account, at, fake):
    def put(passage_id=7, **other):
        given = {"markdown": "The valve holds.", "content_hash": HASH, "at": at, **other}
        return publishing.plan(passage_id=passage_id, message_id=70, account=account, **given)

    return put


def one_round(at, **given):
    """Claim, attempt, settle: what the worker does, once. Answers what was kept for each claim."""
    kept = []
    for claim in publishing.claim(at=at):
        settled = publishing.attempt(claim, at=at, **given)
        with transaction.atomic():
            kept.append(publishing.settle(settled, claim, at=at))
    return kept


def settle_and_die(settled, claim, at):
    with transaction.atomic():
        publishing.settle(settled, claim, at=at)
        raise Crash


def row(delivery):
    delivery.refresh_from_db()
    return delivery


def test_what_is_planned_is_published_once_and_says_where(planned, fake, at):
    delivery = planned()
    (kept,) = one_round(at)
    assert (kept.state, kept.reference) == (S.LIVE, f"ref-{delivery.token}")
    view = queries.of_passage(7)
    assert (view.state, view.url, view.attempts) == (S.LIVE, f"https://fake.example/{delivery.token}", 1)
    assert fake.posts[delivery.token] == ["The valve holds."]
    assert one_round(at + timedelta(days=1)) == []
    assert fake.calls == ["publish"]


def test_before_its_time_nothing_leaves(planned, fake, at):
    delivery = planned(intended_at=at + timedelta(hours=1))
    assert one_round(at) == []
    assert one_round(at + timedelta(hours=1))[0].state is S.LIVE
    assert fake.count(delivery.token) == 1


def test_what_a_paused_account_would_send_waits(planned, fake, at, account):
    planned()
    type(account).objects.update(paused_at=at)
    assert one_round(at) == []
    assert queries.of_passage(7).is_paused
    type(account).objects.update(paused_at=None)
    assert one_round(at)[0].state is S.LIVE


def test_planning_the_same_words_twice_is_planning_them_once(planned, fake, at):
    assert planned().pk == planned().pk
    one_round(at)
    assert planned().state == S.LIVE
    assert len(fake.posts) == 1


def test_a_lease_is_not_taken_twice_and_lapses(planned, fake, at):
    planned()
    (first,) = publishing.claim(at=at)
    assert publishing.claim(at=at + 59 * SECOND) == []
    (second,) = publishing.claim(at=at + 61 * SECOND)
    assert (second.fence, second.state) == (first.fence + 1, S.CLAIMED)
    with pytest.raises(publishing.ClaimLost):
        publishing.attempt(first, at=at + 62 * SECOND)
    assert fake.calls == []
    settled = publishing.attempt(second, at=at + 62 * SECOND)
    with pytest.raises(publishing.ClaimLost):
        publishing.settle(settled, first, at=at + 62 * SECOND)
    assert publishing.settle(settled, second, at=at + 62 * SECOND).state is S.LIVE
    with pytest.raises(publishing.ClaimLost):
        publishing.settle(settled, second, at=at + 62 * SECOND)


REFUSALS = [
    (ChannelRefused("It is longer than 300 characters."), S.REFUSED, "300 characters"),
    (SignInRefused("The token is not accepted."), S.REFUSED, "renew the password of Halden News"),
    (TryLater("It is busy.", after_seconds=90), S.PLANNED, "busy"),
    (OutcomeUnknown("It did not answer."), S.UNKNOWN, "cannot tell yet whether it stands on Halden News"),
    (ValueError("https://channel.example/?token=SECRET"), S.UNKNOWN, "failed (ValueError)"),
    (ConnectionResetError("SECRET"), S.UNKNOWN, "ConnectionResetError"),
]


@pytest.mark.parametrize(("error", "state", "words"), REFUSALS, ids=lambda one: type(one).__name__)
def test_what_each_error_means(planned, fake, at, caplog, error, state, words):
    delivery = planned()
    fake.before_publish = fails(error)
    (kept,) = one_round(at)
    assert kept.state is state
    assert words in kept.sentence
    assert row(delivery).state == state
    assert "SECRET" not in kept.sentence + caplog.text
    assert fake.count(delivery.token) == 0


def test_later_means_when_the_channel_says(planned, fake, at):
    delivery = planned()
    fake.before_publish = fails(TryLater("It is busy.", after_seconds=90))
    assert one_round(at)[0].due_at == at + 90 * SECOND
    assert one_round(at + 89 * SECOND) == []
    assert one_round(at + 90 * SECOND)[0].state is S.LIVE
    assert fake.count(delivery.token) == 1


def test_a_channel_that_never_has_time_is_told_to_the_author(planned, fake, at):
    planned()
    fake.before_publish = fails(TryLater("It is busy."), times=99)
    rounds = 0
    while (due := queries.next_due_at()) is not None:
        (kept,) = one_round(due)
        rounds += 1
    assert rounds == rules.MAX_SENDS
    assert kept.state is S.REFUSED
    assert kept.needs_a_person
    assert "after many tries" in kept.sentence


def test_answered_500_after_publishing_it_is_found_and_not_sent_again(planned, fake, at):
    delivery = planned()
    fake.after_publish = fails(OutcomeUnknown("It answered 500."))
    assert one_round(at)[0].state is S.UNKNOWN
    (kept,) = one_round(at + 15 * SECOND)
    assert (kept.state, kept.reference) == (S.LIVE, f"ref-{delivery.token}")
    assert fake.calls == ["publish", "look_up"]
    assert fake.count(delivery.token) == 1


def test_a_request_still_at_work_is_not_taken_for_lost(planned, fake, at):
    """The channel is slow: we gave up at 0 s, it lands at 40 s. A look-up at 15 s sees nothing and sends nothing."""
    delivery = planned()
    fake.before_publish = fails(OutcomeUnknown("It did not answer in time."))
    one_round(at)
    assert one_round(at + 15 * SECOND)[0].state is S.UNKNOWN
    fake.posts[delivery.token].append("The valve holds.")
    assert one_round(at + 60 * SECOND)[0].state is S.LIVE
    assert fake.count(delivery.token) == 1
    assert fake.calls.count("publish") == 1


def test_a_claim_that_waited_its_turn_is_given_its_time_all_the_same(planned, fake, at):
    """Four are claimed together; the last leaves 50 s later. Its lease and its patience begin when it leaves."""
    delivery = planned()
    (claim,) = publishing.claim(at=at)
    waited = replace(claim, taken=claim.taken - 50)
    fake.after_publish = fails(OutcomeUnknown("It answered 500."))
    publishing.attempt(waited, at=at)
    left_at = row(delivery).sent_at
    assert timedelta(seconds=50) <= left_at - at < timedelta(seconds=60)
    assert delivery.due_at - left_at == timedelta(seconds=60)
    assert publishing.claim(at=at + 61 * SECOND) == []


def test_surely_lost_it_is_sent_again(planned, fake, at):
    delivery = planned()
    fake.before_publish = fails(OutcomeUnknown("It did not answer."))
    one_round(at)
    one_round(at + 15 * SECOND)
    assert one_round(at + 61 * SECOND)[0].state is S.PLANNED
    assert one_round(at + 80 * SECOND)[0].state is S.LIVE
    assert fake.count(delivery.token) == 1


def test_lost_again_and_again_it_stops_and_says_so(planned, fake, at):
    planned()
    fake.before_publish = fails(OutcomeUnknown("It did not answer."), times=99)
    while (due := queries.next_due_at()) is not None:
        (kept,) = one_round(due)
    assert kept.state is S.REFUSED
    assert fake.calls.count("publish") == rules.MAX_LOST


def test_a_look_up_that_fails_decides_nothing(planned, fake, at, cast):
    delivery = planned()
    fake.after_publish = fails(OutcomeUnknown("It answered 500."))
    fake.before_look_up = fails(TryLater("It is down."), times=rules.MAX_LOOK_UPS)
    one_round(at)
    news = 0
    while (due := queries.next_due_at()) is not None:
        (kept,) = one_round(due)
        news += kept.is_news
    assert kept.state is S.UNKNOWN
    assert kept.needs_a_person
    # Told when Lockgate gives up looking, and not sixty times before.
    assert news == 1
    assert fake.calls.count("publish") == 1
    # A person asks for another look: it is looked up, never sent.
    publishing.retry(delivery_id=delivery.pk, by=cast.author, at=at + timedelta(days=3))
    assert one_round(at + timedelta(days=3))[0].state is S.LIVE
    assert fake.count(delivery.token) == 1


def test_after_a_change_of_password_it_is_tried_again(planned, fake, at, cast):
    delivery = planned()
    fake.before_publish = fails(SignInRefused("The token is not accepted."))
    one_round(at)
    assert queries.of_passage(7).needs_a_person
    publishing.retry(delivery_id=delivery.pk, by=cast.author, at=at)
    assert one_round(at)[0].state is S.LIVE
    with pytest.raises(publishing.CannotRetry):
        publishing.retry(delivery_id=delivery.pk, by=cast.author, at=at)


def test_what_the_connector_would_not_take_never_leaves(planned, fake, at):
    planned()
    fake.complaints = ("It is 12 characters too long.",)
    (kept,) = one_round(at)
    assert (kept.state, kept.sentence) == (S.REFUSED, "It is 12 characters too long.")
    assert fake.calls == []
    assert row(Delivery.objects.get()).attempts == 0


@pytest.mark.parametrize(
    ("published", "state"),
    [
        (Published("", "https://fake.example/1"), S.UNKNOWN),
        (Published("r" * 501, "https://fake.example/1"), S.UNKNOWN),
        (Published("\x00", ""), S.UNKNOWN),
        (Published("ref", "javascript:alert(1)", {"a": "x\x00y"}), S.LIVE),
        (Published("ref", "https://" + "x" * 2000), S.LIVE),
    ],
)
def test_a_channel_that_answers_nonsense(planned, fake, at, monkeypatch, published, state):
    planned()
    monkeypatch.setattr(fake, "_published", lambda token: published)
    (kept,) = one_round(at)
    assert kept.state is state
    assert queries.of_passage(7).url == ""


class TestAttachments:
    @pytest.fixture
    def picture(self, settings, tmp_path):
        settings.ATTACHMENTS_DIR = tmp_path / "files"
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "a1").write_bytes(b"picture")
        (tmp_path / "secret").write_bytes(b"secret")
        digest = hashlib.sha256(b"picture").hexdigest()
        return Attached(path="a1", name="valve.png", media_type="image/png", alt="A valve", sha256=digest)

    def sent(self, fake, monkeypatch):
        seen = []
        monkeypatch.setattr(fake, "before_publish", seen.append)
        return seen

    def test_the_bytes_that_were_submitted_are_sent(self, planned, fake, at, picture, monkeypatch):
        seen = self.sent(fake, monkeypatch)
        planned(attachments=[picture])
        assert one_round(at)[0].state is S.LIVE
        assert (seen[0].images[0].content, seen[0].images[0].alt) == (b"picture", "A valve")

    @pytest.mark.parametrize("damage", ["gone", "changed", "outside"])
    def test_a_file_that_is_not_the_one_submitted_is_not_sent(
        self, planned, fake, at, picture, damage, tmp_path
    ):
        file = tmp_path / "files" / "a1"
        if damage == "gone":
            file.unlink()
        elif damage == "changed":
            file.write_bytes(b"another")
        else:
            picture = Attached(
                "../secret", "valve.png", "image/png", "", hashlib.sha256(b"secret").hexdigest()
            )
        planned(attachments=[picture])
        (kept,) = one_round(at)
        assert kept.state is S.REFUSED
        assert "valve.png" in kept.sentence
        assert fake.calls == []

    def test_a_file_that_is_gone_does_not_hinder_a_look_up(self, planned, fake, at, picture, tmp_path):
        planned(attachments=[picture])
        fake.after_publish = fails(OutcomeUnknown("It answered 500."))
        one_round(at)
        (tmp_path / "files" / "a1").unlink()
        assert one_round(at + 15 * SECOND)[0].state is S.LIVE

    def test_a_caller_may_open_files_its_own_way(self, planned, fake, at, picture, monkeypatch):
        seen = self.sent(fake, monkeypatch)
        planned(attachments=[picture])
        one_round(at, open_attachment=lambda path: b"picture" if path == "a1" else b"")
        assert seen[0].images[0].content == b"picture"


CRASHES = {
    # Where the process dies: (which hook, how often the channel is asked to publish in the end).
    "before the channel took it": "before_publish",
    "after the channel took it": "after_publish",
}


@pytest.mark.parametrize("hook", CRASHES.values(), ids=CRASHES.keys())
def test_a_crash_after_sent_was_committed(planned, fake, at, hook):
    delivery = planned()
    setattr(fake, hook, fails(Crash()))
    with pytest.raises(Crash):
        one_round(at)
    assert row(delivery).state == S.SENT
    assert one_round(at + 59 * SECOND) == []
    # The lease has ended: looked up first, whatever happened.
    one_round(at + 61 * SECOND)
    assert fake.calls[1] == "look_up"
    one_round(at + 200 * SECOND)
    assert (row(delivery).state, fake.count(delivery.token)) == (S.LIVE, 1)


def test_a_crash_after_the_claim(planned, fake, at):
    delivery = planned()
    publishing.claim(at=at)
    assert one_round(at + 61 * SECOND)[0].state is S.LIVE
    assert fake.count(delivery.token) == 1


def test_a_crash_before_the_outcome_was_settled(planned, fake, at):
    delivery = planned()
    (claim,) = publishing.claim(at=at)
    publishing.attempt(claim, at=at)
    assert one_round(at + 61 * SECOND)[0].state is S.LIVE
    assert (fake.count(delivery.token), fake.calls) == (1, ["publish", "look_up"])


def test_a_crash_while_it_was_settled_keeps_all_or_nothing(planned, fake, at):
    delivery = planned()
    (claim,) = publishing.claim(at=at)
    settled = publishing.attempt(claim, at=at)
    with pytest.raises(Crash):
        settle_and_die(settled, claim, at)
    assert row(delivery).state == S.SENT
    assert one_round(at + 61 * SECOND)[0].state is S.LIVE
    assert fake.count(delivery.token) == 1


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "change",
        [
            {"state": "live", "reference": "x"},
            {"state": "sent"},
            {"state": "nowhere"},
            {"state": "claimed", "due_at": None},
            {"fence": -1},
            {"token": "another"},
            {"content_hash": b"o" * 32},
        ],
        ids=str,
    )
    def test_a_step_or_change_that_must_not_be(self, planned, fake, change):
        delivery = planned()
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(**change)

    def test_live_without_a_reference_and_sending_again_what_is_live(self, planned, fake, at):
        delivery = planned()
        one_round(at)
        for change in (
            {"reference": ""},
            {"state": "planned", "due_at": at},
            {"state": "claimed", "due_at": at},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Delivery.objects.filter(pk=delivery.pk).update(**change)

    def test_the_same_words_to_the_same_account_twice(self, planned, fake):
        delivery = planned()
        copy = Delivery.objects.get(pk=delivery.pk)
        copy.pk, copy.token = 1, "another"
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
