"""The form that puts what is scheduled to another time, as its author and as others see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import release_due, submit
from lockgate.people.models import Person

pytestmark = pytest.mark.django_db


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def scheduled(cast: Cast) -> Passage:
    sent = submit(
        by=cast.author,
        at=now(),
        body="The bench is free tomorrow.",
        marking=1,
        places=["space:valve-7"],
        deliver_at=now() + timedelta(hours=3),
    )
    return Passage.objects.get(pk=sent.passages[0].passage_id)


def test_its_author_chooses_another_time_in_their_own_zone(cast_now: Cast) -> None:
    one, browser = scheduled(cast_now), as_(cast_now.author)
    page = f"/messages/{one.message_id}"
    assert f'action="/passages/{one.pk}/time"' in browser.get(page).content.decode()
    wanted = (now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    fields = {
        "back": str(one.message_id),
        "deliver_at": wanted.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "Asia/Tokyo",
    }
    came = browser.post(f"/passages/{one.pk}/time", fields)
    assert (came.status_code, came["Location"]) == (302, page)
    one.refresh_from_db()
    assert one.deliver_at == datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC)
    assert "Scheduled for another time" in browser.get(page).content.decode()
    assert browser.post(f"/passages/{one.pk}/time", {**fields, "back": ""})["Location"] == "/"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"deliver_at": "2021-01-01T09:00"}, "past"),
        ({"deliver_at": ""}, "No time is chosen"),
        ({"deliver_at": "soon"}, "not a time that can be read"),
        ({"deliver_at": "2030-01-01T09:00", "time_zone": "Nowhere/At all"}, "not a time that can be read"),
    ],
)
def test_a_time_that_is_none_is_said_where_it_was_typed(
    fields: dict[str, str], word: str, cast_now: Cast
) -> None:
    one = scheduled(cast_now)
    answer = as_(cast_now.author).post(f"/passages/{one.pk}/time", {**fields, "back": str(one.message_id)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert word in answer.content.decode()
    before = one.deliver_at
    one.refresh_from_db()
    assert one.deliver_at == before
    assert as_(cast_now.author).post(f"/passages/{one.pk}/time", fields).status_code == 422


def test_nobody_else_may_and_what_has_gone_has_no_such_form(cast_now: Cast) -> None:
    one = scheduled(cast_now)
    fields = {"deliver_at": "2030-01-01T09:00", "back": str(one.message_id)}
    for person in (cast_now.colleague, cast_now.stranger, cast_now.guest):
        assert as_(person).post(f"/passages/{one.pk}/time", fields).status_code == 404
    release_due(at=now() + timedelta(hours=4))
    assert (
        f"/passages/{one.pk}/time"
        not in as_(cast_now.author).get(f"/messages/{one.message_id}").content.decode()
    )
    assert as_(cast_now.author).post(f"/passages/{one.pk}/time", fields).status_code == 409
