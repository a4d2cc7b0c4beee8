"""Mastodon.py boosts and quotes: where it was said, and never further than all who hear it already."""

from __future__ import annotations

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.gateway.models import Boost, Message, Passage
from lockgate.mastodon.tests.client import client_for
from lockgate.mastodon.tests.test_quirks import get, post, token_for
from lockgate.spaces.models import Space

pytestmark = pytest.mark.django_db


def test_a_boost_is_shown_and_taken_back(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("The bench is free from noon.")
    boost = theo.status_reblog(said.id)
    assert (boost.reblog.id, boost.account.acct) == (said.id, "theo-mercier")
    assert boost.reblog.content == said.content
    again = theo.status_reblog(boost.id)
    assert (again.id, Boost.objects.count()) == (boost.id, 1)
    assert [(one.id, one.reblog and one.reblog.id) for one in nadia.timeline_home()] == [
        (boost.id, said.id),
        (said.id, None),
    ]
    seen = theo.status(said.id)
    assert (seen.reblogs_count, seen.reblogged, nadia.status(said.id).reblogged) == (1, True, False)
    assert [one.acct for one in nadia.status_reblogged_by(said.id)] == ["theo-mercier"]
    assert [one.id for one in nadia.account_statuses(boost.account.id)] == [boost.id]
    assert nadia.account_statuses(boost.account.id, exclude_reblogs=True) == []
    back = theo.status_unreblog(said.id)
    assert (back.id, back.reblogged, back.reblogs_count) == (said.id, False, 0)
    assert [one.id for one in nadia.timeline_home()] == [said.id]
    with pytest.raises(MastodonNotFoundError):
        nadia.status(boost.id)


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
def test_the_visibility_of_a_boost_moves_it_nowhere(cast: Cast, visibility: str) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("@valve-7 The ring holds at four hundred strokes.")
    boost = theo.status_reblog(said.id, visibility=visibility)
    audiences = {Passage.objects.get(pk=one).audience_id for one in (said.id, boost.id)}
    assert len(audiences) == 1


def test_what_one_does_not_hear_is_boosted_by_nobody(cast: Cast) -> None:
    nadia, theo, pavel = (client_for(one) for one in (cast.author, cast.colleague, cast.stranger))
    said = nadia.status_post("@valve-7 The ring holds at four hundred strokes.")
    boost = theo.status_reblog(said.id)
    assert Passage.objects.get(pk=boost.id).audience_id == Passage.objects.get(pk=said.id).audience_id
    for hidden in (said.id, boost.id, 1):
        with pytest.raises(MastodonNotFoundError):
            pavel.status_reblog(hidden)
        with pytest.raises(MastodonNotFoundError):
            pavel.status_reblogged_by(hidden)
    before = Message.objects.count()
    token = token_for(cast.stranger)
    answers = {
        (one.status_code, one.content)
        for number in (said.id, boost.id, 1)
        for one in [
            post(token, "/api/v1/statuses", {"status": "Look.", "quoted_status_id": str(number)}),
        ]
    }
    assert len(answers) == 1
    assert Message.objects.count() == before
    assert pavel.timeline_home() == []


def test_an_original_that_is_gone_takes_its_boost_with_it(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("The bench is free from noon.")
    theo.status_reblog(said.id)
    nadia.status_delete(said.id)
    assert theo.timeline_home() == nadia.timeline_home() == []


def test_a_quote_goes_where_the_post_was_said(cast: Cast) -> None:
    nadia = client_for(cast.author)
    said = nadia.status_post("@valve-7 The ring holds at four hundred strokes.")
    token = token_for(cast.colleague)
    quote = post(
        token, "/api/v1/statuses", {"status": "And it did.", "quoted_status_id": str(said.id)}
    ).json()
    assert quote["quote"]["state"] == "accepted"
    assert quote["quote"]["quoted_status"]["id"] == str(said.id)
    audiences = {Passage.objects.get(pk=one).audience_id for one in (said.id, quote["id"])}
    assert len(audiences) == 1
    listed = get(token, f"/api/v1/statuses/{said.id}/quotes").json()
    assert [one["id"] for one in listed] == [quote["id"]]
    assert nadia.status(said.id).quotes_count == 1
    refused = post(
        token,
        "/api/v1/statuses",
        {"status": "@everyone Look at this.", "quoted_status_id": str(said.id)},
    )
    assert refused.status_code == 403
    assert "hears" in refused.json()["error"]
    rooms = Space.objects.count()
    for words in ("Only for you.", "@nadia-roux Only for you."):
        fields = {"status": words, "quoted_status_id": str(said.id), "visibility": "direct"}
        assert post(token, "/api/v1/statuses", fields).status_code == 422
    # No talk was begun for what is not sent.
    assert Space.objects.count() == rooms
    nadia.status_delete(said.id)
    assert get(token, f"/api/v1/statuses/{quote['id']}").json()["quote"] == {
        "state": "deleted",
        "quoted_status": None,
    }


def test_nothing_is_boosted_where_the_word_is_only_read(cast: Cast) -> None:
    theo = client_for(cast.colleague)
    sent = gateway.submit(
        by=cast.author, at=now(), body="Good morning.", marking=1, places=["space:everyone"]
    )
    boost = theo.status_reblog(sent.passages[0].passage_id)
    with pytest.raises(MastodonAPIError):
        client_for(cast.author).status_delete(boost.id)


def test_an_answer_quotes_what_its_thread_hears(cast: Cast) -> None:
    nadia, token = client_for(cast.author), token_for(cast.colleague)
    said = nadia.status_post("@valve-7 The ring holds at four hundred strokes.")
    asked = nadia.status_post("@valve-7 Does it hold?")
    fields = {"status": "It did.", "quoted_status_id": str(said.id), "in_reply_to_id": str(asked.id)}
    answer = post(token, "/api/v1/statuses", fields).json()
    assert (answer["in_reply_to_id"], answer["quote"]["quoted_status"]["id"]) == (str(asked.id), str(said.id))
    below = get(token, f"/api/v1/statuses/{asked.id}/context").json()["descendants"]
    assert [one["quote"]["quoted_status"]["id"] for one in below] == [str(said.id)]
    listed = get(token, f"/api/v1/statuses/{said.id}/quotes").json()
    assert [(one["id"], one["in_reply_to_id"]) for one in listed] == [(answer["id"], str(asked.id))]
    # Not below what more people hear, nor as a word aside; and nothing was said.
    messages, rooms = Message.objects.count(), Space.objects.count()
    wide = nadia.status_post("And so it goes.")
    refused = post(token, "/api/v1/statuses", fields | {"in_reply_to_id": str(wide.id)})
    assert (refused.status_code, "hears" in refused.json()["error"]) == (403, True)
    aside = fields | {"visibility": "direct", "status": "@nadia-roux Only for you."}
    assert post(token, "/api/v1/statuses", aside).status_code == 422
    stranger = post(token_for(cast.stranger), "/api/v1/statuses", fields | {"in_reply_to_id": str(wide.id)})
    assert stranger.status_code == 404
    assert (Message.objects.count(), Space.objects.count()) == (messages + 1, rooms)
    nadia.status_delete(said.id)
    gone = {"state": "deleted", "quoted_status": None}
    assert get(token, f"/api/v1/statuses/{answer['id']}").json()["quote"] == gone
    (below,) = get(token, f"/api/v1/statuses/{asked.id}/context").json()["descendants"]
    assert below["quote"] == gone
