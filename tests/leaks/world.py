"""A company in which one room is hidden, with a canary word in everything that only some may hear.

Each canary names who may ever be told it. Nothing here asks the house who may hear what: the lists below are
written down by hand, from what was done.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from PIL import Image

from lockgate.approvals.queries import of_passage
from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast
from lockgate.gateway.operations import attach, submit
from lockgate.gateway.types import Submitted
from lockgate.people.models import Person
from lockgate.spaces.models import Audience

MISSING = 9_000_000_000_000_000_001
"""An id that was never given, of the length of one that was."""

ROOM = "hush-room"
HOLDS_WITH_GUESTS = "These draft results are not yet public"
HOLDS_OUTSIDE = "Our Valve 7 is ready"

ACTORS = {
    "author": "nadia-roux",
    "colleague": "theo-mercier",
    "late member": "matthias-keller",
    "ex-member": "ruben-aas",
    "guest here": "mira-lund",
    "guest elsewhere": "stefan-bauer",
    "cleared guest": "lars-eklund",
    "stranger": "pavel-novak",
    "administrator": "anneke-kok",
    "supervisor": "ingrid-solberg",
    "approver": "julie-martin",
    "deactivated": "karin-steiner",
}
HOUSE = set(ACTORS) - {"guest here", "guest elsewhere", "cleared guest", "deactivated"}
SIGNED_IN = set(ACTORS) - {"deactivated"}
EVERYBODY = {"anonymous", *ACTORS}
HEAR_ALL = {"author", "colleague", "guest here"}
HEAR_NOW = HEAR_ALL | {"late member"}
SIGNERS = {"approver"}


@dataclass
class World:
    """Who is there, what was planted, and who may be told."""

    cast: Cast
    at: datetime
    room: Audience
    canaries: dict[str, set[str]] = field(default_factory=dict)
    # Kind of object -> id -> who may read it.
    objects: dict[str, dict[int | str, set[str]]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    moments: int = 0

    def person(self, actor: str) -> Person:
        return Person.objects.get(slug=ACTORS[actor])

    def later(self) -> datetime:
        """A minute after what was done before."""
        self.moments += 1
        return self.at + timedelta(minutes=self.moments)

    def canary(self, name: str, may_be_told: Iterable[str]) -> str:
        """A word that stands nowhere else."""
        word = f"zq{name}kx"
        self.canaries[word] = set(may_be_told)
        return word

    def keep(self, kind: str, number: int | str, readers: Iterable[str]) -> None:
        self.objects.setdefault(kind, {})[number] = set(readers)


def picture(side: int = 80) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (side, side), (10, 120, 60)).save(drawn, "PNG")
    return drawn.getvalue()


def say(world: World, by: Person, words: str, **more: object) -> Submitted:
    told: dict[str, object] = {"places": [f"space:{ROOM}"], "marking": Marking.INTERNAL, **more}
    return submit(by=by, at=world.later(), body=words, **told)  # type: ignore[arg-type]  # a bag of the test's own


def file(world: World, by: Person, name: str, readers: set[str]) -> int:
    kept = attach(
        by=by,
        at=world.later(),
        name=f"{world.canary(name + 'file', readers)}.png",
        content=picture(),
        alt=f"A ring, {world.canary(name + 'alt', readers)}",
    )
    world.keep("attachment", kept.id, readers)
    return kept.id


def passage(sent: Submitted, place: str = f"space:{ROOM}") -> int:
    return next(one.passage_id for one in sent.passages if one.place == place)


def keep_message(world: World, sent: Submitted, readers: set[str]) -> None:
    world.keep("message", sent.message_id, readers)
    for one in sent.passages:
        world.keep("passage", one.passage_id, readers)


def requests(world: World, passage: int, readers: set[str]) -> list[int]:
    asked = [one.request_id for one in of_passage(passage, world.at)]
    for one in asked:
        world.keep("request", one, readers)
    return asked
