"""What the house says of itself, and what it answers where it has no such thing."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.base.clock import now
from lockgate.conversations.operations import submit
from lockgate.demo.cast import Cast
from lockgate.mastodon.tests.client import token_for

pytestmark = pytest.mark.django_db


def test_the_languages_and_what_is_kept_are_told_to_anybody(cast: Cast) -> None:
    languages = Client().get("/api/v1/instance/languages").json()
    assert {"code": "de", "name": "Deutsch"} in languages
    told = Client().get("/api/v1/instance/privacy_policy").json()
    assert "archive" in told["content"]
    assert told["updated_at"].endswith("Z")
    assert cast.author.slug not in told["content"]
    assert Client().get("/api/v1/instance/terms_of_service").status_code == 404


def test_the_instance_says_its_bounds_and_shows_its_mark(cast: Cast) -> None:
    two = Client().get("/api/v2/instance").json()
    assert two["configuration"]["accounts"]["max_note_length"] == 600
    assert [one["size"] for one in two["icon"]] == ["192x192", "512x512"]
    for one in two["icon"]:
        shown = Client().get(one["src"].removeprefix("http://testserver"))
        assert shown.headers["Content-Type"] == "image/png"


def test_nobody_translates_and_no_tag_is_featured(cast_now: Cast) -> None:
    sent = submit(by=cast_now.author, at=now(), body="Bonjour.", marking=1, places=["space:valve-7"])
    theo = Client(headers={"Authorization": f"Bearer {token_for(cast_now.colleague)}"})
    pavel = Client(headers={"Authorization": f"Bearer {token_for(cast_now.stranger)}"})
    address = f"/api/v1/statuses/{sent.passages[0].passage_id}/translate"
    assert theo.post(address).status_code == 503
    assert "error" in theo.post(address).json()
    assert pavel.post(address).status_code == 404
    assert theo.get("/api/v1/featured_tags").json() == []
    assert theo.post("/api/v1/featured_tags", {"name": "valve"}).status_code == 403
    assert theo.delete("/api/v1/featured_tags/7").status_code == 403
