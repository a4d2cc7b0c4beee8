"""Following, reading, and why: it draws attention, and lets nobody hear anything."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from lockgate.archive.operations import keep
from lockgate.attention import operations as attention
from lockgate.attention import queries, rules
from lockgate.attention.models import Follow, ReadException, Topic
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast
from lockgate.gateway import operations as gateway
from lockgate.gateway.types import Brought
from lockgate.notices.queries import of as told_to
from lockgate.people.models import Person
from lockgate.spaces.models import Seat
from lockgate.spaces.operations import open_space, seat

MINUTE = timedelta(minutes=1)
WORDS = "The seal ring of the bench was measured again this morning."


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("On #Valve-7 and #seals, #valve-7 again", ("valve-7", "seals")),
        ("a#b ##c https://x.example/#frag #7 # x", ()),
        ("#étanchéité, #密封", ("étanchéité", "密封")),
        ("no sign", ()),
    ],
)
def test_topics(body: str, named: tuple[str, ...]) -> None:
    assert rules.topics(body) == named
    pieces = rules.split_topics(body)
    assert "".join(words for words, _topic in pieces) == body
    assert set(named) <= {one for _words, one in pieces}


@pytest.mark.parametrize(
    ("position", "up_to", "exception", "read"),
    [(5, 5, None, True), (6, 5, None, False), (6, 5, True, True), (4, 5, False, False)],
)
def test_pointer_and_exceptions(position: int, up_to: int, exception: bool | None, read: bool) -> None:
    assert rules.is_read(position, up_to=up_to, exception=exception) is read


def say(
    by: Person, at: datetime, *, space: str = "valve-7", body: str = WORDS, answers: int | None = None
) -> int:
    places = [] if answers else [f"space:{space}"]
    sent = talk.submit(by=by, at=at, body=body, marking=1, places=places, answers=answers)
    assert sent.passages[0].state == "delivered", sent
    return sent.passages[0].passage_id


def kinds(person: Person) -> list[str]:
    return [one.kind for one in told_to(person)]


def look(at: datetime) -> None:
    keep(at=at)
    while attention.follow_up(at=at):
        continue


@pytest.mark.django_db
def test_who_follows_and_hears_is_told_once(cast: Cast, at: datetime) -> None:
    look(at)
    attention.follow(by=cast.colleague, at=at, kind="person", key="nadia-roux")
    attention.follow(by=cast.colleague, at=at, kind="topic", key="#Seals")
    attention.follow(by=cast.stranger, at=at, kind="person", key="nadia-roux")
    attention.follow(by=cast.stranger, at=at, kind="topic", key="seals")
    post = say(cast.author, at + MINUTE, body=f"{WORDS} #seals")
    look(at + 2 * MINUTE)
    look(at + 2 * MINUTE + timedelta(seconds=10))
    assert kinds(cast.colleague) == ["followed-person"]
    assert kinds(cast.stranger) == []
    assert [one.passage_id for one in queries.of_topic(cast.colleague, "seals", at + 2 * MINUTE)] == [post]
    assert queries.of_topic(cast.stranger, "seals", at + 2 * MINUTE) == []
    assert [one.passage_id for one in queries.followed_feed(cast.colleague, at + 2 * MINUTE)] == [post]
    assert queries.followed_feed(cast.stranger, at + 2 * MINUTE) == []
    assert Topic.objects.count() == 1


@pytest.mark.django_db
def test_topics_follow_words_that_are_corrected_and_nobody_is_told_twice(cast: Cast, at: datetime) -> None:
    look(at)
    attention.follow(by=cast.colleague, at=at, kind="topic", key="benches")
    post = say(cast.author, at + MINUTE, body=f"{WORDS} #bench")
    look(at + 2 * MINUTE)
    assert [one.passage_id for one in queries.of_topic(cast.colleague, "bench", at + 2 * MINUTE)] == [post]
    message = conversations.items([post])[post].message_id
    body = f"{WORDS} #benches #seals"
    talk.revise(by=cast.author, at=at + 3 * MINUTE, message_id=message, body=body, marking=1)
    look(at + 4 * MINUTE)
    assert set(Topic.objects.filter(passage=post).values_list("word", flat=True)) == {"benches", "seals"}
    assert queries.of_topic(cast.colleague, "bench", at + 4 * MINUTE) == []
    assert kinds(cast.colleague) == []


@pytest.mark.django_db
def test_what_was_brought_in_stands_under_its_topics_and_nobody_is_told(cast: Cast, at: datetime) -> None:
    look(at)
    attention.follow(by=cast.colleague, at=at, kind="person", key="nadia-roux")
    (told,) = gateway.bring_in(
        by=cast.author,
        at=at + MINUTE,
        place="space:valve-7",
        words=[Brought(f"{WORDS} #seals", at - 1000 * MINUTE, 1)],
        marking=1,
        roots={},
    )
    look(at + 2 * MINUTE)
    assert kinds(cast.colleague) == []
    found = queries.of_topic(cast.colleague, "seals", at + 2 * MINUTE)
    assert [one.passage_id for one in found] == [told.passage_id]


@pytest.mark.django_db
def test_what_is_said_while_nobody_looks_is_told_later_and_once(cast: Cast, at: datetime) -> None:
    look(at)
    attention.follow(by=cast.colleague, at=at, kind="person", key="nadia-roux")
    posts = {say(cast.author, at + n * MINUTE, body=f"{WORDS} {n}") for n in range(1, 4)}
    look(at + timedelta(days=3))
    look(at + timedelta(days=3, seconds=1))
    assert len(posts) == 3
    assert kinds(cast.colleague) == ["followed-person"] * 3


@pytest.mark.django_db
def test_a_thread_is_followed_until_the_seat_ends(cast: Cast, at: datetime) -> None:
    look(at)
    post = say(cast.author, at)
    for nobody in (cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            attention.follow(by=nobody, at=at + MINUTE, kind="thread", key=str(post))
    attention.follow(by=cast.colleague, at=at + MINUTE, kind="thread", key=str(post))
    say(cast.author, at + 2 * MINUTE, answers=post)
    look(at + 3 * MINUTE)
    assert kinds(cast.colleague) == ["followed-thread"]
    Seat.objects.filter(person=cast.colleague, audience=cast.audiences["valve-7"]).update(
        ends_at=at + 4 * MINUTE
    )
    say(cast.author, at + 5 * MINUTE, answers=post)
    look(at + 6 * MINUTE)
    assert kinds(cast.colleague) == ["followed-thread"]
    assert queries.followed(cast.colleague, at + 6 * MINUTE) == []
    attention.unfollow(by=cast.colleague, at=at + 6 * MINUTE, kind="thread", key=str(post))
    assert not Follow.objects.exists()


@pytest.mark.django_db
def test_what_cannot_be_followed(cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        attention.follow(by=cast.guest, at=at, kind="person", key="pavel-novak")
    with pytest.raises(NotFound):
        attention.follow(by=cast.author, at=at, kind="person", key="nadia-roux")
    for kind, key in (("topic", "two words"), ("nothing", "x")):
        with pytest.raises(BadInput):
            attention.follow(by=cast.author, at=at, kind=kind, key=key)


@pytest.mark.django_db
def test_why_do_i_see_this(cast: Cast, at: datetime) -> None:
    post = say(cast.author, at, body=f"{WORDS} @theo-mercier #seals")
    later = at + MINUTE

    def reasons(person: Person) -> list[str]:
        return [one.kind for one in queries.why(person, post, later)]

    assert reasons(cast.author) == ["own", "seat"]
    assert reasons(cast.colleague) == ["named", "seat"]
    attention.follow(by=cast.colleague, at=later, kind="topic", key="seals")
    attention.follow(by=cast.colleague, at=later, kind="thread", key=str(post))
    attention.name_leader(by=cast.administrator, at=later, person=cast.author)
    assert reasons(cast.colleague) == ["named", "leader", "topic", "thread", "seat"]
    for nobody in (cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            queries.why(nobody, post, later)


@pytest.mark.django_db
def test_leaders_stand_first_until_seen(cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        attention.name_leader(by=cast.author, at=at, person=cast.author)
    with pytest.raises(NotFound):
        attention.name_leader(by=cast.administrator, at=at, person=cast.guest)
    attention.name_leader(by=cast.administrator, at=at, person=cast.author)
    post = say(cast.author, at)
    leading = [one.id for one in queries.leaders()]
    later = at + MINUTE
    assert [one.passage_id for one in queries.leaders_first(cast.colleague, leading, later)] == [post]
    assert queries.leaders_first(cast.author, leading, later) == []
    assert queries.leaders_first(cast.stranger, leading, later) == []
    attention.mark_read(by=cast.colleague, at=later, passages=[post])
    assert queries.leaders_first(cast.colleague, leading, later) == []
    attention.keep_unread(by=cast.colleague, at=later, passage_id=post)
    assert queries.leaders_first(cast.colleague, leading, later)
    attention.no_leader(by=cast.administrator, at=later, person=cast.author)
    assert queries.leaders() == []


@pytest.mark.django_db
def test_all_is_read_at_once_and_what_comes_later_is_not(cast: Cast, at: datetime) -> None:
    first, second = say(cast.author, at), say(cast.author, at + MINUTE, body=WORDS + " Twice.")
    mine = say(cast.colleague, at + MINUTE, body="I saw it.")
    now = at + 2 * MINUTE
    assert queries.unread(cast.colleague, [first, second, mine], now) == {first, second}
    assert queries.unread(cast.stranger, [first, second], now) == set()
    attention.mark_read(by=cast.colleague, at=now, passages=[second])
    attention.mark_read(by=cast.stranger, at=now, passages=[second])
    assert queries.unread(cast.colleague, [first, second], now) == {first}
    attention.mark_all_read(by=cast.colleague, at=now)
    assert not ReadException.objects.exists()
    attention.mark_all_read(by=cast.colleague, at=now, up_to=1)
    third = say(cast.author, at + 3 * MINUTE, body=WORDS + " A third time.")
    assert queries.unread(cast.colleague, [first, second, third], at + 4 * MINUTE) == {third}


@pytest.mark.django_db
def test_the_pages(cast_now: Cast) -> None:
    at = now() - MINUTE
    post = say(cast_now.author, at, body=f"{WORDS} #seals")
    attention.name_leader(by=cast_now.administrator, at=at, person=cast_now.author)
    client = Client()
    client.force_login(cast_now.colleague)
    for address in ("/attention", "/followed", "/topics/seals", f"/passages/{post}/why"):
        assert client.get(address).status_code == 200
    page = client.get("/").content.decode()
    assert "From those who lead" in page
    assert 'href="/topics/seals"' in page
    assert client.get(f"/marks.json?of={post}").json()["unread"] == [str(post)]
    assert client.post("/read", {"of": str(post)}).status_code == 302
    assert client.get(f"/marks.json?of={post}").json()["unread"] == []
    assert "From those who lead" not in client.get("/").content.decode()
    assert client.post("/quiet", {"begins": "22:00", "ends": "06:30", "days": ["5", "6"]}).status_code == 302
    assert 'value="06:30"' in client.get("/attention").content.decode()
    assert client.post("/quiet", {"begins": "22:00"}).status_code == 422
    assert client.post("/follows", {"kind": "person", "key": "nadia-roux", "on": "1"}).status_code == 302
    assert "Nadia Roux" in client.get("/attention").content.decode()
    assert client.post("/leaders", {"person": "nadia-roux", "on": "0"}).status_code == 404


def test_who_follows_a_thread_and_sits_there_follows_it_to_another_space(cast: Cast, at: datetime) -> None:
    rooms = []
    for slug in ("first", "second"):
        room = open_space(by=cast.author, at=at, slug=slug, name=slug, kind="topic", ceiling=Marking.INTERNAL)
        rooms.append(room.audiences.get().pk)
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=rooms[0])
    seat(by=cast.author, at=at, person=cast.colleague, audience_id=rooms[1], hears_past=False)
    seat(by=cast.author, at=at, person=cast.stranger, audience_id=rooms[0])
    root = say(cast.author, at + MINUTE, space="first")
    other = say(cast.author, at + MINUTE, space="first", body="Another one.")
    for person in (cast.author, cast.colleague, cast.stranger):
        attention.follow(by=person, at=at + MINUTE, kind="thread", key=str(root))
        attention.follow(by=person, at=at + MINUTE, kind="thread", key=str(other))
    later = at + 2 * MINUTE
    new = attention.move_thread(by=cast.author, at=later, passage_id=root, to="space:second")
    for person, keys in ((cast.colleague, {str(new), str(other)}), (cast.stranger, {str(other)})):
        assert {one.key for one in queries.followed(person, later) if one.kind == "thread"} == keys
    # To who does not sit there it is as if it had been taken back: neither a row of theirs nor a notice tells of it.
    assert Follow.objects.filter(person=cast.stranger, key=str(root)).exists()
    assert "thread" in {one.kind for one in queries.why(cast.colleague, new, later)}
    assert attention.follow_up(at=later) is False
    say(cast.author, at + 3 * MINUTE, answers=new, body="It goes on here.")
    keep(at=at + 4 * MINUTE)
    while attention.follow_up(at=at + 4 * MINUTE):
        continue
    assert [one.kind for one in told_to(cast.colleague)].count("followed-thread") == 1
    assert "followed-thread" not in [one.kind for one in told_to(cast.stranger)]


def test_a_thread_that_cannot_be_moved_keeps_its_followers(cast: Cast, at: datetime) -> None:
    root = say(cast.author, at)
    attention.follow(by=cast.colleague, at=at, kind="thread", key=str(root))
    with pytest.raises(NotFound):
        attention.move_thread(by=cast.colleague, at=at, passage_id=root, to="space:everyone")
    assert Follow.objects.get(person=cast.colleague).key == str(root)
