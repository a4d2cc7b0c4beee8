"""Finding people from an app: by name with and without accents, by work, and never by the firm that everybody bears."""

from __future__ import annotations

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.mastodon.tests.client import client_for
from lockgate.people.models import Person
from lockgate.profiles import queries as profiles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    [
        "theo",
        "@theo-mercier",
        "theo-mercier",
        "theo.mercier",
        "Theo Mercier",
        "Théo",
        "mercier theo",
        "theo-mercier@testserver",
    ],
)
def test_a_person_is_found_by_each_way_to_write_their_name(words: str, cast: Cast) -> None:
    pavel = client_for(cast.stranger)
    assert "theo-mercier" in [one.acct for one in pavel.account_search(words)]
    assert "theo-mercier" in [one.acct for one in pavel.search_v2(words, result_type="accounts").accounts]


def test_an_account_is_looked_up_by_its_whole_name(cast: Cast) -> None:
    pavel = client_for(cast.stranger)
    for words in ("theo-mercier", "@theo.mercier", "Theo-Mercier@testserver"):
        assert pavel.account_lookup(words).acct == "theo-mercier"
    for words in ("theo", "theo-mercier@elsewhere.example"):
        with pytest.raises(MastodonNotFoundError):
            pavel.account_lookup(words)


def test_nobody_is_found_by_the_firm_that_all_bear(cast: Cast) -> None:
    firm = cast.author.firm.name
    theo, stefan = client_for(cast.colleague), client_for(cast.guest)
    for words in (firm, "halden"):
        assert [one for one in theo.account_search(words) if not one.group] == []
        assert profiles.directory(cast.colleague, now(), words=words) == ([], 0)
    # Another firm tells people apart, for employees and for guests.
    assert "stefan-bauer" in [one.acct for one in theo.account_search("bauer arm")]
    house = [one.acct for one in stefan.account_search("halden")]
    assert house
    assert "stefan-bauer" not in house
    titled = Person.objects.get(slug="theo-mercier").title.split()[-1]
    assert "theo-mercier" in [one.acct for one in theo.account_search(titled)]


def test_who_is_called_so_comes_first_and_pages_go_on(cast: Cast) -> None:
    theo = client_for(cast.colleague)
    every = [one.id for one in theo.account_search("ma")]
    assert len(every) > 3
    names = [one.acct for one in theo.account_search("ma") if not one.group]
    begins = [any(part.startswith("ma") for part in one.split("-")) for one in names]
    assert begins == sorted(begins, reverse=True)
    assert [one.id for one in theo.account_search("ma", limit=2, offset=1)] == every[1:3]
    whom = theo.account_lookup("marc-olsen").id
    theo.account_follow(whom)
    assert [one.id for one in theo.account_search("ma", following=True) if not one.group] == [whom]


def test_a_guest_finds_nobody_outside_their_rooms(cast: Cast) -> None:
    lars = client_for(cast.persons["lars-eklund"])
    for words in ("theo", "mercier", "nadia-roux", "stefan"):
        assert lars.account_search(words) == []
        assert lars.search_v2(words, result_type="accounts").accounts == []


def test_the_directory_is_of_those_whom_one_may_know(cast: Cast) -> None:
    theo, stefan = client_for(cast.colleague), client_for(cast.guest)
    every = [one.acct for one in theo.directory(limit=80)]
    active = set(Person.objects.filter(is_active=True).values_list("slug", flat=True))
    assert set(every) == active
    assert [one.acct for one in theo.directory(limit=3, offset=2)] == every[2:5]
    newest = theo.directory(order="new", limit=80)
    assert sorted((one.created_at for one in newest), reverse=True) == [one.created_at for one in newest]
    theirs = {one.acct for one in stefan.directory(limit=80)}
    assert "stefan-bauer" in theirs
    assert "pavel-novak" not in theirs
    assert theirs < active


def test_why_a_post_is_not_pinned_is_said_to_who_hears_it(cast: Cast) -> None:
    theo, pavel = client_for(cast.colleague), client_for(cast.stranger)
    said = submit(by=cast.author, at=now(), body="The ring holds.", marking=1, places=["space:valve-7"])
    number = said.passages[0].passage_id
    answer = theo.status_post("So it does.", in_reply_to_id=number)
    for verb in (theo.status_pin, theo.status_unpin):
        with pytest.raises(MastodonAPIError) as refused:
            verb(number)
        assert refused.value.args[1] == 403
        assert "those who tend it" in refused.value.args[3]
        with pytest.raises(MastodonAPIError) as refused:
            verb(answer.id)
        assert "begins a thread" in refused.value.args[3]
    for verb in (pavel.status_pin, pavel.status_unpin):
        errors = []
        for one in (number, 4_611_686_018_427_387_904):
            with pytest.raises(MastodonNotFoundError) as missing:
                verb(one)
            errors.append(missing.value.args)
        assert errors[0] == errors[1]
    assert client_for(cast.author).status_pin(number).pinned
