"""Following people and topics from an app: one is told, nobody hears more, and nobody reads who follows whom."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from mastodon import MastodonAPIError, MastodonNotFoundError
from PIL import Image

from lockgate.archive.operations import keep
from lockgate.attention import operations as attention
from lockgate.attention.models import Follow
from lockgate.base.clock import now
from lockgate.conversations.operations import submit
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.mastodon import mutes
from lockgate.mastodon.content import words_html
from lockgate.mastodon.ids import topic_id
from lockgate.mastodon.tests.client import client_for, token_for
from lockgate.notices.queries import of as told_to
from lockgate.people.models import Person
from lockgate.spaces.operations import end_seat

pytestmark = pytest.mark.django_db
WORDS = "The seal ring of the bench was measured again."


def look() -> None:
    """What the work process does each second."""
    keep(at=now())
    while attention.follow_up(at=now()):
        continue


def say(by: Person, body: str, place: str = "space:valve-7", answers: int | None = None) -> int:
    sent = submit(
        by=by, at=now(), body=body, marking=1, places=[place] if answers is None else [], answers=answers
    )
    assert sent.passages[0].state == "delivered"
    time.sleep(0.002)  # ids sort to the millisecond
    return sent.passages[0].passage_id


def asked(token: str, address: str, method: str = "get", **fields: Any) -> Any:
    return getattr(Client(), method)(address, fields, headers={"Authorization": f"Bearer {token}"})


# People


def test_a_person_is_followed_and_one_is_told(cast: Cast) -> None:
    look()
    theo, nadia = client_for(cast.colleague), client_for(cast.author)
    whom = theo.account_lookup("nadia-roux").id
    before = theo.account_relationships(whom)[0]
    assert (before.following, before.notifying, before.requested) == (False, False, False)
    followed = theo.account_follow(whom)
    assert (followed.following, followed.notifying, followed.requested) == (True, True, False)
    assert theo.account_follow(whom).following
    assert theo.account_relationships(whom)[0].following
    say(cast.author, WORDS)
    look()
    assert [one.kind for one in told_to(cast.colleague)] == ["followed-person"]
    mine = theo.me().id
    assert [one.acct for one in theo.account_following(mine)] == ["nadia-roux"]
    # Nobody else reads it: not who is followed, not in theirs.
    assert theo.account_following(whom) == []
    assert nadia.account_following(mine) == []
    assert nadia.account_followers(whom) == []
    assert not nadia.account_relationships(mine)[0].followed_by
    assert not theo.account_unfollow(whom).following
    assert theo.account_following(mine) == []
    assert not Follow.objects.exists()


def test_a_follow_lets_nobody_hear(cast: Cast) -> None:
    look()
    pavel = client_for(cast.stranger)
    pavel.account_follow(pavel.account_lookup("nadia-roux").id)
    pavel.tag_follow("seals")
    said = say(cast.author, f"{WORDS} #seals")
    look()
    assert told_to(cast.stranger) == []
    assert pavel.timeline_hashtag("seals") == []
    with pytest.raises(MastodonNotFoundError):
        pavel.status(said)


def test_who_is_not_known_is_not_followed(cast: Cast) -> None:
    """A guest in other rooms: as if nobody were there. Oneself, and a room, are refused with a sentence."""
    elsewhere = cast.persons["lars-eklund"]
    whom = client_for(cast.colleague).account_lookup("nadia-roux").id
    token = token_for(elsewhere)
    for verb in ("follow", "unfollow"):
        hidden = asked(token, f"/api/v1/accounts/{whom}/{verb}", "post")
        never = asked(token, f"/api/v1/accounts/1234567890123456789/{verb}", "post")
        assert (hidden.status_code, hidden.content) == (404, never.content)
    theo = client_for(cast.colleague)
    with pytest.raises(MastodonAPIError) as refused:
        theo.account_follow(theo.me().id)
    assert refused.value.args[1] == 403
    room = theo.account_lookup("valve-7").id
    assert theo.account_follow(room).following
    with pytest.raises(MastodonAPIError):
        theo.account_unfollow(room)
    assert not Follow.objects.exists()


def test_whom_one_may_no_longer_know_is_not_listed(cast: Cast) -> None:
    stefan = client_for(cast.guest)
    whom = next(one for one in stefan.directory() if not one.display_name.endswith("Armaturen"))
    assert stefan.account_follow(whom.id).following
    assert [one.id for one in stefan.account_following(stefan.me().id)] == [whom.id]
    for seat in cast.guest.seats.filter(ends_at__isnull=True):
        end_seat(by=None, at=now(), person=cast.guest, audience_id=seat.audience_id)
    assert stefan.account_following(stefan.me().id) == []


def test_following_has_pages(cast: Cast) -> None:
    theo = client_for(cast.colleague)
    names = ["nadia-roux", "julie-martin", "marc-olsen", "pavel-novak", "henrik-dahl"]
    for one in names:
        theo.account_follow(theo.account_lookup(one).id)
    page = theo.account_following(theo.me().id, limit=2)
    found = [one.acct for one in page]
    while page := theo.fetch_next(page):
        found += [one.acct for one in page]
    assert found == names[::-1]
    last = theo.account_following(theo.me().id, limit=2)
    assert theo.fetch_previous(last) == []


def test_many_who_are_followed_ask_no_more_than_one(cast: Cast) -> None:
    theo = client_for(cast.colleague)
    token, mine = token_for(cast.colleague), theo.me().id
    ids = [theo.account_lookup(one).id for one in ("nadia-roux", "julie-martin", "marc-olsen", "pavel-novak")]
    addresses = (
        f"/api/v1/accounts/{mine}/following",
        "/api/v1/accounts/relationships?" + "&".join(f"id[]={one}" for one in ids),
        "/api/v1/followed_tags",
        "/api/v1/accounts/search?q=ma",
    )

    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert asked(token, address).json()
        return len(queries)

    theo.account_follow(ids[0])
    theo.tag_follow("seals")
    few = [counted(one) for one in addresses]
    for one in ids[1:]:
        theo.account_follow(one)
    for word in ("bench", "valves", "rings"):
        theo.tag_follow(word)
    assert [counted(one) for one in addresses] == few


# Topics


def test_topics_of_a_status_are_hashtags(cast: Cast) -> None:
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("@valve-7 On #Cold-Bench, #étanchéité: see #7 and a#b")
    assert [one.name for one in said.tags] == ["cold-bench", "étanchéité"]
    assert said.tags[0].url == "https://testserver/tags/cold-bench"
    link = '<a href="https://testserver/tags/cold-bench" class="mention hashtag" rel="tag">#Cold-Bench</a>'
    assert link in said.content
    answer = theo.status_post("So #seals do.", in_reply_to_id=said.id)
    assert [one.name for one in nadia.status(answer.id).tags] == ["seals"]
    browser = Client()
    browser.force_login(cast.author)
    assert browser.get("/tags/cold-bench").headers["Location"] == "/topics/cold-bench"
    assert Client().get("/tags/cold-bench").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("body", "drawn"),
    [
        ("no sign", "<p>no sign</p>"),
        ("[x](/spaces/hall)", '<a href="https://h/spaces/hall"'),
        ("[x](//elsewhere.example)", '<a href="//elsewhere.example"'),
        ("`#seals`", "<code>#seals</code>"),
        ("[x](/topics/seals)", '<a href="https://h/topics/seals"'),
    ],
)
def test_links_lead_to_whole_addresses(body: str, drawn: str) -> None:
    assert drawn in words_html(body, "https://h")


def test_a_topic_is_followed_and_listed_by_pages(cast: Cast) -> None:
    look()
    theo, nadia = client_for(cast.colleague), client_for(cast.author)
    assert not theo.tag("Seals").following
    assert theo.tag_follow("Seals").following
    assert (theo.tag("seals").following, nadia.tag("seals").following) == (True, False)
    for word in ("valves", "bench", "cold-bench"):
        theo.tag_follow(word)
    page = theo.followed_tags(limit=3)
    assert [one.name for one in page] == ["cold-bench", "bench", "valves"]
    assert all(one.following for one in page)
    assert [one.name for one in theo.fetch_next(page)] == ["seals"]
    assert nadia.followed_tags() == []
    say(cast.author, f"{WORDS} #seals")
    look()
    assert [one.kind for one in told_to(cast.colleague)] == ["followed-topic"]
    assert not theo.tag_unfollow("seals").following
    assert "seals" not in [one.name for one in theo.followed_tags()]
    token = token_for(cast.colleague)
    for verb in ("get", "post"):
        end = "/follow" if verb == "post" else ""
        assert asked(token, f"/api/v1/tags/7{end}", verb).status_code == 404


def test_a_topic_of_a_hidden_room_is_one_that_nobody_used(cast: Cast) -> None:
    look()
    say(cast.author, f"{WORDS} #quiet-ring")
    look()
    for person in (cast.stranger, cast.guest, cast.persons["lars-eklund"]):
        token = token_for(person)
        for address in (
            "/api/v1/timelines/tag/{}",
            "/api/v1/tags/{}",
            "/api/v2/search?type=hashtags&q={}",
            "/api/v2/search?type=hashtags&q=%23{}",
        ):
            hidden = asked(token, address.format("quiet-ring")).content
            never = asked(token, address.format("never-ring")).content
            told = hidden.replace(topic_id("quiet-ring").encode(), topic_id("never-ring").encode())
            assert told.replace(b"quiet-ring", b"never-ring") == never
    theirs = client_for(cast.colleague)
    assert len(theirs.timeline_hashtag("quiet-ring")) == 1
    assert [one.name for one in theirs.search_v2("quiet", result_type="hashtags").hashtags] == ["quiet-ring"]


def test_the_timeline_of_a_topic(cast: Cast) -> None:
    look()
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    seals = say(cast.author, "One. #seals")
    both = say(cast.author, "Two. #seals #bench", "space:everyone")
    bench = say(cast.colleague, "Three. #bench", answers=seals)
    # At once, before anything was noted: posts are there, answers come a moment later.
    assert [int(one.id) for one in theo.timeline_hashtag("seals")] == [both, seals]
    look()
    assert [int(one.id) for one in theo.timeline_hashtag("Bench")] == [bench, both]
    assert theo.timeline_hashtag("seals", only_media=True) == []
    first = theo.timeline_hashtag("seals", limit=1)
    assert [int(one.id) for one in theo.fetch_next(first)] == [seals]
    token = token_for(cast.colleague)
    for more, found in (
        ("any[]=bench", [bench, both, seals]),
        ("any[]=bench&limit=2", [bench, both]),
        (f"any[]=bench&max_id={both}", [seals]),
        (f"any[]=bench&min_id={seals}&limit=1", [both]),
        (f"any[]=bench&since_id={both}", [bench]),
        ("all[]=bench", [both]),
        ("all[]=7", []),
        ("none[]=bench", [seals]),
        ("remote=true", []),
    ):
        told = asked(token, f"/api/v1/timelines/tag/seals?{more}").json()
        assert [int(one["id"]) for one in told] == found, more
    assert [int(one.id) for one in client_for(cast.stranger).timeline_hashtag("seals")] == [both]
    mutes.mute(by=cast.author, at=now(), whom=cast.colleague.pk, seconds=0)
    assert [int(one.id) for one in nadia.timeline_hashtag("bench")] == [both]


def test_topics_are_found_by_their_beginning(cast: Cast) -> None:
    look()
    theo = client_for(cast.colleague)

    def found(words: str) -> list[tuple[str, bool]]:
        return [(one.name, one.following) for one in theo.search_v2(words, result_type="hashtags").hashtags]

    say(cast.author, f"{WORDS} #seals #Sea-Trial")
    # At once, and as well once they are noted.
    assert found("#sea") == [("sea-trial", False), ("seals", False)]
    look()
    theo.tag_follow("seals")
    theo.tag_follow("seabed")
    assert sorted(found("Sea")) == [("sea-trial", False), ("seabed", True), ("seals", True)]
    assert found("%") == []
    assert found("sea trial") == []
    theirs = client_for(cast.stranger).search_v2("sea", result_type="hashtags").hashtags
    assert theirs == []


def test_what_was_taken_back_is_on_no_topic(cast: Cast) -> None:
    look()
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    said = nadia.status_post("@valve-7 It leaks. #leaky")
    look()
    assert len(theo.timeline_hashtag("leaky")) == 1
    nadia.status_delete(said.id)
    assert theo.timeline_hashtag("leaky") == []
    assert theo.search_v2("leaky", result_type="hashtags").hashtags == []


def test_who_came_later_finds_no_topic_of_before(cast: Cast) -> None:
    """Where a seat hears from its beginning on, what was said before names nothing."""
    look()
    say(cast.author, f"{WORDS} #early")
    late = say(cast.author, f"{WORDS} #late")
    look()
    seat = cast.colleague.seats.get(audience=cast.audiences["valve-7"], ends_at__isnull=True)
    type(seat).objects.filter(pk=seat.pk).update(hears_from=Passage.objects.get(pk=late).position)
    theo = client_for(cast.colleague)
    assert theo.timeline_hashtag("early") == []
    assert theo.search_v2("early", result_type="hashtags").hashtags == []
    assert [one.name for one in theo.search_v2("#late").hashtags] == ["late"]


def test_many_posts_on_a_topic_ask_no_more_than_few(cast: Cast) -> None:
    look()
    token = token_for(cast.colleague)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            found = asked(token, "/api/v1/timelines/tag/seals").json()
        assert found
        return len(queries)

    for number in range(2):
        root = say(cast.author, f"Post {number}. #seals")
        say(cast.colleague, f"Answer {number}. #seals", answers=root)
    look()
    few = counted()
    for number in range(2, 9):
        root = say(cast.author, f"Post {number}. #seals")
        say(cast.colleague, f"Answer {number}. #seals", answers=root)
    look()
    assert len(asked(token, "/api/v1/timelines/tag/seals").json()) == 18
    assert counted() == few


def test_tags_cost_a_timeline_nothing(cast: Cast) -> None:
    token = token_for(cast.colleague)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            asked(token, "/api/v1/timelines/home")
        return len(queries)

    say(cast.author, WORDS)
    without = counted()
    say(cast.author, f"{WORDS} #seals #bench #étanchéité")
    assert counted() == without


def test_what_somebody_said_with_files_or_of_a_topic(cast: Cast) -> None:
    """Of what is left out more is read, so that a page is full; and the next begins below its last."""
    nadia, theo = client_for(cast.author), client_for(cast.colleague)
    me = nadia.me().id
    seals = [say(cast.author, f"Test {number}. #seals") for number in range(3)]
    for number in range(7):
        say(cast.author, f"Something else {number}.")
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "PNG")
    drawn.seek(0)
    picture = nadia.media_post(drawn, mime_type="image/png", file_name="seal.png", description="A seal")
    shown = int(nadia.status_post("Look. #seals", media_ids=[picture.id]).id)

    def ids(**fields: object) -> list[int]:
        return [int(one.id) for one in theo.account_statuses(me, **fields)]

    assert ids(tagged="Seals") == ids(tagged="#seals") == [shown, *seals[::-1]]
    assert ids(only_media=True) == [shown]
    assert ids(tagged="seals", only_media=True) == [shown]
    assert ids(tagged="bench") == ids(tagged="no topic") == []
    assert ids(tagged="seals", limit=2) == [shown, seals[2]]
    first = theo.account_statuses(me, tagged="seals", limit=2)
    assert [int(one.id) for one in theo.fetch_next(first)] == [seals[1], seals[0]]
    assert len(ids(limit=5)) == 5
