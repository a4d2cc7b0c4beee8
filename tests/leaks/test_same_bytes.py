"""Metamorphic: what a stranger is answered does not depend on whether the hidden thing is there (class B, C16, G35)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings

from lockgate.archive.keys import LAST_SIGNED
from lockgate.archive.operations import keep
from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast, assemble
from lockgate.gateway.operations import attach, recall, save_draft, submit
from lockgate.policy import fingerprint_key
from lockgate.search.operations import keep_up
from lockgate.spaces.operations import end_seat, seat
from lockgate.web import shell, waiting
from tests.leaks.asking import ask, client_of, undone
from tests.leaks.world import HOLDS_OUTSIDE, World, picture

CHECKPOINT = "/archive/checkpoint"
PAGES = (
    "/",
    "/spaces",
    "/spaces/everyone",
    "/spaces/supply-chain",
    "/spaces/resellers-dach",
    "/spaces/valve-7",
    "/approvals",
    "/approvals?tab=answered",
    "/approvals?tab=own",
    "/approvals?tab=told",
    "/people",
    "/people?q=nadia",
    "/people/nadia-roux",
    "/people/theo-mercier",
    "/channels",
    "/channels/feed",
    "/channels/blog",
    "/policy",
    "/places.json",
    "/live/since?after=0",
    "/live/since?after=0&scope=space:valve-7",
    "/feed.atom",
    "/feeds/feed",
    "/search?q=ring",
    "/search?q=sampl*+cycles",
    '/search?q="seventh sample"',
    "/search?q=in:valve-7+ring",
    "/search?q=from:nadia-roux",
    "/search?q=has:file",
    "/api/v1/search?q=ring&limit=50",
    "/search?q=ring&order=best",
    "/search?q=sampl*+cycles&order=best",
    "/api/v1/search?q=ring&order=best&limit=50",
    "/experts?q=ring",
    "/experts?q=who+knows+about+cycles",
    "/api/v1/experts?q=ring+cycles",
    "/api/v1/people/nadia-roux",
    "/organisation",
    "/teams",
    "/offline/home",
    "/archive",
    CHECKPOINT,
    "/api/v1/places",
)
WORDS = "The ring of the seventh sample held four hundred cycles before it began to weep at the lip."
ASKED = (
    ("/compose/check", {"body": "Good morning, everyone.", "marking": "1", "places": "space:everyone"}),
    ("/compose/check", {"body": WORDS[:30], "marking": "1", "places": "space:everyone"}),
    ("/messages", {"body": "Good morning.", "marking": "1", "places": "space:valve-7"}),
)


def said(cast: Cast) -> None:
    submit(by=cast.author, at=now(), body=WORDS, marking=Marking.CONTROLLED, places=["space:valve-7"])


def with_a_picture(cast: Cast) -> None:
    kept = attach(by=cast.author, at=now(), name="ring.png", content=picture(), alt="A ring")
    submit(by=cast.author, at=now(), body=WORDS, marking=2, places=["space:valve-7"], attachments=[kept.id])


def drafted(cast: Cast) -> None:
    save_draft(by=cast.author, at=now(), body=WORDS, marking=1, places=["space:everyone"])


def held(cast: Cast) -> None:
    submit(by=cast.author, at=now(), body=HOLDS_OUTSIDE, marking=0, places=["channel:feed", "channel:blog"])


def scheduled(cast: Cast) -> None:
    submit(
        by=cast.author,
        at=now(),
        body=WORDS,
        marking=1,
        places=["space:everyone"],
        deliver_at=now() + timedelta(days=1),
    )


def taken_back(cast: Cast) -> None:
    sent = submit(by=cast.author, at=now(), body=WORDS, marking=1, places=["space:everyone"])
    recall(by=cast.author, at=now(), passage_id=sent.passages[0].passage_id, why="Too early.")


def seated(cast: Cast) -> None:
    room = cast.audiences["valve-7"].pk
    seat(by=cast.author, at=now(), person=cast.chief, audience_id=room)
    end_seat(by=cast.author, at=now(), person=cast.chief, audience_id=room)


HIDDEN: tuple[Callable[[Cast], None], ...] = (
    said,
    with_a_picture,
    drafted,
    held,
    scheduled,
    taken_back,
    seated,
)


def indexed() -> None:
    # What was undone was perhaps signed: the database forgot it, and the file beside the key has to.
    (settings.KEYS_DIR / LAST_SIGNED).unlink(missing_ok=True)
    keep(at=now())
    while keep_up(at=now()):
        continue


@pytest.fixture
def bare_cast(db: None) -> Cast:
    waiting._cards.clear()
    shell.forget_standings()
    fingerprint_key.fingerprint_key()
    return assemble(at=now() - timedelta(hours=6))


@pytest.mark.parametrize("actor", ["stranger", "guest elsewhere", "cleared guest", "anonymous"])
def test_a_stranger_is_answered_the_same(bare_cast: Cast, actor: str) -> None:
    world = World(bare_cast, now(), bare_cast.audiences["valve-7"])
    client = client_of(world, actor)

    def answers() -> dict[str, tuple[int, bytes]]:
        waiting._cards.clear()
        found = {}
        for page in PAGES:
            if actor == "stranger" and page == CHECKPOINT:
                continue  # everybody of the house is told the size of the whole log: lockgate/web/views/archive.py
            answer = ask(client, "GET", page)
            found[page] = answer.status, answer.masked
        for number, (address, fields) in enumerate(ASKED):
            with undone():
                answer = ask(client, "POST", address, fields)
            found[f"{address} {number}"] = answer.status, answer.masked
        return found

    indexed()
    before = answers()
    assert any(status == 200 for status, _body in before.values())
    for happens in HIDDEN:
        with undone():
            happens(bare_cast)
            indexed()
            after = answers()
        for page, answer in before.items():
            assert after[page] == answer, (happens.__name__, page)
