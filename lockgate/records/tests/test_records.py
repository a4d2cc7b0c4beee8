"""What other systems tell: new, changed, the same, held and refused; heard where it is told and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall
from lockgate.records import operations as records
from lockgate.records import queries, rules
from lockgate.records.models import Record
from lockgate.records.types import Change, Put, Told

MINUTE = timedelta(minutes=1)
ROOM = "space:valve-7"


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({}, {"a": "1"}, (Change("a", "", "1"),)),
        ({"a": "1"}, {"a": "1"}, ()),
        ({"a": "1", "b": "2"}, {"b": "3"}, (Change("b", "2", "3"), Change("a", "1", ""))),
    ],
)
def test_changes(before: dict[str, str], after: dict[str, str], changed: tuple[Change, ...]) -> None:
    assert rules.changes(before, after) == changed


def order(number: str = "4711", **values: str) -> Told:
    return Told("ERP", "order", number, "Rings for the bench", values or {"State": "open", "Due": "May"})


@pytest.mark.django_db
def test_new_changed_and_the_same(cast: Cast, at: datetime) -> None:
    assert records.put(by=cast.author, at=at, key=ROOM, told=order()) == Put("4711", "new")
    assert records.put(by=cast.colleague, at=at + MINUTE, key=ROOM, told=order()).outcome == "same"
    done = records.put(by=cast.colleague, at=at + MINUTE, key=ROOM, told=order(State="sent", Due="May"))
    assert done.outcome == "changed"
    (line,) = queries.records(cast.author, "valve-7", at + 2 * MINUTE)
    seen = queries.record(cast.author, line.id, at + 2 * MINUTE)
    assert seen.values == (("State", "sent"), ("Due", "May"))
    assert next(some for _at, some in seen.history) == (Change("State", "open", "sent"),)
    (below,) = conversations.answers(cast.author, seen.root_id, at + 2 * MINUTE)
    assert "State: open → **sent**" in below.body
    for nobody in (cast.stranger, cast.guest, cast.administrator):
        with pytest.raises(NotFound):
            queries.records(nobody, "valve-7", at + 2 * MINUTE)
        with pytest.raises(NotFound):
            queries.record(nobody, line.id, at + 2 * MINUTE)
        with pytest.raises(NotFound):
            records.put(by=nobody, at=at, key=ROOM, told=order())


@pytest.mark.django_db
def test_what_is_taken_back_or_never_delivered_is_not_shown(cast: Cast, at: datetime) -> None:
    records.put(by=cast.author, at=at, key=ROOM, told=order())
    records.put(by=cast.author, at=at + MINUTE, key=ROOM, told=order(State="sent"))
    (line,) = queries.records(cast.author, "valve-7", at + 2 * MINUTE)
    latest = Passage.objects.order_by("-position")[0]
    recall(by=cast.author, at=at + 2 * MINUTE, passage_id=latest.pk, why="Wrong.")
    seen = queries.record(cast.author, line.id, at + 3 * MINUTE)
    assert seen.values == (("State", "open"), ("Due", "May"))
    # Told again it is compared with what stands, not with what was taken back.
    assert (
        records.put(by=cast.author, at=at + 4 * MINUTE, key=ROOM, told=order(State="sent")).outcome
        == "changed"
    )


@pytest.mark.django_db
def test_what_is_no_record(cast: Cast, at: datetime) -> None:
    for wrong in (
        Told("", "order", "1", "", {}),
        Told("ERP", "order", " ", "", {}),
        Told("ERP", "secret", "1", "", {}),
        Told("ERP", "order", "1", "", {str(one): "x" for one in range(21)}),
        Told("ERP", "order", "1", "", {}, "javascript:alert(1)"),
    ):
        with pytest.raises(BadInput):
            records.put(by=cast.author, at=at, key=ROOM, told=wrong)
    assert not Record.objects.exists()


@pytest.mark.django_db
def test_a_file_by_the_page_and_a_record_by_the_api(cast: Cast, at: datetime) -> None:
    client = Client()
    client.force_login(cast.author)
    text = "system,kind,number,title,address,State\nERP,order,1,Rings,,open\nERP,ticket,2,Leak,https://x.example/2,new\n"
    upload = SimpleUploadedFile("orders.csv", text.encode())
    page = client.post("/spaces/valve-7/records", {"file": upload})
    assert page.status_code == 200
    assert "new 2" in page.content.decode()
    assert Record.objects.count() == 2
    for wrong in (b"\xff\xfe", b"system,kind\n", b"system,number\nERP,\n"):
        answer = client.post("/spaces/valve-7/records", {"file": SimpleUploadedFile("x.csv", wrong)})
        assert answer.status_code == 422
    number = Record.objects.get(number="1").pk
    assert "Rings" in client.get(f"/records/{number}").content.decode()
    other = Client()
    other.force_login(cast.stranger)
    assert other.get(f"/records/{number}").status_code == 404
