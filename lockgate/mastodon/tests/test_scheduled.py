"""What goes later, by Mastodon.py: another time, a list by pages, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import release_due
from lockgate.mastodon.tests.client import client_for, token_for

pytestmark = pytest.mark.django_db


def test_another_time_is_the_one_at_which_it_goes(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    begun = now()
    said = nadia.status_post("For tomorrow.", scheduled_at=begun + timedelta(hours=3))
    wanted = (begun + timedelta(hours=4)).replace(microsecond=0)
    changed = nadia.scheduled_status_update(said.id, wanted)
    assert (changed.id, changed.scheduled_at) == (said.id, wanted)
    assert nadia.scheduled_status(said.id).scheduled_at == wanted
    release_due(at=wanted - timedelta(minutes=1))
    assert Passage.objects.get(pk=said.id).state == "scheduled"
    release_due(at=wanted)
    assert Passage.objects.get(pk=said.id).state == "delivered"
    assert nadia.scheduled_statuses() == []
    with pytest.raises(MastodonNotFoundError):
        nadia.scheduled_status_update(said.id, wanted + timedelta(hours=1))
    with pytest.raises(MastodonNotFoundError):
        theo.scheduled_status_update(said.id, wanted + timedelta(hours=1))


def test_a_time_that_is_none_is_refused_with_a_sentence(cast_now: Cast) -> None:
    nadia, theo = client_for(cast_now.author), client_for(cast_now.colleague)
    said = nadia.status_post("For tomorrow.", scheduled_at=now() + timedelta(hours=3))
    with pytest.raises(MastodonNotFoundError):
        theo.scheduled_status_update(said.id, now() + timedelta(hours=4))
    with pytest.raises(MastodonAPIError) as refused:
        nadia.scheduled_status_update(said.id, now() - timedelta(hours=1))
    assert (refused.value.args[1], "past" in refused.value.args[3]) == (422, True)
    bearer = {"Authorization": f"Bearer {nadia.access_token}"}
    for fields in ({}, {"scheduled_at": "tomorrow"}, {"scheduled_at": "2030-01-01T00:00:00"}):
        answer = Client().put(
            f"/api/v1/scheduled_statuses/{said.id}", fields, "application/json", headers=bearer
        )
        assert answer.status_code == 422, fields
    assert [one.id for one in nadia.scheduled_statuses()] == [said.id]


def test_the_list_is_read_by_pages(cast_now: Cast) -> None:
    nadia = client_for(cast_now.author)
    ids = [
        nadia.status_post(f"Later {number}.", scheduled_at=now() + timedelta(hours=number)).id
        for number in range(1, 6)
    ]
    newest = ids[::-1]
    first = nadia.scheduled_statuses(limit=2)
    assert [one.id for one in first] == newest[:2]
    second = nadia.fetch_next(first)
    assert [one.id for one in second] == newest[2:4]
    assert [one.id for one in nadia.fetch_previous(second)] == newest[:2]
    assert [one.id for one in nadia.scheduled_statuses(since_id=ids[2])] == newest[:2]
    assert [one.id for one in nadia.scheduled_statuses(min_id=ids[0], limit=1)] == [ids[1]]
    bearer = {"Authorization": f"Bearer {token_for(cast_now.colleague)}"}
    assert Client().get("/api/v1/scheduled_statuses", headers=bearer).json() == []


def test_it_says_for_whom_it_is_and_what_it_asks(cast_now: Cast) -> None:
    nadia = client_for(cast_now.author)
    begun = now()
    poll = nadia.make_poll(["North", "South"], 3600, multiple=True)
    asked = nadia.status_post("Which bench?", poll=poll, scheduled_at=begun + timedelta(hours=3))
    assert asked.params.text == "Which bench?"
    assert (asked.params.poll.options, asked.params.poll.multiple) == (["North", "South"], True)
    assert abs(asked.params.poll.expires_in - 3600) < 2
    assert asked.params.visibility == "public"
    inside = nadia.status_post("@valve-7 For the team.", scheduled_at=begun + timedelta(hours=3))
    assert (inside.params.text, inside.params.visibility) == ("For the team.", "private")
    aside = nadia.status_post(
        "@theo-mercier For you.", visibility="direct", scheduled_at=begun + timedelta(hours=3)
    )
    assert aside.params.visibility == "direct"
    said = nadia.status_post("Good morning.")
    answer = nadia.status_post("And more.", in_reply_to_id=said.id, scheduled_at=begun + timedelta(hours=3))
    assert answer.params.in_reply_to_id == said.id
    with pytest.raises(MastodonAPIError) as refused:
        nadia.scheduled_status_update(asked.id, begun + timedelta(hours=5))
    assert "closed before anybody could answer" in refused.value.args[3]
