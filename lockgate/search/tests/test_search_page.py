"""The page of a search: both orders, by the same words, each with a way to the other."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lockgate.base.clock import now
from lockgate.base.transactions import is_postgresql
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.people.models import Person
from lockgate.search import queries
from lockgate.search.tests.conftest import caught_up

FILLED = "It was quiet in the hall and nobody came to look at the benches before the evening bell rang again."


@pytest.fixture
def said(cast_now: Cast) -> Cast:
    for body in ("The zqseal: a zqseal of PTFE.", f"One zqseal. {FILLED}"):
        submit(by=cast_now.author, at=now(), body=body, marking=1, places=["space:valve-7"])
    caught_up(now())
    return cast_now


def shown(person: Person, path: str, **headers: str) -> str:
    client = Client()
    client.force_login(person)
    return client.get(path, headers=headers).content.decode()


def test_the_order_is_chosen_on_the_page(said: Cast) -> None:
    recent = shown(said.colleague, "/search?q=zqseal")
    best = shown(said.colleague, "/search?q=zqseal&order=best")
    assert recent.index("It was quiet") < recent.index("of PTFE")
    assert best.index("of PTFE") < best.index("It was quiet")
    assert '<a href="/search?q=zqseal&amp;order=best">' in recent
    assert '<a href="/search?q=zqseal">' in best
    assert '<input type="hidden" name="order" value="best">' in best
    assert "newest 2 that" in best
    assert "The best of" not in recent


def test_who_hears_nothing_of_it_reads_the_same_in_both(said: Cast) -> None:
    for path in ("/search?q=zqseal", "/search?q=zqseal&order=best"):
        page = shown(said.stranger, path)
        assert "Nothing found" in page
        assert "PTFE" not in page
    assert shown(said.stranger, "/search?q=zqseal&order=best&before=20").count("hit-row") == 0


def test_what_somebody_wrote_is_text_on_the_page(cast_now: Cast) -> None:
    """In the hit, its marked words, the box, the title and the addresses."""
    submit(
        by=cast_now.author,
        at=now(),
        body='The <img src=x onerror="alert(1)"> & the zqseal<script> </title>',
        marking=1,
        places=["space:valve-7"],
    )
    caught_up(now())
    sought = 'zqseal img "onerror alert"><script>'
    html = shown(cast_now.colleague, "/search?" + urlencode({"q": sought}))
    assert html.count('class="hit-row"') == 1
    assert "The &lt;<mark>img</mark> src=x <mark>onerror=&quot;alert</mark>(1)&quot;&gt; &amp; the" in html
    assert "<mark>zqseal</mark>&lt;<mark>script</mark>&gt; &lt;/title&gt;" in html
    assert 'value="zqseal img &quot;onerror alert&quot;&gt;&lt;script&gt;"' in html
    assert "<title>zqseal img &quot;onerror alert&quot;&gt;&lt;script&gt; · " in html
    assert 'href="/search?q=zqseal%20img%20%22onerror%20alert%22%3E%3Cscript%3E&amp;order=best"' in html


def test_while_one_types_only_what_was_found_is_sent(said: Cast) -> None:
    client = Client()
    client.force_login(said.colleague)
    whole = client.get("/search?q=zqseal").content.decode()
    part = client.get(
        "/search?q=zqseal", headers={"HX-Request": "true", "HX-Target": "found"}
    ).content.decode()
    assert part.startswith('<div id="found"')
    assert part.strip() in whole
    assert len(part) < len(whole) / 3
    nothing = client.get("/search?q=", headers={"HX-Request": "true", "HX-Target": "found"}).content.decode()
    assert 'id="found"' in nothing
    assert "hit-row" not in nothing


def test_a_kept_hit_shows_what_is_true_now(said: Cast) -> None:
    """Who wrote it has another name; another reader reads German; somebody else looks for another word."""
    before = shown(said.colleague, "/search?q=zqseal")
    assert said.author.name in before
    Person.objects.filter(pk=said.author.pk).update(name="Nadia Roux-Keller")
    after = shown(said.colleague, "/search?q=ptfe")
    assert "<strong>Nadia Roux-Keller</strong>" in after
    assert "<mark>PTFE</mark>" in after
    assert "<mark>zqseal</mark>" not in after
    german = shown(said.colleague, "/search?q=zqseal", **{"Accept-Language": "de"})
    assert "Öffnen, was Nadia Roux-Keller geschrieben hat," in german


def test_pages_follow_each_other(said: Cast) -> None:
    for number in range(queries.PAGE - 1):
        submit(by=said.author, at=now(), body=f"Zqseal {number}.", marking=1, places=["space:valve-7"])
    caught_up(now())
    client = Client()
    client.force_login(said.colleague)
    first = client.get("/search?q=zqseal").content.decode()
    assert first.count('class="hit-row"') == queries.PAGE
    match = re.search(r'class="more"><a class="button quiet" href="(/search[^"]+)"', first)
    assert match is not None
    address = unescape(match[1])
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert fragment.startswith("<article")
    assert "of PTFE" in fragment
    assert 'class="more"' not in fragment
    page = client.get(address).content.decode()
    assert "Back to the newest" in page
    assert page.count('class="hit-row"') == 1


def test_a_page_of_hits_asks_the_database_little(
    said: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Session with person, seats, keys, what stands, who wrote it, what waits. PostgreSQL looks at the newest first,
    then asks its index, once more for each piece of time, in a transaction."""
    client = Client()
    client.force_login(said.colleague)
    client.get("/search?q=zqseal")
    with django_assert_max_num_queries(14 if is_postgresql() else 6):
        client.get("/search?q=zqseal")
