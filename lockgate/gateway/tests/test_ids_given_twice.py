"""Two processes may choose one id within one millisecond: whoever writes never learns of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError

from lockgate.archive import leaves
from lockgate.archive.models import Entry
from lockgate.base.transactions import change
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.gateway.operations import submit

MINUTE = timedelta(minutes=1)
WORDS = "The bench is free again after lunch, and the helium is back."


@pytest.fixture
def clashes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often, from now on, the first id of an entry is one that was given already."""
    left = [0]
    real = leaves.new_entry_ids

    def given(times: list[datetime]) -> list[int]:
        ids = real(times)
        if left[0]:
            left[0] -= 1
            ids[0] = Entry.objects.values_list("pk", flat=True)[0]
        return ids

    monkeypatch.setattr(leaves, "new_entry_ids", given)
    return left


@pytest.mark.django_db(transaction=True)
def test_it_is_tried_once_more(cast: Cast, at: datetime, clashes: list[int]) -> None:
    submit(by=cast.author, at=at, body=WORDS, marking=1, places=["space:valve-7"])
    clashes[0] = 1
    sent = submit(by=cast.author, at=at + MINUTE, body=WORDS, marking=1, places=["space:valve-7"])
    assert clashes[0] == 0
    assert sent.passages[0].state == "delivered"
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_and_not_a_third_time(cast: Cast, at: datetime, clashes: list[int]) -> None:
    submit(by=cast.author, at=at, body=WORDS, marking=1, places=["space:valve-7"])
    clashes[0] = 3
    with pytest.raises(IntegrityError):
        submit(by=cast.author, at=at + MINUTE, body=WORDS, marking=1, places=["space:valve-7"])
    assert clashes[0] == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_it_is_that_ones_to_try(
    cast: Cast, at: datetime, clashes: list[int]
) -> None:
    submit(by=cast.author, at=at, body=WORDS, marking=1, places=["space:valve-7"])
    clashes[0] = 1
    with pytest.raises(IntegrityError), change():
        submit(by=cast.author, at=at + MINUTE, body=WORDS, marking=1, places=["space:valve-7"])
    assert Message.objects.count() == 1
