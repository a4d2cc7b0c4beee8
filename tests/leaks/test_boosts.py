"""A boost and a quote grant no access: who does not hear the post that is shown learns nothing of it, on no road."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from django.test import Client

from lockgate.archive.operations import keep
from lockgate.base.clock import now
from lockgate.conversations import queries as conversations
from lockgate.gateway import operations as gateway
from lockgate.gateway.operations import attach
from lockgate.mail.models import Mailing
from lockgate.mastodon.tests.client import token_for
from lockgate.portability.operations import take_out_own, take_out_space
from lockgate.search.operations import keep_up
from lockgate.spaces.models import Audience, Seat
from lockgate.spaces.operations import open_space, seat
from lockgate.web import posts
from tests.leaks.asking import ask, client_of
from tests.leaks.world import World

WORD = "zqechokx"
ROOM_NAME = "From zqsourcekx"


class Shown:
    """A room, a narrower one in which its post is boosted and quoted, and who sits in the narrower one alone."""

    def __init__(self, world: World) -> None:
        nadia, theo, pavel = world.cast.author, world.cast.colleague, world.person("stranger")
        for slug, name in (("source-room", ROOM_NAME), ("narrow-room", "A narrow room")):
            open_space(by=nadia, at=now(), slug=slug, name=name, kind="topic", ceiling=1, entry="private")
            seat(by=nadia, at=now(), person=theo, audience_id=Audience.objects.get(space__slug=slug).pk)
        self.file = attach(by=nadia, at=now(), name=f"{WORD}-plan.txt", content=f"{WORD} in a file".encode())
        sent = gateway.submit(
            by=nadia,
            at=now(),
            body=f"The plan {WORD} stands. #{WORD}",
            marking=1,
            places=["space:source-room"],
            attachments=[self.file.id],
        )
        self.message, self.original = sent.message_id, sent.passages[0].passage_id
        self.boost = gateway.boost(
            by=theo, at=now(), passage_id=self.original, place="space:narrow-room"
        ).passage_id
        quoting = gateway.submit(
            by=theo,
            at=now(),
            body="This is ours too.",
            marking=1,
            places=["space:narrow-room"],
            shows=self.original,
        )
        self.quote, self.quoting = quoting.passages[0].passage_id, quoting.message_id
        self.boosting = conversations.items([self.boost])[self.boost].message_id
        # Boosted and quoted where they sit both is what nobody of the narrow room alone may count.
        gateway.boost(by=nadia, at=now(), passage_id=self.original, place="space:source-room")
        narrow = Audience.objects.get(space__slug="narrow-room")
        seat(by=nadia, at=now(), person=pavel, audience_id=narrow.pk)
        Seat.objects.filter(audience=narrow, person=pavel).update(hears_from=0)
        keep(at=now())
        while keep_up(at=now()):
            continue

    def roads(self) -> Iterator[str]:
        yield from ("/", "/spaces/narrow-room", "/live/since?after=0", "/followed", f"/topics/{WORD}")
        yield f"/search?q={WORD}"
        for message in (self.boosting, self.quoting, self.message):
            yield f"/messages/{message}"
            yield f"/api/v1/messages/{message}"
        for passage in (self.boost, self.quote, self.original):
            yield f"/live/since?scope=thread:{passage}"
            yield f"/live/since?after=1&look={passage}"
            yield f"/passages/{passage}/boosts"
            yield f"/passages/{passage}/reactions"
            yield f"/passages/{passage}/why"
            yield f"/api/v1/passages/{passage}"
            yield f"/api/v1/passages/{passage}/boosts"
        yield from ("/api/v1/feed", "/api/v1/spaces/narrow-room/posts")
        yield f"/attachments/{self.file.id}"

    def edges(self) -> Iterator[str]:
        yield from ("/api/v1/timelines/home", "/api/v1/timelines/public")
        for passage in (self.boost, self.quote, self.original):
            for more in ("", "/context", "/reblogged_by", "/quotes", "/favourited_by", "/history"):
                yield f"/api/v1/statuses/{passage}{more}"


@pytest.fixture
def shown(world: World) -> Shown:
    return Shown(world)


def _edge(token: str, address: str) -> bytes:
    client = Client(raise_request_exception=False)
    return bytes(client.get(address, headers={"Authorization": f"Bearer {token}"}).content)


def test_a_boost_and_a_quote_let_nobody_hear(world: World, shown: Shown) -> None:
    """A1, C13 and G35: neither words, file, author's place nor a count reach who sits in the narrower room alone."""
    pavel, theo = client_of(world, "stranger"), client_of(world, "colleague")
    posts._drawn.clear()
    assert WORD.encode() in ask(theo, "GET", "/spaces/narrow-room").whole  # drawn, and kept, for who hears it
    for address in shown.roads():
        told = ask(pavel, "GET", address).whole
        for words in (b"The plan", f"{WORD}-plan".encode(), b"zqsourcekx", b"in a file"):
            assert words not in told, (address, words)
    token = token_for(world.person("stranger"))
    for address in shown.edges():
        told = _edge(token, address)
        for words in (WORD.encode(), b"zqsourcekx"):
            assert words not in told, (address, words)
    assert b"The plan" in ask(theo, "GET", f"/messages/{shown.quoting}").whole
    assert WORD.encode() in _edge(token_for(world.person("colleague")), f"/api/v1/statuses/{shown.boost}")


def test_what_is_not_heard_is_as_what_is_gone(world: World, shown: Shown) -> None:
    """B8 and C16: to who does not hear it, a post that is shown looks, to the byte, as one that was taken back."""

    token = token_for(world.person("stranger"))

    def answers() -> dict[str, bytes]:
        posts._drawn.clear()
        pavel = client_of(world, "stranger")
        some = {one: ask(pavel, "GET", one).masked for one in shown.roads()}
        return some | {one: _edge(token, one) for one in shown.edges()}

    before = answers()
    gateway.recall(by=world.cast.author, at=now(), passage_id=shown.original, why="Wrong.")
    assert [one for one, told in answers().items() if before[one] != told] == []


def test_what_is_taken_out_holds_what_its_reader_hears(world: World, shown: Shown) -> None:
    """E26: an export shows a quoted post to who hears it, and to nobody else."""
    theo, narrow = world.cast.colleague, Audience.objects.get(space__slug="narrow-room")

    def words(make: object) -> bytes:
        out = io.BytesIO()
        make(out)  # type: ignore[operator]  # one of the two below
        with zipfile.ZipFile(out) as held:
            return b"".join(held.read(one) for one in held.namelist())

    own = lambda out: take_out_own(by=theo, at=now(), out=out)  # noqa: E731  (told in one line)
    assert b"The plan" in words(own)
    Seat.objects.filter(audience__space__slug="source-room", person=theo).update(ends_at=now())
    assert b"The plan" not in words(own)
    assert b"This is ours too." in words(own)
    pavel = world.person("stranger")
    Seat.objects.filter(audience=narrow, person=pavel).update(role="owner")
    space = lambda out: take_out_space(by=pavel, at=now(), slug="narrow-room", out=out)  # noqa: E731  (as above)
    told = words(space)
    assert b"This is ours too." in told
    assert b"The plan" not in told
    assert b"zqsourcekx" not in told
    assert not Mailing.objects.filter(person=pavel, about_id=shown.original).exists()
