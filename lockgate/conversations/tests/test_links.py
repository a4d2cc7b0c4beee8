"""Links are looked at by the work process, once a post, and not for rooms that keep to themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.channels.operations import PageSaid
from lockgate.conversations import operations as talk
from lockgate.conversations import queries, rules
from lockgate.conversations.operations import links
from lockgate.demo.cast import Cast

MINUTE = timedelta(minutes=1)
BODY = "Read this: https://news.example/a?b=1, it is short."


@pytest.mark.parametrize(
    ("body", "link"),
    [
        (BODY, "https://news.example/a?b=1"),
        ("(see http://x.example/y).", "http://x.example/y"),
        ("ftp://x.example and //x", ""),
        ("nothing", ""),
    ],
)
def test_the_first_link(body: str, link: str) -> None:
    assert rules.first_link(body) == link


@pytest.mark.parametrize(
    ("setting", "marking", "ceiling", "may"),
    [
        ("off", 0, 0, False),
        ("internal", 1, 1, True),
        ("internal", 1, 2, False),
        ("internal", 2, 2, False),
        ("confidential", 2, 2, True),
        ("confidential", 1, 3, True),
        ("confidential", 3, 3, False),
    ],
)
def test_whose_links_are_looked_at(setting: str, marking: int, ceiling: int, may: bool) -> None:
    assert rules.may_look(setting, marking=marking, ceiling=ceiling) is may


@pytest.mark.django_db
def test_a_card_for_an_open_room_and_none_for_a_confidential_one(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def look(address: str) -> PageSaid:
        asked.append(address)
        return PageSaid("news.example", "A <b>title</b>", "What it says")

    monkeypatch.setattr(links, "look_at", look)
    passages = {}
    for space in ("everyone", "valve-7"):
        sent = talk.submit(by=cast.author, at=at, body=BODY + space, marking=1, places=[f"space:{space}"])
        passages[space] = sent.passages[0].passage_id
    assert asked == []
    while talk.look_at_links(at=at + MINUTE):
        continue
    assert asked == ["https://news.example/a?b=1"]
    card = queries.items([passages["everyone"]])[passages["everyone"]].link
    assert card is not None
    assert card.title == "A <b>title</b>"
    assert queries.items([passages["valve-7"]])[passages["valve-7"]].link is None
