"""Lists of one's own: a column of people, which lets nobody hear anything and which nobody else can tell from none."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.mastodon import lists
from lockgate.mastodon.ids import LISTS, person_id, space_id
from lockgate.mastodon.models import List, ListMember
from lockgate.mastodon.streaming.drawing import Drawing
from lockgate.mastodon.tests.client import client_for, token_for
from lockgate.mastodon.tests.test_streaming import happened, said, token_number
from lockgate.people.models import Person
from lockgate.people.operations import let_go
from lockgate.spaces.operations import end_seat
from lockgate.spaces.queries import known_to

pytestmark = pytest.mark.django_db


def ask(token: str, method: str, address: str, fields: Any = None) -> Any:
    return Client().generic(
        method,
        f"/api/v1/{address}",
        urlencode(fields or {}, doseq=True),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {token}"},
    )


def list_of(owner: Person, *people: Person, **more: Any) -> List:
    row = lists.keep(
        by=owner, at=now(), **{"title": "The bench", "replies_policy": "list", "exclusive": False, **more}
    )
    if people:
        lists.put_on(by=owner, at=now(), number=row.pk, whom=[one.pk for one in people])
    return row


def test_a_list_from_its_beginning_to_its_end(cast: Cast) -> None:
    theo = client_for(cast.colleague)
    nadia, julie = (theo.account_lookup(one).id for one in ("nadia-roux", "julie-martin"))
    rooms = {one.id for one in theo.lists()}
    made = theo.list_create("The bench")
    assert int(made.id) >= LISTS
    assert (made.title, made.replies_policy, made.exclusive) == ("The bench", "list", False)
    assert {one.id for one in theo.lists()} == rooms | {made.id}
    assert theo.list(made.id).title == "The bench"
    theo.list_accounts_add(made.id, [nadia, julie])
    assert {one.acct for one in theo.list_accounts(made.id)} == {"nadia-roux", "julie-martin"}
    assert made.id in {one.id for one in theo.account_lists(nadia)}
    theo.list_accounts_delete(made.id, [julie])
    theo.list_accounts_delete(made.id, [julie])
    assert [one.acct for one in theo.list_accounts(made.id)] == ["nadia-roux"]
    assert made.id not in {one.id for one in theo.account_lists(julie)}
    changed = theo.list_update(made.id, "The benches", replies_policy="none", exclusive=True)
    assert (changed.title, changed.replies_policy, changed.exclusive) == ("The benches", "none", True)
    theo.list_delete(made.id)
    with pytest.raises(MastodonNotFoundError):
        theo.list(made.id)
    assert not ListMember.objects.exists()
    assert {one.id for one in theo.lists()} == rooms


def test_what_a_list_does_not_take(cast: Cast) -> None:
    token = token_for(cast.colleague)
    row = list_of(cast.colleague, cast.author)
    room = space_id(cast.audiences["valve-7"].pk)
    members = f"lists/{row.pk}/accounts"
    for method, address, fields in (
        ("POST", "lists", {"title": "  "}),
        ("POST", "lists", {}),
        ("POST", "lists", {"title": "x" * 201}),
        ("POST", "lists", {"title": "x", "replies_policy": "some"}),
        ("PUT", f"lists/{row.pk}", {"title": ""}),
        ("POST", members, {}),
        ("POST", members, {"account_ids[]": [room]}),
        ("POST", members, {"account_ids[]": [person_id(cast.author.pk)]}),
    ):
        answer = ask(token, method, address, fields)
        assert answer.status_code == 422, (method, address, fields)
        assert answer.json()["error"]
    # All of them or none.
    never = ["1234567890123456789", person_id(cast.deputy.pk)]
    assert ask(token, "POST", members, {"account_ids[]": never}).status_code == 404
    assert lists.known_members(cast.colleague, row, now()) == {cast.author.pk}
    assert lists.one(cast.colleague, row.pk).title == "The bench"


def test_a_space_is_a_list_that_is_not_changed_from_an_app(cast: Cast) -> None:
    token = token_for(cast.colleague)
    room = space_id(cast.audiences["valve-7"].pk)
    for method, address in (
        ("PUT", f"lists/{room}"),
        ("DELETE", f"lists/{room}"),
        ("POST", f"lists/{room}/accounts"),
        ("DELETE", f"lists/{room}/accounts"),
    ):
        answer = ask(token, method, address, {"title": "x", "account_ids[]": person_id(cast.author.pk)})
        assert answer.status_code == 403
        assert "Lists are the spaces where you sit" in answer.json()["error"]
        assert ask(token_for(cast.stranger), method, address, {"title": "x"}).status_code == 404
    assert ask(token, "GET", f"lists/{room}/accounts").status_code == 200


def test_another_persons_list_is_as_one_that_never_was(cast: Cast) -> None:
    row, token = list_of(cast.author, cast.colleague), token_for(cast.colleague)
    never = row.pk + 1
    somebody = {"title": "x", "account_ids[]": person_id(cast.author.pk)}
    for method, address in (
        ("GET", "lists/{}"),
        ("PUT", "lists/{}"),
        ("DELETE", "lists/{}"),
        ("GET", "lists/{}/accounts"),
        ("POST", "lists/{}/accounts"),
        ("DELETE", "lists/{}/accounts"),
        ("GET", "timelines/list/{}"),
    ):
        theirs, none = (ask(token, method, address.format(one), somebody) for one in (row.pk, never))
        assert theirs.status_code == none.status_code == 404, (method, address)
        assert theirs.content == none.content
    assert str(row.pk) not in ask(token, "GET", "lists").content.decode()
    of_theo = ask(token, "GET", f"accounts/{person_id(cast.colleague.pk)}/lists").content.decode()
    assert str(row.pk) not in of_theo
    assert lists.one(cast.author, row.pk).title == "The bench"


def test_only_whom_one_may_know_of_is_put_on_a_list(cast: Cast) -> None:
    token, row = token_for(cast.guest), list_of(cast.guest)
    address = f"lists/{row.pk}/accounts"
    hidden, never = (
        ask(token, "POST", address, {"account_ids[]": one})
        for one in (person_id(cast.stranger.pk), "1234567890123456789")
    )
    assert hidden.status_code == never.status_code == 404
    assert hidden.content == never.content
    assert not ListMember.objects.exists()


def test_who_leaves_or_is_known_no_longer_is_on_no_list(cast: Cast) -> None:
    theo, guest = client_for(cast.colleague), client_for(cast.guest)
    mine = list_of(cast.colleague, cast.deputy)
    assert len(theo.list_accounts(mine.pk)) == 1
    let_go(by=cast.administrator, at=now(), person=cast.deputy)
    assert theo.list_accounts(mine.pk) == []
    assert theo.timeline_list(mine.pk) == []
    gone = person_id(cast.deputy.pk)
    with pytest.raises(MastodonNotFoundError):
        theo.list_accounts_add(mine.pk, [gone])
    theo.list_accounts_delete(mine.pk, [gone])
    with pytest.raises(MastodonNotFoundError):
        theo.list_accounts_delete(mine.pk, [gone])
    assert not ListMember.objects.exists()
    # A guest knows of who sits in their own rooms, for as long as they sit there.
    met = Person.objects.get(pk=max(known_to(cast.guest, now()) - {cast.guest.pk}))
    theirs = list_of(cast.guest, met)
    assert len(guest.list_accounts(theirs.pk)) == 1
    for seat in cast.guest.seats.filter(ends_at=None):
        end_seat(by=None, at=now(), person=cast.guest, audience_id=seat.audience_id)
    assert guest.list_accounts(theirs.pk) == []


def test_a_column_shows_what_its_people_said_and_the_reader_hears(cast: Cast) -> None:
    nadia, theo, pavel = (client_for(one) for one in (cast.author, cast.colleague, cast.stranger))
    mine, theirs = list_of(cast.colleague, cast.author), list_of(cast.stranger, cast.author)
    inside = nadia.status_post("@valve-7 The ring holds.")
    to_all = nadia.status_post("Good morning.")
    theo.status_post("Good morning, too.")
    assert [one.id for one in theo.timeline_list(mine.pk)] == [to_all.id, inside.id]
    assert [one.id for one in pavel.timeline_list(theirs.pk)] == [to_all.id]
    theo.status_reblog(to_all.id)
    boost = nadia.status_reblog(to_all.id)
    assert [one.id for one in theo.timeline_list(mine.pk)] == [boost.id, to_all.id, inside.id]
    nadia.status_unreblog(to_all.id)
    theo.account_mute(theo.account_lookup("nadia-roux").id)
    assert theo.timeline_list(mine.pk) == []
    end_seat(by=cast.author, at=now(), person=cast.colleague, audience_id=cast.audiences["valve-7"].pk)
    theo.account_unmute(theo.account_lookup("nadia-roux").id)
    assert [one.id for one in theo.timeline_list(mine.pk)] == [to_all.id]


def test_which_answers_stand_in_a_column(cast: Cast) -> None:
    nadia, theo, julie = (client_for(one) for one in (cast.author, cast.colleague, cast.approver))
    row = list_of(cast.colleague, cast.author)
    by_nadia, by_theo, by_julie = (
        one.status_post(f"Good morning. {n}") for n, one in enumerate((nadia, theo, julie))
    )
    to = {
        root.id: nadia.status_post("Yes.", in_reply_to_id=root.id).id
        for root in (by_nadia, by_theo, by_julie)
    }
    own, mine, others = to.values()

    def shown(policy: str) -> list[Any]:
        List.objects.update(replies_policy=policy)
        return [one.id for one in theo.timeline_list(row.pk)]

    assert shown("none") == [by_nadia.id]
    assert shown("list") == [mine, own, by_nadia.id]
    assert shown("followed") == [mine, own, by_nadia.id]
    theo.account_follow(julie.me().id)
    assert shown("followed") == [others, mine, own, by_nadia.id]
    assert shown("list") == [mine, own, by_nadia.id]
    lists.put_on(by=cast.colleague, at=now(), number=row.pk, whom=[cast.approver.pk])
    assert shown("list") == [others, mine, own, by_julie.id, by_nadia.id]


def test_a_column_is_paged_both_ways(cast: Cast) -> None:
    nadia, token = client_for(cast.author), token_for(cast.colleague)
    row = list_of(cast.colleague, cast.author)
    every = [str(nadia.status_post(f"Good morning. {n}").id) for n in range(5)][::-1]
    address = f"timelines/list/{row.pk}"
    first = ask(token, "GET", f"{address}?limit=2")
    assert [one["id"] for one in first.json()] == every[:2]
    assert f"max_id={every[1]}" in first.headers["Link"]
    assert f"min_id={every[0]}" in first.headers["Link"]
    for query, wanted in (
        (f"max_id={every[1]}&limit=2", every[2:4]),
        (f"since_id={every[3]}&limit=2", every[:2]),
        (f"min_id={every[3]}&limit=2", every[1:3]),
        (f"max_id={every[4]}", []),
        (f"min_id={every[0]}", []),
    ):
        assert [one["id"] for one in ask(token, "GET", f"{address}?{query}").json()] == wanted, query


def test_the_people_on_a_list_are_paged(cast: Cast) -> None:
    people = [cast.author, cast.approver, cast.deputy]
    row, token = list_of(cast.colleague, *people), token_for(cast.colleague)
    names = [one.slug for one in people][::-1]
    address = f"/api/v1/lists/{row.pk}/accounts?limit=2"
    first = Client().get(address, headers={"Authorization": f"Bearer {token}"})
    assert [one["acct"] for one in first.json()] == names[:2]
    following = first.headers["Link"].split(";")[0].strip("<>").partition("testserver")[2]
    second = Client().get(following, headers={"Authorization": f"Bearer {token}"})
    assert [one["acct"] for one in second.json()] == names[2:]
    every = Client().get(address[:-1] + "0", headers={"Authorization": f"Bearer {token}"})
    assert len(every.json()) == 3


def test_lists_are_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    monkeypatch.setattr(lists, "MOST_MEMBERS", 2)
    theo = client_for(cast.colleague)
    row = list_of(cast.colleague, cast.author, cast.approver)
    theo.list_create("Another")
    with pytest.raises(MastodonAPIError, match="You have 2 lists already"):
        theo.list_create("A third")
    with pytest.raises(MastodonAPIError, match="2 people at most"):
        theo.list_accounts_add(row.pk, [theo.account_lookup("marc-olsen").id])
    theo.list_accounts_delete(row.pk, [theo.account_lookup("nadia-roux").id])
    theo.list_accounts_add(row.pk, [theo.account_lookup("marc-olsen").id])


def test_whom_one_reads_apart_is_not_met_at_home(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    nadia.status_post("Good morning.")
    row = list_of(cast.colleague, cast.author)
    assert len(theo.timeline_home()) == 1
    theo.list_update(row.pk, "The bench", exclusive=True)
    assert theo.timeline_home() == []
    assert len(theo.timeline_list(row.pk)) == len(theo.timeline_public()) == len(nadia.timeline_home()) == 1


def test_no_number_of_a_list_is_that_of_an_account(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        List.objects.create(id=LISTS - 1, person=cast.author, title="x")
    accounts = [person_id(one) for one in range(1, 200)] + [space_id(one) for one in range(1, 200)]
    assert max(int(one) for one in accounts) < LISTS


def test_a_column_of_many_threads_asks_no_more_than_one_of_few(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    row = list_of(cast.colleague, cast.author)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_asked:
            assert theo.timeline_list(row.pk)
        return len(queries_asked)

    def go_on() -> None:
        root = nadia.status_post("@valve-7 Good morning.")
        nadia.status_post("And again.", in_reply_to_id=root.id)

    go_on()
    asked()
    few = asked()
    for _turn in range(6):
        go_on()
    lists.put_on(by=cast.colleague, at=now(), number=row.pk, whom=[cast.approver.pk, cast.deputy.pk])
    assert asked() <= few


def test_a_stream_of_a_list_bears_what_its_column_shows(cast: Cast) -> None:
    row, theirs = list_of(cast.colleague, cast.author), list_of(cast.stranger, cast.author)
    token, other = (token_number(token_for(one)) for one in (cast.colleague, cast.stranger))
    drawing, stream = Drawing(), ("list", str(row.pk))

    def streams(token: int, passage: Any, *numbers: int) -> set[Any]:
        drawn = drawing.draw(token, "http://testserver", happened(passage, number=passage.pk), numbers)
        return set(drawn.streams or ()) if drawn is not None else set()

    by_nadia = said(cast.author, "space:everyone")
    assert stream in streams(token, by_nadia, row.pk)
    # As it is kept for others, and for who listens to nobody's list, or to another's.
    assert stream in streams(token, by_nadia, row.pk)
    assert stream not in streams(token, by_nadia)
    assert stream not in streams(other, by_nadia, row.pk)
    assert ("list", str(theirs.pk)) in streams(other, by_nadia, row.pk, theirs.pk)
    assert stream not in streams(token, said(cast.colleague, "space:everyone"), row.pk)
    assert streams(other, said(cast.author), theirs.pk) == set()
    lists.alter(by=cast.colleague, number=row.pk, title=None, replies_policy=None, exclusive=True)
    apart = streams(token, by_nadia, row.pk)
    assert stream in apart
    assert ("user",) not in apart
