"""The company with its hidden room, founded and lived through."""

from __future__ import annotations

from datetime import datetime

from lockgate.archive.operations import keep
from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast, assemble
from lockgate.people.models import Firm, Person
from lockgate.people.operations import admit, let_go, make_token
from lockgate.search.operations import keep_up
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import open_space, seat
from tests.leaks.planted_outside import plant_draft, plant_entries, plant_policy, plant_public
from tests.leaks.planted_people import plant_told
from tests.leaks.planted_rooms import plant_deal, plant_door, plant_talk_of_two
from tests.leaks.planted_words import plant_of_the_one_who_left, plant_words
from tests.leaks.world import ACTORS, HEAR_NOW, HOUSE, ROOM, SIGNED_IN, SIGNERS, World


def build(at: datetime) -> World:
    """Found the company and let everything happen, beginning at ``at``; about a hundred minutes pass."""
    cast = assemble(at=at)
    nadia, theo = cast.author, cast.colleague
    world = World(cast, at, room=Audience())
    name = world.canary("roomname", HEAR_NOW | SIGNERS)
    space = open_space(
        by=nadia,
        at=world.later(),
        slug=ROOM,
        name=f"Room {name}",
        kind="partner",
        ceiling=Marking.CONFIDENTIAL,
        admits_guests=True,
        about=f"About {world.canary('about', HEAR_NOW)}.",
    )
    world.room = Audience.objects.get(space=space)
    world.keep("space", ROOM, HEAR_NOW)
    world.keep("tended", ROOM, {"author"})
    _people(world, cast, nadia, theo)
    plant_words(world, nadia, theo)
    plant_of_the_one_who_left(world)
    plant_door(world, nadia)
    plant_deal(world, nadia)
    plant_talk_of_two(world, nadia, theo)
    plant_public(world, nadia)
    plant_draft(world, nadia)
    plant_told(world, nadia, theo)
    plant_policy(world)
    keep(at=world.later())
    while keep_up(at=world.later()):
        continue
    plant_entries(world)
    for actor in ACTORS:
        world.tokens[actor] = make_token(
            by=world.person(actor), at=world.later(), person=world.person(actor), name="for a machine"
        )
    let_go(by=cast.administrator, at=world.later(), person=world.person("deactivated"))
    return world


def _people(world: World, cast: Cast, nadia: Person, theo: Person) -> None:
    firm = Firm.objects.create(
        name=f"Firm {world.canary('firmname', HOUSE | {'guest here'})}", trade="Sealing rings"
    )
    admit(
        by=nadia,
        at=world.later(),
        email="mira.lund@hidden-partner.example",
        name=f"Mira {world.canary('guestname', HOUSE | {'guest here'})}",
        slug=ACTORS["guest here"],
        firm=firm,
        password="valves-and-seals-2026",
    )
    for actor in ("colleague", "ex-member", "guest here", "cleared guest", "deactivated"):
        role = "guest" if "guest" in actor else "member"
        seat(by=nadia, at=world.later(), person=world.person(actor), audience_id=world.room.pk, role=role)
    for one in Person.objects.all():
        readers = SIGNED_IN if one.firm.is_house and one.slug != ACTORS["deactivated"] else HOUSE
        world.keep("person", one.slug, readers)
    del world.objects["person"][ACTORS["deactivated"]]  # left: nobody finds them any more
    for slug in list(world.objects["person"]):
        if slug in (ACTORS["guest elsewhere"], ACTORS["guest here"], ACTORS["cleared guest"]):
            mine = next(actor for actor, known in ACTORS.items() if known == slug)
            world.keep("person", slug, HOUSE | {mine})
    # A guest knows of those with whom they share a room now, and nobody else.
    shares = {
        "guest here": {ACTORS[one] for one in HEAR_NOW},
        "guest elsewhere": {"sabine-vogt", "ralf-dietrich", "ingrid-solberg", "stefan-bauer"}
        | {"nadia-roux", "theo-mercier"},
        "cleared guest": {"lars-eklund"},
    }
    for slug, readers in world.objects["person"].items():
        for guest, known in shares.items():
            if slug not in known:
                readers.discard(guest)
