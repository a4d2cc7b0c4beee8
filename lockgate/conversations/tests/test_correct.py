"""Words that are corrected where they stand, and what readers have answered to: names, votes, receipts, links."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.models import LinkPreview, Mention
from lockgate.conversations.operations.mentions import tell_mentioned
from lockgate.conversations.refusals import BadPoll, BadPraise, WasConfirmed
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway.refusals import NotRevisable
from lockgate.gateway.types import MessageView
from lockgate.notices.queries import of as told_to
from lockgate.people.models import Person

pytestmark = pytest.mark.django_db

WORDS = "The bench is free again on Tuesday morning."
MINUTE = timedelta(minutes=1)


def say(
    cast: Cast, at: datetime, body: str = WORDS, *, asks: Asks | None = None, by: Person | None = None
) -> tuple[int, int]:
    sent = talk.submit(by=by or cast.author, at=at, body=body, marking=1, places=["space:valve-7"], asks=asks)
    assert sent.passages[0].state == "delivered", sent
    return sent.message_id, sent.passages[0].passage_id


def correct(cast: Cast, at: datetime, message: int, body: str, *, by: Person | None = None) -> MessageView:
    return talk.revise(by=by or cast.author, at=at, message_id=message, body=body, marking=1)


def mentioned(person: Person) -> int:
    return len([one for one in told_to(person) if one.kind == "mentioned"])


def test_who_is_named_now_is_told_once_and_who_is_named_no_more_is_not(cast: Cast, at: datetime) -> None:
    message, number = say(cast, at, f"@{cast.approver.slug} {WORDS}")
    correct(cast, at + MINUTE, message, f"@{cast.colleague.slug} {WORDS}")
    tell_mentioned(at=at + 2 * MINUTE)
    assert mentioned(cast.colleague) == 1
    assert not Mention.objects.filter(passage=number, person=cast.approver).exists()
    correct(cast, at + 3 * MINUTE, message, f"@{cast.colleague.slug} {WORDS} At ten.")
    tell_mentioned(at=at + 4 * MINUTE)
    assert mentioned(cast.colleague) == 1


def test_what_stands_keeps_its_marking(cast: Cast, at: datetime) -> None:
    message, _number = say(cast, at)
    with pytest.raises(NotRevisable):
        talk.revise(by=cast.author, at=at + MINUTE, message_id=message, body="Other.", marking=2)


def test_an_announcement_is_corrected_until_somebody_has_confirmed_it(cast: Cast, at: datetime) -> None:
    message, number = say(cast, at, asks=Asks("announcement"))
    correct(cast, at + MINUTE, message, WORDS + " At ten.")
    talk.confirm(by=cast.colleague, at=at + 2 * MINUTE, passage_id=number)
    with pytest.raises(WasConfirmed):
        correct(cast, at + 3 * MINUTE, message, WORDS + " At eleven.")
    assert conversations.items([number])[number].body == WORDS + " At ten."


@pytest.mark.parametrize(
    ("body", "stands"),
    [
        ("Which day, then?\n\n- Monday\n- Friday", True),
        ("Which day, then?", True),
        ("Which day?\n\n- Monday\n- Sunday", False),
        ("Which day?\n\n- Monday\n- Friday\n- Sunday", False),
    ],
)
def test_the_options_of_a_poll_stay(cast: Cast, at: datetime, body: str, stands: bool) -> None:
    asks = Asks("poll", options=("Monday", "Friday"))
    message, number = say(cast, at, "Which day?", asks=asks)
    if not stands:
        with pytest.raises(BadPoll):
            correct(cast, at + MINUTE, message, body)
        return
    correct(cast, at + MINUTE, message, body)
    item = conversations.items([number])[number]
    assert item.poll is not None
    assert (item.words, item.poll.options) == ("Which day, then?", ("Monday", "Friday"))


def test_whoever_was_praised_stays_named(cast: Cast, at: datetime) -> None:
    message, _number = say(cast, at, f"Thank you, @{cast.colleague.slug}.", asks=Asks("praise"))
    with pytest.raises(BadPraise):
        correct(cast, at + MINUTE, message, "Thank you all.")
    correct(cast, at + MINUTE, message, f"Thank you, @{cast.colleague.slug} and @{cast.approver.slug}.")


def test_another_link_is_looked_at_anew_and_the_same_one_is_not(cast: Cast, at: datetime) -> None:
    message, number = say(cast, at, f"{WORDS} https://one.example/a")
    LinkPreview.objects.filter(pk=number).update(title="One", looked_at=at)
    correct(cast, at + MINUTE, message, f"Look: https://one.example/a {WORDS}")
    assert LinkPreview.objects.get(pk=number).title == "One"
    correct(cast, at + 2 * MINUTE, message, f"{WORDS} https://two.example/b")
    kept = LinkPreview.objects.get(pk=number)
    assert (kept.address, kept.title, kept.looked_at) == ("https://two.example/b", "", None)
    correct(cast, at + 3 * MINUTE, message, WORDS)
    assert not LinkPreview.objects.filter(pk=number).exists()
