"""Words that are corrected where they stand: both wordings can be read, and the gate rules on the second as on any."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest

from lockgate.archive.models import Entry
from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast
from lockgate.gateway import queries, rules
from lockgate.gateway.judging import judge
from lockgate.gateway.models import Message, Passage, Revision
from lockgate.gateway.operations import attach, give_version, recall, submit
from lockgate.gateway.operations.amend import amend
from lockgate.gateway.operations.release import choice_of
from lockgate.gateway.refusals import NothingToSay, NotRevisable, RefusedByPolicy
from lockgate.gateway.types import MessageView
from lockgate.people.models import Person
from lockgate.policy.types import Outcome
from lockgate.spaces.models import Seat
from lockgate.spaces.operations import end_seat

pytestmark = pytest.mark.django_db

# The room's door names the operation as its module is named.
amending = import_module("lockgate.gateway.operations.amend")

WORDS = "The bench is free again on Tuesday morning."
BETTER = "The bench is free again on Thursday morning."
SECRET = "The drawing of the seat ring goes to the supplier on Monday with the new tolerance of the groove."
MINUTE = timedelta(minutes=1)


def said(
    cast: Cast,
    at: datetime,
    *places: str,
    body: str = WORDS,
    marking: int = Marking.INTERNAL,
    answers: int | None = None,
) -> tuple[int, int]:
    """(message, its first passage), which stands."""
    sent = submit(
        by=cast.author,
        at=at,
        body=body,
        marking=marking,
        places=() if answers else places or ("space:valve-7",),
        answers=answers,
    )
    assert {one.state for one in sent.passages} == {"delivered"}, sent
    return sent.message_id, sent.passages[0].passage_id


def put(
    cast: Cast, at: datetime, message: int, body: str = BETTER, *, by: Person | None = None
) -> MessageView:
    return amend(by=by or cast.author, at=at, message_id=message, body=body)


def test_the_new_words_stand_and_whoever_hears_them_reads_both(cast: Cast, at: datetime) -> None:
    message, number = said(cast, at, "space:valve-7", "space:engineering")
    before = Passage.objects.select_related("ruling").get(pk=number)
    put(cast, at + MINUTE, message)
    seen = queries.message(cast.colleague, message, at + MINUTE)
    assert (seen.body, seen.revision, [one.body for one in seen.revisions]) == (BETTER, 2, [WORDS])
    assert not seen.can_amend, "not theirs"
    for passage in Passage.objects.filter(message=message).select_related("ruling"):
        assert passage.state == "delivered"
        assert bytes(passage.ruling.content_hash) == bytes(Message.objects.get(pk=message).content_hash)
    after = Passage.objects.get(pk=number)
    assert (after.position, after.delivered_at) == (before.position, before.delivered_at)
    assert after.version > before.version
    assert after.ruling_id != before.ruling_id
    item = conversations.items([number])[number]
    assert (item.body, item.edited_at) == (BETTER, at + MINUTE)
    told = list(Entry.objects.filter(record=f"m:{message}").values_list("action", flat=True))
    assert told.count("gateway.message.revised") == 1
    assert Entry.objects.filter(record=f"x:{number}", action="gateway.passage.amended").count() == 1


def test_the_record_holds_what_stands_and_what_stood(cast: Cast, at: datetime) -> None:
    message, _number = said(cast, at)
    first = bytes(Message.objects.get(pk=message).content_hash)
    put(cast, at + MINUTE, message)
    row, revision = Message.objects.get(pk=message), Revision.objects.get(message=message)
    assert (revision.body, bytes(revision.content_hash), revision.replaced_at) == (WORDS, first, at + MINUTE)
    assert bytes(row.content_hash) == rules.content_hash(rules.canonical_content(BETTER, row.marking, []))


def test_the_same_words_again_change_nothing(cast: Cast, at: datetime) -> None:
    message, number = said(cast, at)
    version = Passage.objects.get(pk=number).version
    assert put(cast, at + MINUTE, message, WORDS).revision == 1
    assert Passage.objects.get(pk=number).version == version
    assert not Revision.objects.filter(message=message).exists()


def test_only_the_author_and_only_while_they_sit_there(cast: Cast, at: datetime) -> None:
    message, number = said(cast, at)
    for other in (cast.colleague, cast.stranger, cast.administrator):
        with pytest.raises(NotFound):
            put(cast, at + MINUTE, message, by=other)
    Seat.objects.filter(person=cast.author, audience=Passage.objects.get(pk=number).audience).update(
        role="observer"
    )
    with pytest.raises(NotRevisable):
        put(cast, at + MINUTE, message)
    end_seat(
        by=None, at=at + MINUTE, person=cast.author, audience_id=Passage.objects.get(pk=number).audience_id
    )
    with pytest.raises(NotFound):
        put(cast, at + 2 * MINUTE, message)
    assert Message.objects.get(pk=message).body == WORDS


@pytest.mark.parametrize(
    ("body", "refusal"), [("", NothingToSay), (" \n", NothingToSay), ("a\x00b", BadInput)]
)
def test_words_that_are_none(cast: Cast, at: datetime, body: str, refusal: type[Exception]) -> None:
    message, _number = said(cast, at)
    with pytest.raises(refusal):
        put(cast, at + MINUTE, message, body)


def test_what_needs_a_signature_or_a_higher_marking_is_not_put_there(cast: Cast, at: datetime) -> None:
    message, number = said(cast, at, "space:everyone")
    stood = Passage.objects.get(pk=number)
    for body in ("DISTRIBUTION STATEMENT D. " + WORDS, "CUI//SP-CTI\n" + WORDS):
        with pytest.raises(RefusedByPolicy) as raised:
            put(cast, at + MINUTE, message, body)
        assert "Everyone" in str(raised.value)
    stands = Passage.objects.get(pk=number)
    assert (stands.version, stands.ruling_id) == (stood.version, stood.ruling_id)
    assert Message.objects.get(pk=message).body == WORDS
    assert Entry.objects.filter(record=f"m:{message}", action="gateway.message.change_refused").count() == 2


def test_what_waits_is_revised_and_what_went_outside_or_was_taken_back_stays(
    cast: Cast, at: datetime
) -> None:
    held = submit(
        by=cast.author, at=at, body="Our Valve 7 sealed all night.", marking=0, places=["channel:feed"]
    )
    mixed = submit(by=cast.author, at=at, body=WORDS, marking=0, places=["space:everyone", "channel:feed"])
    gone, number = said(cast, at)
    recall(by=cast.author, at=at, passage_id=number, why="Wrong day.")
    for message in (held.message_id, mixed.message_id, gone):
        assert not queries.message(cast.author, message, at).can_amend
        with pytest.raises(NotRevisable):
            put(cast, at + MINUTE, message)


def test_who_hears_from_later_on_reads_no_wording_from_before(cast: Cast, at: datetime) -> None:
    """A wording that a signer sent back, or that stood before one came, is not in the history that they read."""
    message, number = said(cast, at)
    put(cast, at + MINUTE, message)
    put(cast, at + 3 * MINUTE, message, WORDS + " Or so.")
    Passage.objects.filter(pk=number).update(position=floor_id(at + 2 * MINUTE))
    seen = queries.message(cast.colleague, message, at + 4 * MINUTE)
    assert [one.body for one in seen.revisions] == [BETTER]
    assert [one.body for one in queries.message(cast.author, message, at + 4 * MINUTE).revisions] == [
        BETTER,
        WORDS,
    ]
    with pytest.raises(NotFound):
        queries.message(cast.stranger, message, at + 4 * MINUTE)


def test_what_was_changed_while_it_waited_is_not_called_changed(cast: Cast, at: datetime) -> None:
    message, number = said(cast, at)
    put(cast, at + MINUTE, message)
    Passage.objects.filter(pk=number).update(position=floor_id(at + 2 * MINUTE))
    assert conversations.items([number])[number].edited_at is None


def test_confidential_words_that_stood_are_protected_still(cast: Cast, at: datetime) -> None:
    """Whoever heard the first wording has it: a copy of it is a copy, whatever stands there now."""
    kept = attach(by=cast.author, at=at, name="plan.txt", content=("In the annex: " + SECRET).encode())
    sent = submit(
        by=cast.author,
        at=at,
        body=SECRET.replace("drawing", "model"),
        marking=Marking.CONFIDENTIAL,
        places=["space:valve-7"],
        attachments=[kept.id],
    )
    give_version(
        by=cast.author, at=at + MINUTE, attachment_id=kept.id, name="plan.txt", content=b"Empty now."
    )
    put(cast, at + 2 * MINUTE, sent.message_id, "It is settled, see the minutes.")
    for copied in (SECRET, SECRET.replace("drawing", "model")):
        seen = queries.preview(
            cast.author, body=copied, marking=0, places=["channel:feed"], at=at + 3 * MINUTE
        )
        assert seen.rulings[0].ruling.outcome >= Outcome.HOLD, copied


def test_an_answer_is_corrected_where_it_stands_and_below_its_post(cast: Cast, at: datetime) -> None:
    _message, root = said(cast, at)
    answer, number = said(cast, at + MINUTE, answers=root)
    version = Passage.objects.get(pk=root).version
    put(cast, at + 2 * MINUTE, answer)
    assert Passage.objects.get(pk=root).version > version
    last = conversations.items([root])[root].last_answer
    assert last is not None
    assert last.body == BETTER
    (one,) = conversations.answers(cast.colleague, root, at + 3 * MINUTE)
    assert (one.passage_id, one.body, one.edited_at) == (number, BETTER, at + 2 * MINUTE)


def test_of_two_who_correct_at_once_the_second_is_told(cast: Cast, at: datetime) -> None:
    message, _number = said(cast, at)
    stale = queries.message(cast.author, message, at)
    put(cast, at + MINUTE, message)
    places = amending.standing(message)
    judged = judge(body="Third.", marking=1, places=[choice_of(one) for one in places], attachments=[], at=at)
    with pytest.raises(NotRevisable):
        amending._put(cast.author, at + MINUTE, stale, "Third.", places, judged)
    assert Message.objects.get(pk=message).body == BETTER


def test_there_is_an_end_to_it(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amending, "MOST_WORDINGS", 3)
    message, _number = said(cast, at)
    for turn in (1, 2):
        put(cast, at + turn * MINUTE, message, f"{WORDS} {turn}")
    with pytest.raises(NotRevisable):
        put(cast, at + 3 * MINUTE, message, f"{WORDS} 3")
    assert queries.message(cast.author, message, at + 4 * MINUTE).revision == 3


@pytest.mark.parametrize(
    ("stands", "may"),
    [
        ([("delivered", "space:a")], True),
        ([("delivered", "space:a"), ("recalled", "channel:x")], True),
        ([("delivered", "space:a"), ("delivered", "space:b")], True),
        ([("held", "space:a")], False),
        ([("delivered", "space:a"), ("held", "channel:x")], False),
        ([("delivered", "channel:x")], False),
        ([("recalled", "space:a")], False),
        ([], False),
    ],
)
def test_when_words_may_be_corrected(stands: list[tuple[str, str]], may: bool) -> None:
    assert rules.may_amend(stands) is may
