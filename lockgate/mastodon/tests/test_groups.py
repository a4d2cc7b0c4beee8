"""Notifications of version 2: a group by its key, the accounts in it, and requests of which there are none."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lockgate.base.clock import now
from lockgate.conversations.operations import submit
from lockgate.demo.cast import Cast
from lockgate.mastodon.tests.client import token_for
from lockgate.notices.operations import tell

pytestmark = pytest.mark.django_db
V2 = "/api/v2/notifications"


def client(cast: Cast, name: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token_for(getattr(cast, name))}"})


def told(cast: Cast, times: int) -> None:
    sent = submit(by=cast.author, at=now(), body="Look.", marking=1, places=["space:everyone"])
    for _turn in range(times):
        tell(
            [cast.author.pk],
            "stopped",
            words={"place": sent.passages[0].place_name, "why": "It was late."},
            message_id=sent.message_id,
            at=now(),
        )


def test_a_group_is_found_by_its_key_and_is_seen_once_dismissed(cast_now: Cast) -> None:
    told(cast_now, 2)
    nadia, theo = client(cast_now, "author"), client(cast_now, "colleague")
    page: dict[str, Any] = nadia.get(V2).json()
    group, other = page["notification_groups"]
    key = group["group_key"]
    one = nadia.get(f"{V2}/{key}").json()
    assert one["notification_groups"] == [group]
    assert [account["acct"] for account in one["accounts"]] == ["nadia-roux"]
    assert [status["id"] for status in one["statuses"]] == [group["status_id"]]
    assert [account["acct"] for account in nadia.get(f"{V2}/{key}/accounts").json()] == ["nadia-roux"]
    before = nadia.get(f"{V2}/unread_count").json()["count"]
    assert nadia.post(f"{V2}/{key}/dismiss").json() == {}
    assert nadia.get(f"{V2}/unread_count").json() == {"count": before - 1}
    assert nadia.get("/api/v1/notifications/unread_count").json() == {"count": before - 1}
    number = other["most_recent_notification_id"]
    assert nadia.post(f"/api/v1/notifications/{number}/dismiss").status_code == 200
    assert nadia.get(f"{V2}/unread_count").json() == {"count": before - 2}
    for address in (f"{V2}/{key}", f"{V2}/{key}/accounts", f"{V2}/ungrouped-1", f"{V2}/favourite-1"):
        assert theo.get(address).status_code == 404
    assert theo.post(f"{V2}/{key}/dismiss").status_code == 404


def test_the_list_pages_and_knows_its_parameters(cast_now: Cast) -> None:
    told(cast_now, 3)
    nadia = client(cast_now, "author")
    first = nadia.get(f"{V2}?limit=2&grouped_types[]=favourite&expand_accounts=partial_avatars")
    keys = [one["group_key"] for one in first.json()["notification_groups"]]
    assert len(keys) == 2
    assert first.json()["partial_accounts"] == []
    older = first.headers["Link"].split(">")[0].removeprefix("<http://testserver")
    assert "grouped_types" in older
    rest = [one["group_key"] for one in nadia.get(older).json()["notification_groups"]]
    assert rest
    assert not set(rest) & set(keys)
    assert nadia.get(f"{V2}?expand_accounts=all").status_code == 422


def test_no_request_waits_and_none_is_found(cast_now: Cast) -> None:
    nadia, start = client(cast_now, "author"), "/api/v1/notifications/requests"
    assert nadia.get(start).json() == []
    assert nadia.get(f"{start}/merged").json() == {"merged": True}
    assert nadia.get(f"{start}/7").status_code == 404
    for verb in ("accept", "dismiss"):
        assert nadia.post(f"{start}/7/{verb}").status_code == 404
        assert nadia.post(f"{start}/{verb}", {"id[]": "7"}).json() == {}
