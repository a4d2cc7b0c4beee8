"""Who signs at a desk changes; what waits there waits for the new one, and what was signed stays signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from lockgate.approvals import queries
from lockgate.approvals.operations import ask, open_desk, sign_off, staff_desk
from lockgate.approvals.types import Verdict
from lockgate.archive.operations import record
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.operations import let_go

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)


@pytest.fixture
def waiting(cast: Any, at: datetime) -> int:
    """A request that waits at the desk "press", staffed by the approver and her deputy."""
    open_desk(
        by=None, at=at, slug="press", name="Press", approver=cast.approver, deputy=cast.deputy, answer_hours=8
    )
    with change():
        record([])
        (request,) = ask(
            passage_id=71,
            message_id=70,
            author=cast.author,
            place_key="channel:blog",
            desks=("press",),
            content_hash=b"h" * 32,
            policy_version="standards@1",
            justification="",
            at=at,
        )
    return request.pk


def test_what_waits_waits_for_the_new_one(cast: Any, at: datetime, waiting: int) -> None:
    staff_desk(
        by=cast.supervisor,
        at=at + LATER,
        slug="press",
        approver=cast.supervisor,
        deputy=None,
        answer_hours=24,
    )
    assert [one.request_id for one in queries.waiting_for(cast.supervisor, at + LATER)] == [waiting]
    assert queries.waiting_for(cast.deputy, at + LATER) == []
    with pytest.raises(NotFound):
        sign_off(
            request_id=waiting, by=cast.deputy, decision=Verdict.APPROVE, word="Fine by me.", at=at + LATER
        )
    sign_off(
        request_id=waiting, by=cast.supervisor, decision=Verdict.APPROVE, word="Well said.", at=at + LATER
    )
    assert queries.is_signed(71, b"h" * 32, "standards@1")
    (desk,) = [one for one in queries.desks() if one.slug == "press"]
    assert (desk.approver_slug, desk.deputy_slug, desk.answer_hours) == (cast.supervisor.slug, "", 24)


def test_what_was_signed_stays_signed(cast: Any, at: datetime, waiting: int) -> None:
    sign_off(request_id=waiting, by=cast.approver, decision=Verdict.APPROVE, word="Well said.", at=at)
    staff_desk(by=None, at=at + LATER, slug="press", approver=cast.supervisor, deputy=None, answer_hours=8)
    assert queries.is_signed(71, b"h" * 32, "standards@1")


def test_a_desk_is_not_left_without_somebody_who_may_sign(cast: Any, at: datetime, waiting: int) -> None:
    let_go(by=None, at=at, person=cast.stranger)
    cast.stranger.refresh_from_db()
    for approver, deputy, hours, words in (
        (cast.supervisor, cast.supervisor, 8, "same person"),
        (cast.stranger, None, 8, "has left"),
        (cast.guest, None, 8, "is a guest"),
        (cast.supervisor, None, 0, "one hour"),
    ):
        with pytest.raises(BadInput, match=words):
            staff_desk(by=None, at=at, slug="press", approver=approver, deputy=deputy, answer_hours=hours)
    with pytest.raises(NotFound):
        staff_desk(by=None, at=at, slug="nowhere", approver=cast.supervisor, deputy=None, answer_hours=8)
    assert [one.request_id for one in queries.waiting_for(cast.approver, at)] == [waiting]
