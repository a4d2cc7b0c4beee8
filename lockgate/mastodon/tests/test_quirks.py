"""What real clients send and expect, each seen to break some other server (social.md 2.2)."""

from __future__ import annotations

import inspect
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from mastodon import MastodonAPIError
from mastodon.return_types import (
    Account,
    Context,
    Instance,
    InstanceV2,
    Preferences,
    Relationship,
    Status,
    UserList,
)
from PIL import Image

from lockgate.approvals.queries import of_passage
from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import sign_off, submit
from lockgate.mastodon.tests.client import client_for, token_for
from lockgate.mastodon.urls import NOTHING

pytestmark = pytest.mark.django_db
# Fields of Mastodon 4.6 and later, and one that only stands in a list of those who are muted.
LATER = {
    "feature_approval",
    "mute_expires_at",
    "show_featured",
    "show_media",
    "show_media_replies",
    "tagged_collections",
    "wrapstodon",
}
HELD = "Our Valve 7 is ready, says the bench."


def get(token: str, address: str, **more: Any) -> Any:
    return Client().get(address, headers={"Authorization": f"Bearer {token}"}, **more)


def post(token: str, address: str, fields: Any = None, **more: Any) -> Any:
    return Client().post(address, fields or {}, headers={"Authorization": f"Bearer {token}"}, **more)


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 120, 60)).save(drawn, "PNG")
    return drawn.getvalue()


def test_what_is_asked_at_the_start_is_never_missing(cast: Cast) -> None:
    """Ivory crashes without preferences and instance of version 2; others on a 404."""
    token = str(client_for(cast.author, ("read", "push")).access_token)
    for address in ("/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis", "/nodeinfo/2.0"):
        assert Client().get(address).status_code == 200, address
    addresses = [f"/api/v1/{one}" for one in NOTHING] + [
        "/api/v1/preferences",
        "/api/v1/markers",
        "/api/v1/lists",
        "/api/v1/notifications",
        "/api/v2/notifications",
        "/api/v2/notifications/policy",
        "/api/v1/mutes",
        "/api/v2/filters",
        "/api/v1/scheduled_statuses",
        "/api/v2/search?q=x",
        "/api/v1/timelines/home?limit=",
        "/api/v1/timelines/public?local=true&limit=&max_id=",
    ]
    for address in addresses:
        for end in ("", "/") if "?" not in address else ("",):
            answer = get(token, address + end)
            assert answer.status_code == 200, address + end
            assert answer.headers["Content-Type"].startswith("application/json")


def test_the_instance_says_what_clients_need_and_counts_nobody(cast: Cast) -> None:
    two, one = Client().get("/api/v2/instance").json(), Client().get("/api/v1/instance").json()
    assert two["configuration"]["urls"]["streaming"].startswith("ws")
    assert (
        two["configuration"]["statuses"]["max_characters"]
        == one["configuration"]["statuses"]["max_characters"]
    )
    assert two["usage"]["users"]["active_month"] == 0
    assert one["stats"] == {"user_count": 0, "status_count": 0, "domain_count": 0}
    assert two["configuration"]["timelines_access"]["live_feeds"]["local"] == "authenticated"
    usage = Client().get("/nodeinfo/2.0").json()["usage"]
    assert usage == {"users": {"total": 0, "activeMonth": 0, "activeHalfyear": 0}, "localPosts": 0}


def test_any_origin_may_ask_and_never_with_a_cookie(cast: Cast) -> None:
    """Phanpy and Elk run on pages of their own."""
    asked = Client().options(
        "/api/v1/statuses", headers={"Origin": "https://elk.example", "Access-Control-Request-Method": "POST"}
    )
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]
    refused = Client().get("/api/v1/timelines/home", headers={"Origin": "https://elk.example"})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in refused.headers
    page = Client().get("/sign-in", headers={"Origin": "https://elk.example"})
    assert "Access-Control-Allow-Origin" not in page.headers


def test_ids_are_decimal_words(cast: Cast) -> None:
    token = token_for(cast.author)
    said = post(token, "/api/v1/statuses", {"status": "Good morning."}).json()
    for one in (said["id"], said["account"]["id"]):
        assert isinstance(one, str)
        assert one.isdigit()


def test_a_picture_has_its_measures_and_its_words(cast: Cast) -> None:
    """Mastify crashes where media_attachments[].meta.original is missing."""
    token = token_for(cast.author)
    file = SimpleUploadedFile("ring.png", picture(), "image/png")
    taken = post(token, "/api/v2/media", {"file": file, "description": "A ring"}).json()
    assert taken["meta"]["original"] == {"width": 64, "height": 48, "size": "64x48", "aspect": 64 / 48}
    changed = Client().put(
        f"/api/v1/media/{taken['id']}",
        "description=A+green+ring",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert changed.json()["description"] == "A green ring"
    said = post(token, "/api/v1/statuses", {"status": "See the ring.", "media_ids[]": taken["id"]}).json()
    media = said["media_attachments"][0]
    assert media["description"] == "A green ring"
    assert Client().get(media["url"].removeprefix("http://testserver")).content == picture()


@pytest.mark.parametrize("kind", ["json", "form"])
def test_a_status_comes_as_json_or_form(kind: str, cast: Cast) -> None:
    token = token_for(cast.author)
    if kind == "json":
        answer = post(
            token,
            "/api/v1/statuses",
            {
                "status": "Good morning.",
                "media_ids": [],
                "poll": None,
                "in_reply_to_id": None,
                "sensitive": False,
            },
            content_type="application/json",
        )
    else:
        answer = post(token, "/api/v1/statuses", {"status": "Good morning.", "in_reply_to_id": ""})
    assert answer.status_code == 200, answer.content


def test_a_hold_is_a_status_for_its_author_alone(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    room = next(one for one in nadia.lists() if "Aerovia" in one.title)
    name = nadia.account(room.id).acct
    said = nadia.status_post(f"@{name} These draft results are not yet public.")
    passage = Passage.objects.get(pk=said.id)
    assert passage.state == "held"
    assert said.visibility == "direct"
    assert "waits for approval" in said.content
    assert "Nobody else reads it now." in said.content
    assert nadia.status(said.id).id == said.id
    assert nadia.status_source(said.id).text == "These draft results are not yet public."
    with pytest.raises(MastodonAPIError):
        theo.status(said.id)
    assert theo.timeline_list(room.id) == []
    other = nadia.status_update(said.id, "The weather is fine today.")
    assert Passage.objects.get(pk=said.id).state == "delivered"
    assert other.visibility == "private"
    assert len(nadia.status_history(said.id)) == 2
    assert len(theo.status_history(said.id)) == 1
    # Now it stands, and is corrected where it stands: both of its wordings since then are everybody's there.
    third = nadia.status_update(said.id, "The weather is fine, and dry.")
    seen = theo.status(said.id)
    assert "and dry" in seen.content
    assert seen.edited_at == third.edited_at
    assert seen.edited_at >= seen.created_at
    wordings = theo.status_history(said.id)
    assert ["fine today" in one.content for one in wordings] == [True, False]
    assert (wordings[0].created_at, wordings[1].created_at) == (seen.created_at, seen.edited_at)
    with pytest.raises(MastodonAPIError) as refused:
        nadia.status_update(said.id, "These draft results are not yet public.")
    assert "422" in str(refused.value)
    with pytest.raises(MastodonAPIError):
        theo.status_update(said.id, "Mine now.")
    assert "and dry" in theo.status(said.id).content


def test_what_cannot_be_done_says_so(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("Good morning.")
    for refuse, status in ((theo.status_translate, 503), (theo.status_pin, 403)):
        with pytest.raises(MastodonAPIError) as refused:
            refuse(said.id)
        assert refused.value.args[1] == status
    with pytest.raises(MastodonAPIError):
        theo.status_delete(said.id)
    with pytest.raises(MastodonAPIError):
        theo.account_block(nadia.me().id)


def test_entities_are_of_the_shape_that_mastodon_py_has_written_down(cast: Cast) -> None:
    submit(
        by=cast.author,
        at=now(),
        body="Good morning. #bench @theo-mercier",
        marking=1,
        places=["space:everyone"],
    )
    token = token_for(cast.colleague)
    status = get(token, "/api/v1/timelines/home").json()[0]
    listed = get(token, "/api/v1/lists").json()[0]
    shapes = [
        (Status, status),
        (Account, status["account"]),
        (Account, get(token, "/api/v1/accounts/verify_credentials").json()),
        (Context, get(token, f"/api/v1/statuses/{status['id']}/context").json()),
        (Relationship, get(token, f"/api/v1/accounts/relationships?id={listed['id']}").json()[0]),
        (UserList, listed),
        (Preferences, get(token, "/api/v1/preferences").json()),
        (Instance, Client().get("/api/v1/instance").json()),
        (InstanceV2, Client().get("/api/v2/instance").json()),
    ]
    lacking = {
        kind.__name__: sorted(wanted)
        for kind, entity in shapes
        if (wanted := _required(kind) - LATER - {one.replace(":", "_") for one in entity})
    }
    assert lacking == {}
    assert [one["acct"] for one in status["mentions"]] == ["theo-mercier"]
    assert [one["name"] for one in status["tags"]] == ["bench"]


def _required(kind: type) -> set[str]:
    """Fields that are not called optional, old or rare in the class's own annotations."""
    source = inspect.getsource(kind)
    fields = re.findall(r'^    (\w+): "(.*?)"\n    """(.*?)"""', source, re.MULTILINE | re.DOTALL)
    return {
        name
        for name, _type, words in fields
        if "optional" not in words.lower()
        and "removed" not in words.lower()
        and "deprecated" not in words.lower()
        and "edge" not in words.lower()
    } - {"max_toot_chars"}


def test_scheduled_words_go_later_and_can_be_taken_back(cast: Cast) -> None:
    nadia = client_for(cast.author)
    later = nadia.status_post("For tomorrow.", scheduled_at=now() + timedelta(days=1))
    assert [one.id for one in nadia.scheduled_statuses()] == [later.id]
    nadia.scheduled_status_delete(later.id)
    assert nadia.scheduled_statuses() == []


def test_markers_are_kept(cast: Cast) -> None:
    nadia = client_for(cast.author)
    nadia.markers_set("home", 77)
    nadia.markers_set("home", 99)
    kept = nadia.markers_get("home")["home"]
    assert str(kept.last_read_id) == "99"
    assert kept.version == 2


def test_what_one_was_told_is_shown(cast_now: Cast) -> None:
    sent = submit(by=cast_now.author, at=now(), body=HELD, marking=0, places=["channel:feed"])
    (asked,) = of_passage(sent.passages[0].passage_id, now())
    sign_off(request_id=asked.request_id, by=cast_now.approver, decision="reject", word="Not yet.", at=now())
    nadia = client_for(cast_now.author)
    told = nadia.notifications()
    assert "Not yet." in told[0].status.content
    assert nadia.notifications_unread_count().count == 1
    nadia.notifications_clear()
    assert nadia.notifications_unread_count().count == 0
    assert client_for(cast_now.stranger).notifications() == []
