"""Stars, saved posts, pins, polls, announcements and search, as apps have them."""

from __future__ import annotations

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

from lockgate.base.clock import now
from lockgate.conversations.models import Bookmark, Poll, Reaction, Receipt
from lockgate.conversations.operations import submit
from lockgate.conversations.types import Asks
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.mastodon.tests.client import client_for
from lockgate.search.operations import rebuild

pytestmark = pytest.mark.django_db


def test_a_star_is_a_reaction_and_is_counted(cast: Cast) -> None:
    nadia, theo, pavel = client_for(cast.author), client_for(cast.colleague), client_for(cast.stranger)
    said = nadia.status_post("@valve-7 The ring holds.")
    starred = theo.status_favourite(said.id)
    assert (starred.favourited, starred.favourites_count) == (True, 1)
    assert Reaction.objects.get().kind == "agree"
    seen = nadia.status(said.id)
    assert (seen.favourited, seen.favourites_count) == (False, 1)
    assert [one.acct for one in nadia.status_favourited_by(said.id)] == ["theo-mercier"]
    assert [one.id for one in theo.favourites()] == [said.id]
    assert nadia.favourites() == []
    with pytest.raises(MastodonNotFoundError):
        pavel.status_favourite(said.id)
    assert theo.status_unfavourite(said.id).favourites_count == 0
    assert not Reaction.objects.exists()


def test_what_is_saved_is_ones_own(cast: Cast) -> None:
    nadia, theo, pavel = client_for(cast.author), client_for(cast.colleague), client_for(cast.stranger)
    first, second = nadia.status_post("The first."), nadia.status_post("The second.")
    for one in (first, second):
        assert theo.status_bookmark(one.id).bookmarked
    assert not nadia.status(first.id).bookmarked
    assert [one.id for one in theo.bookmarks()] == [second.id, first.id]
    assert [one.id for one in theo.bookmarks(max_id=second.id)] == [first.id]
    assert nadia.bookmarks() == []
    assert not theo.status_unbookmark(first.id).bookmarked
    inside = nadia.status_post("@valve-7 The ring holds.")
    with pytest.raises(MastodonNotFoundError):
        pavel.status_bookmark(inside.id)
    assert Bookmark.objects.count() == 1


def test_a_pin_is_for_who_tends_the_room(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("@valve-7 The ring holds.")
    room = nadia.account_lookup("valve-7")
    assert nadia.status_pin(said.id).pinned
    assert [one.id for one in theo.account_statuses(room.id, pinned=True)] == [said.id]
    with pytest.raises(MastodonAPIError) as refused:
        theo.status_unpin(said.id)
    assert refused.value.args[1] == 403
    nadia.status_unpin(said.id)
    assert theo.account_statuses(room.id, pinned=True) == []


def test_a_poll_is_asked_and_answered(cast: Cast) -> None:
    nadia, theo, pavel = client_for(cast.author), client_for(cast.colleague), client_for(cast.stranger)
    asked = nadia.status_post(
        "@valve-7 Which bench?", poll=nadia.make_poll(["North", "South"], expires_in=3600)
    )
    assert Message.objects.get().body == "Which bench?\n\n- North\n- South"
    assert [one.title for one in asked.poll.options] == ["North", "South"]
    assert "North" not in asked.content
    assert "Who chose what is shown" in asked.content
    seen = theo.poll(asked.poll.id)
    assert (seen.voted, seen.expired, seen.voters_count) == (False, False, 0)
    assert seen.options[0].votes_count is None
    voted = theo.poll_vote(asked.poll.id, [1])
    assert (voted.voted, voted.options[1].votes_count) == (True, 1)
    assert nadia.poll(asked.poll.id).options[1].votes_count is None
    with pytest.raises(MastodonAPIError):
        theo.poll_vote(asked.poll.id, [0])
    with pytest.raises(MastodonAPIError):
        nadia.poll_vote(asked.poll.id, [7])
    for refused in (pavel.poll, lambda number: pavel.poll_vote(number, [0])):
        with pytest.raises(MastodonNotFoundError):
            refused(asked.poll.id)


def test_hidden_totals_are_an_anonymous_poll(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    asked = nadia.status_post("Move on Friday?", poll=nadia.make_poll(["Yes", "No"], 3600, hide_totals=True))
    assert Poll.objects.get().is_anonymous
    assert "Who chose what is shown" not in asked.content
    assert theo.poll_vote(asked.poll.id, [0]).options[0].votes_count is None
    before = Message.objects.count()
    with pytest.raises(MastodonAPIError):
        nadia.status_post("One way?", poll=nadia.make_poll(["Yes"], 3600))
    with pytest.raises(MastodonAPIError):
        nadia.status_post("At once?", poll=nadia.make_poll(["Yes", "No"], 1))
    assert Message.objects.count() == before


def test_dismissing_an_announcement_gives_its_receipt(cast: Cast) -> None:
    room = ["space:valve-7"]
    sent = submit(
        by=cast.author,
        at=now(),
        body="The hall closes at six.",
        marking=1,
        places=room,
        asks=Asks("announcement"),
    )
    number = sent.passages[0].passage_id
    theo, pavel = client_for(cast.colleague), client_for(cast.stranger)
    (told,) = theo.announcements()
    assert int(told.id) == number
    assert "The hall closes at six." in told.content
    assert pavel.announcements() == []
    theo.announcement_reaction_create(number, "👍")
    assert [(one.name, one["count"], one.me) for one in theo.announcements()[0].reactions] == [
        ("👍", 1, True)
    ]
    theo.announcement_reaction_delete(number, "👍")
    with pytest.raises(MastodonAPIError):
        theo.announcement_reaction_create(number, "🍕")
    with pytest.raises(MastodonNotFoundError):
        pavel.announcement_dismiss(number)
    theo.announcement_dismiss(number)
    assert Receipt.objects.get().person == cast.colleague
    assert theo.announcements() == []


def test_words_are_found_where_one_sits(cast: Cast) -> None:
    nadia, theo, pavel = client_for(cast.author), client_for(cast.colleague), client_for(cast.stranger)
    said = nadia.status_post("@valve-7 The elastomer ring holds.")
    rebuild(at=now())
    assert [one.id for one in theo.search_v2("elastomer").statuses] == [said.id]
    assert pavel.search_v2("elastomer").statuses == []
    assert Passage.objects.count() == 1


def test_a_filter_marks_what_holds_its_words(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    kept = theo.create_filter_v2("Rings", ["home"], "warn", keywords_attributes=[{"keyword": "ring"}])
    assert [one.keyword for one in kept.keywords] == ["ring"]
    theo.add_filter_keyword_v2(kept.id, "o-ring", whole_word=False)
    held, other = nadia.status_post("The Ring holds."), nadia.status_post("The spring holds.")
    assert [one.keyword_matches for one in theo.status(held.id).filtered] == [["ring"]]
    assert theo.status(other.id).filtered == []
    assert nadia.status(held.id).filtered == []
    with pytest.raises(MastodonNotFoundError):
        nadia.filter_v2(kept.id)
    with pytest.raises(MastodonNotFoundError):
        nadia.delete_filter_v2(kept.id)
    with pytest.raises(MastodonAPIError):
        theo.create_filter_v2("Nowhere", ["moon"], "warn")
    theo.delete_filter_v2(kept.id)
    assert theo.filters_v2() == []
