"""Mastodon.py drives the product from registering to posting, as each of the cast."""

from __future__ import annotations

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.gateway.operations import submit
from lockgate.mastodon.ids import person_id
from lockgate.mastodon.tests.client import client_for

pytestmark = pytest.mark.django_db


def test_sign_in_read_and_write(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    me = nadia.me()
    assert me.username == "nadia-roux"
    assert me.id == int(person_id(cast.author.pk)) or me.id == person_id(cast.author.pk)
    said = nadia.status_post("The bench is free from noon, **all** of it. #bench")
    assert said.visibility == "public"
    assert [one.id for one in theo.timeline_home()] == [said.id]
    assert [one.id for one in theo.timeline_public()] == [said.id]
    assert [one.id for one in theo.timeline_hashtag("bench")] == [said.id]
    answer = theo.status_post("Good, I take it.", in_reply_to_id=said.id)
    assert answer.in_reply_to_id == said.id
    assert [one.id for one in nadia.status_context(said.id).descendants] == [answer.id]
    assert nadia.status_context(answer.id).ancestors[0].id == said.id
    assert theo.status(said.id).replies_count == 1
    taken = nadia.status_delete(said.id)
    assert taken.text == "The bench is free from noon, **all** of it. #bench"
    with pytest.raises(MastodonNotFoundError):
        theo.status(said.id)


def test_a_mention_of_a_space_chooses_it(cast: Cast) -> None:
    nadia = client_for(cast.author)
    said = nadia.status_post("@valve-7 The ring holds at four hundred strokes.")
    passage = Passage.objects.select_related("audience__space", "message").get(pk=said.id)
    assert passage.audience.space is not None
    assert passage.audience.space.slug == "valve-7"
    assert passage.message.body == "The ring holds at four hundred strokes."
    assert said.visibility == "private"
    stranger = client_for(cast.stranger)
    with pytest.raises(MastodonNotFoundError):
        stranger.status(said.id)
    assert stranger.timeline_home() == []
    room = next(one for one in nadia.lists() if one.id == nadia.account_lookup("valve-7").id)
    assert [one.id for one in nadia.timeline_list(room.id)] == [said.id]
    account = nadia.account_lookup("valve-7")
    assert account.id == room.id
    assert account.group
    assert nadia.account_relationships(account.id)[0].following
    assert [one.id for one in nadia.account_statuses(account.id)] == [said.id]
    with pytest.raises(MastodonNotFoundError):
        stranger.account_lookup("valve-7")


def test_nothing_goes_further_than_was_meant(cast: Cast) -> None:
    nadia = client_for(cast.author)
    before = Message.objects.count()
    for words, visibility in (
        ("@nowhere-room This is for the few.", "public"),
        ("@valve-7 @toulouse For both?", "public"),
        ("For whoever follows me.", "private"),
        ("For one alone.", "direct"),
        ("Rather quietly.", "unlisted"),
    ):
        with pytest.raises(MastodonAPIError) as refused:
            nadia.status_post(words, visibility=visibility)
        assert refused.value.args[1] == 422
    guest = client_for(cast.guest)
    with pytest.raises(MastodonAPIError):
        guest.status_post("Good morning, all.")
    assert Message.objects.count() == before


def test_the_same_key_says_it_once(cast: Cast) -> None:
    nadia = client_for(cast.author)
    first = nadia.status_post("Lunch is at one.", idempotency_key="k1")
    again = nadia.status_post("Lunch is at one.", idempotency_key="k1")
    other = nadia.status_post("Lunch is at one.", idempotency_key="k2")
    assert first.id == again.id != other.id


def test_paging_meets_every_post_once(cast: Cast) -> None:
    for number in range(25):
        submit(by=cast.author, at=now(), body=f"Note {number}.", marking=1, places=["space:everyone"])
    theo = client_for(cast.colleague)
    seen, cursor = [], None
    while page := theo.timeline_home(limit=10, max_id=cursor):
        seen += [one.id for one in page]
        cursor = page[-1].id
    assert len(seen) == len(set(seen)) == 25
    up, cursor = [], seen[-1]
    while page := theo.timeline_home(limit=10, min_id=cursor):
        up += [one.id for one in page][::-1]
        cursor = page[0].id
    assert up == seen[:-1][::-1]
    assert [one.id for one in theo.timeline_home(since_id=seen[3])] == seen[:3]
    first = theo.timeline_home(limit=10)
    assert [one.id for one in theo.fetch_next(first)] == seen[10:20]
