"""A new version of a file: the old one stays for those who had it, and the gate reads the new one."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from PIL import Image

from lockgate.approvals.queries import of_passage
from lockgate.archive.models import Entry
from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.demo.cast import Cast
from lockgate.gateway import queries, rules
from lockgate.gateway.models import Attachment, Message, Passage
from lockgate.gateway.operations import attach, give_version, recall, submit
from lockgate.gateway.operations.attach import open_bytes
from lockgate.gateway.refusals import AttachmentRefused, NotRevisable, RefusedByPolicy
from lockgate.people.models import Person
from lockgate.spaces.operations import end_seat

WORDS = "The plan of the bench for next week is below."
HELD = "Our Valve 7 sealed for ten thousand cycles last night."
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def picture(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return out.getvalue()


def said(cast: Cast, at: datetime, *places: str, body: str = WORDS, marking: int = 1) -> tuple[int, int]:
    """A message with a file: (message, attachment)."""
    kept = attach(by=cast.author, at=at, name="plan.txt", content=b"Monday: helium.")
    other = attach(by=cast.author, at=at + SECOND, name="after.txt", content=b"Stays.")
    sent = submit(
        by=cast.author,
        at=at,
        body=body,
        marking=marking,
        places=places or ["space:valve-7"],
        attachments=[kept.id, other.id],
    )
    return sent.message_id, kept.id


def give(cast: Cast, at: datetime, number: int, *, name: str = "plan 2.txt", by: Person | None = None) -> int:
    give_version(by=by or cast.author, at=at, attachment_id=number, name=name, content=b"Monday: nitrogen.")
    return Attachment.objects.get(slot=Attachment.objects.get(pk=number).slot or number, replaced_at=None).pk


def test_the_new_version_stands_in_the_slot_and_the_old_one_can_still_be_opened(
    cast: Cast, at: datetime
) -> None:
    message, first = said(cast, at)
    before = Message.objects.get(pk=message)
    passage = Passage.objects.get(message=message)
    second = give(cast, at + MINUTE, first)
    third = give(cast, at + 2 * MINUTE, second, name="plan 3.txt")
    seen = queries.message(cast.colleague, message, at + 3 * MINUTE)
    assert [one.name for one in seen.attachments] == ["plan 3.txt", "after.txt"]
    assert seen.attachments[0].id == third
    assert [(one.file.id, one.file.version, one.now_id) for one in seen.earlier_files] == [
        (second, 2, third),
        (first, 1, third),
    ]
    for number, content in ((first, b"Monday: helium."), (third, b"Monday: nitrogen.")):
        queries.attachment(cast.colleague, number, at + 3 * MINUTE)
        assert open_bytes(number) == content
        with pytest.raises(NotFound):
            queries.attachment(cast.stranger, number, at + 3 * MINUTE)
    after = Message.objects.get(pk=message)
    stands = Passage.objects.select_related("ruling").get(pk=passage.pk)
    assert bytes(after.content_hash) != bytes(before.content_hash)
    assert bytes(stands.ruling.content_hash) == bytes(after.content_hash)
    assert stands.version == passage.version + 2
    assert stands.position == passage.position
    files = queries.attachments_of([message])[message]
    assert bytes(after.content_hash) == rules.content_hash(
        rules.canonical_content(after.body, after.marking, files)
    )
    facts = Entry.objects.filter(record=f"m:{message}").values_list("action", flat=True)
    assert list(facts).count("gateway.file.replaced") == 2


def test_only_the_author_and_only_while_they_sit_there(cast: Cast, at: datetime) -> None:
    message, first = said(cast, at)
    for other in (cast.colleague, cast.stranger, cast.administrator):
        with pytest.raises(NotFound):
            give(cast, at + MINUTE, first, by=other)
    audience = Passage.objects.get(message=message).audience_id
    end_seat(by=None, at=at + MINUTE, person=cast.author, audience_id=audience)
    with pytest.raises(NotFound):
        give(cast, at + 2 * MINUTE, first)
    assert Attachment.objects.count() == 2


def test_a_file_that_the_gate_would_hold_does_not_take_the_place(cast: Cast, at: datetime) -> None:
    message, first = said(cast, at, "space:everyone", marking=Marking.INTERNAL)
    before = bytes(Message.objects.get(pk=message).content_hash)
    with pytest.raises((RefusedByPolicy, AttachmentRefused)):
        give(cast, at + MINUTE, first, name="CONFIDENTIAL - Distribution Statement D.txt")
    assert [one.name for one in queries.attachments_of([message])[message]] == ["plan.txt", "after.txt"]
    assert bytes(Message.objects.get(pk=message).content_hash) == before
    assert Attachment.objects.count() == 2
    assert Entry.objects.filter(record=f"m:{message}", action="gateway.message.change_refused").count() == 1


def test_what_waits_is_asked_anew_and_nobody_else_sees_what_stood_there(cast: Cast, at: datetime) -> None:
    kept = attach(by=cast.author, at=at, name="seal.png", content=picture(80), alt="A seal")
    sent = submit(
        by=cast.author,
        at=at,
        body=HELD,
        marking=Marking.PUBLIC,
        places=["channel:feed"],
        attachments=[kept.id],
    )
    message, first = sent.message_id, kept.id
    (passage,) = Passage.objects.filter(message=message)
    (asked,) = [one for one in of_passage(passage.pk, at) if one.is_open][:1]
    give_version(by=cast.author, at=at + MINUTE, attachment_id=first, name="seal 2.png", content=picture(90))
    second = Attachment.objects.get(slot=first).pk
    rows = of_passage(passage.pk, at + MINUTE)
    assert {one.request_id for one in rows if one.is_open}.isdisjoint({asked.request_id})
    assert any(one.is_open for one in rows)
    seen = queries.message(cast.author, message, at + MINUTE)
    assert (seen.attachments[0].id, seen.revision) == (second, 2)
    assert seen.attachments[0].alt == "A seal"
    assert [one.file.id for one in seen.earlier_files] == [first]


def test_what_was_replaced_before_it_was_delivered_is_no_version_for_those_who_hear_it(
    cast: Cast, at: datetime
) -> None:
    """What a signer would not let out does not come out by the side door of earlier versions."""
    message, first = said(cast, at)
    second = give(cast, at + MINUTE, first)
    Passage.objects.filter(message=message).update(position=floor_id(at + 2 * MINUTE))
    seen = queries.message(cast.colleague, message, at + 3 * MINUTE)
    assert seen.earlier_files == ()
    with pytest.raises(NotFound):
        queries.attachment(cast.colleague, first, at + 3 * MINUTE)
    assert queries.attachment(cast.colleague, second, at + 3 * MINUTE).id == second
    assert [one.file.id for one in queries.message(cast.author, message, at + 3 * MINUTE).earlier_files] == [
        first
    ]


def test_what_was_taken_back_or_replaced_already_stays(cast: Cast, at: datetime) -> None:
    message, first = said(cast, at)
    give(cast, at + MINUTE, first)
    with pytest.raises(NotRevisable):
        give(cast, at + 2 * MINUTE, first)
    passage = Passage.objects.get(message=message)
    recall(by=cast.author, at=at + 3 * MINUTE, passage_id=passage.pk, why="Wrong bench.")
    current = queries.attachments_of([message])[message][0].id
    with pytest.raises(NotRevisable):
        give(cast, at + 4 * MINUTE, current)


@pytest.mark.parametrize(
    ("stands", "may"),
    [
        ([("delivered", "space:a")], True),
        ([("delivered", "space:a"), ("delivered", "space:b")], True),
        ([("delivered", "space:a"), ("recalled", "channel:x")], True),
        ([("held", "channel:x"), ("returned", "space:a")], True),
        ([("delivered", "space:a"), ("held", "channel:x")], False),
        ([("delivered", "channel:x")], False),
        ([("queued", "channel:x")], False),
        ([("recalled", "space:a")], False),
        ([], False),
    ],
)
def test_when_a_file_may_be_given_anew(stands: list[tuple[str, str]], may: bool) -> None:
    assert rules.may_give_versions(stands) is may
