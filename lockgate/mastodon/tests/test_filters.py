"""Filters that name posts, and filters as old phones know them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lockgate.base.clock import now
from lockgate.conversations.operations import submit
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import boost
from lockgate.mastodon.models import Filter
from lockgate.mastodon.tests.client import token_for

pytestmark = pytest.mark.django_db
FAR = "4611686018427387904"


class Phone:
    def __init__(self, cast: Cast, name: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token_for(getattr(cast, name))}"})

    def ask(self, method: str, address: str, fields: Any = None, status: int = 200) -> Any:
        answer = self.client.generic(
            method, f"/api/{address}", self.client._encode_json(fields or {}, "application/json"),
            content_type="application/json",
        )  # fmt: skip
        assert answer.status_code == status, answer.content
        return answer.json()


def said(cast: Cast, words: str, place: str = "space:everyone") -> str:
    sent = submit(by=cast.author, at=now(), body=words, marking=1, places=[place])
    return str(sent.passages[0].passage_id)


def test_a_post_that_a_filter_names_is_filtered_for_who_keeps_it(cast_now: Cast) -> None:
    theo, nadia = Phone(cast_now, "colleague"), Phone(cast_now, "author")
    one, other = said(cast_now, "The bench is free."), said(cast_now, "The ring holds.")
    kept = theo.ask("POST", "v2/filters", {"title": "Enough", "context": ["home"], "filter_action": "hide"})
    named = theo.ask("POST", f"v2/filters/{kept['id']}/statuses", {"status_id": one})
    assert named["status_id"] == one
    assert theo.ask("GET", f"v2/filters/{kept['id']}/statuses") == [named]
    assert theo.ask("GET", f"v2/filters/statuses/{named['id']}") == named
    assert theo.ask("GET", f"v2/filters/{kept['id']}")["statuses"] == [named]
    found = {status["id"]: status["filtered"] for status in theo.ask("GET", "v1/timelines/home")}
    assert [match["status_matches"] for match in found[one]] == [[one]]
    assert found[one][0]["keyword_matches"] is None
    assert found[one][0]["filter"]["filter_action"] == "hide"
    assert found[other] == []
    assert nadia.ask("GET", f"v1/statuses/{one}")["filtered"] == []
    theo.ask("POST", f"v2/filters/{kept['id']}/statuses", {"status_id": one}, 422)
    assert theo.ask("DELETE", f"v2/filters/statuses/{named['id']}") == {}
    assert theo.ask("GET", f"v1/statuses/{one}")["filtered"] == []
    theo.ask("GET", f"v2/filters/statuses/{named['id']}", status=404)


def test_a_boost_names_the_post_itself(cast_now: Cast) -> None:
    theo = Phone(cast_now, "colleague")
    one = said(cast_now, "The bench is free.")
    again = boost(by=cast_now.author, at=now(), passage_id=int(one), place="space:everyone")
    kept = theo.ask("POST", "v2/filters", {"title": "Enough", "context": ["home"]})
    named = theo.ask("POST", f"v2/filters/{kept['id']}/statuses", {"status_id": str(again.passage_id)})
    assert named["status_id"] == one
    shown = theo.ask("GET", f"v1/statuses/{again.passage_id}")
    assert shown["reblog"]["filtered"][0]["status_matches"] == [one]


def test_only_ones_own_filters_and_only_posts_that_one_hears(cast_now: Cast) -> None:
    pavel, theo = Phone(cast_now, "stranger"), Phone(cast_now, "colleague")
    hidden = said(cast_now, "Only for the team.", "space:valve-7")
    kept = pavel.ask("POST", "v2/filters", {"title": "Enough", "context": ["home"]})
    missing = pavel.ask("POST", f"v2/filters/{kept['id']}/statuses", {"status_id": FAR}, 404)
    assert pavel.ask("POST", f"v2/filters/{kept['id']}/statuses", {"status_id": hidden}, 404) == missing
    theo.ask("POST", f"v2/filters/{kept['id']}/statuses", {"status_id": hidden}, 404)
    mine = theo.ask("POST", "v2/filters", {"title": "Enough", "context": ["home"]})
    named = theo.ask("POST", f"v2/filters/{mine['id']}/statuses", {"status_id": hidden})
    pavel.ask("GET", f"v2/filters/statuses/{named['id']}", status=404)
    pavel.ask("DELETE", f"v2/filters/statuses/{named['id']}", status=404)
    assert theo.ask("GET", f"v2/filters/{mine['id']}/statuses") == [named]


def test_an_old_phone_keeps_one_keyword_a_filter(cast_now: Cast) -> None:
    theo, nadia = Phone(cast_now, "colleague"), Phone(cast_now, "author")
    made = theo.ask(
        "POST", "v1/filters", {"phrase": "ring", "context": ["home"], "irreversible": True, "expires_in": 600}
    )
    assert (made["phrase"], made["irreversible"], made["whole_word"]) == ("ring", True, True)
    assert made["expires_at"]
    assert theo.ask("GET", "v1/filters") == [made]
    assert theo.ask("GET", f"v1/filters/{made['id']}") == made
    (whole,) = theo.ask("GET", "v2/filters")
    assert (whole["title"], whole["filter_action"]) == ("ring", "hide")
    one = said(cast_now, "The ring holds.")
    assert theo.ask("GET", f"v1/statuses/{one}")["filtered"][0]["keyword_matches"] == ["ring"]
    changed = theo.ask(
        "PUT",
        f"v1/filters/{made['id']}",
        {"phrase": "rin", "context": ["home", "public"], "whole_word": False, "expires_in": ""},
    )
    assert changed["context"] == ["home", "public"]
    assert (changed["phrase"], changed["whole_word"], changed["expires_at"]) == ("rin", False, None)
    assert changed["irreversible"]
    for method in ("GET", "PUT", "DELETE"):
        nadia.ask(method, f"v1/filters/{made['id']}", {"phrase": "mine"}, 404)
    theo.ask("POST", "v1/filters", {"phrase": " ", "context": ["home"]}, 422)
    theo.ask("POST", "v1/filters", {"phrase": "x", "context": ["nowhere"]}, 422)
    assert theo.ask("DELETE", f"v1/filters/{made['id']}") == {}
    assert not Filter.objects.filter(person=cast_now.colleague).exists()


def test_what_looks_for_several_words_is_changed_word_by_word(cast_now: Cast) -> None:
    theo = Phone(cast_now, "colleague")
    words = [{"keyword": "ring"}, {"keyword": "bench"}]
    kept = theo.ask(
        "POST", "v2/filters", {"title": "Work", "context": ["home"], "keywords_attributes": words}
    )
    first, second = theo.ask("GET", "v1/filters")
    theo.ask("PUT", f"v1/filters/{first['id']}", {"phrase": "rings"})
    theo.ask("PUT", f"v1/filters/{first['id']}", {"phrase": "rings", "context": ["public"]}, 422)
    assert theo.ask("DELETE", f"v1/filters/{second['id']}") == {}
    assert [one["keyword"] for one in theo.ask("GET", f"v2/filters/{kept['id']}")["keywords"]] == ["rings"]
    # What blurs keeps blurring where a phone that knows no blur sends what it sees.
    theo.ask("PUT", f"v2/filters/{kept['id']}", {"filter_action": "blur"})
    theo.ask("PUT", f"v1/filters/{first['id']}", {"phrase": "rings", "irreversible": False})
    assert theo.ask("GET", f"v2/filters/{kept['id']}")["filter_action"] == "blur"
