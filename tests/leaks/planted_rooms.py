"""A door that employees find, a glass that waits to be broken, a talk of two, and a deal room with two firms."""

from __future__ import annotations

from datetime import timedelta

from lockgate.base.markings import Marking
from lockgate.conversations import operations as talk
from lockgate.deals.operations import answer_all, call, vote
from lockgate.deals.queries import decisions
from lockgate.mail.operations import write_to
from lockgate.people.models import Person
from lockgate.spaces.models import Audience
from lockgate.spaces.operations import (
    ask_for_glass,
    ask_to_join,
    open_lane,
    open_space,
    seal_submissions,
    seat,
)
from tests.leaks.world import HOUSE, ROOM, World, keep_message, say


def plant_door(world: World, nadia: Person) -> None:
    """A closed space: its name and purpose stand on its door, for employees; what is said in it does not."""
    open_space(
        by=nadia,
        at=world.later(),
        slug="hatch-room",
        name=f"Hatch {world.canary('hatchname', HOUSE)}",
        about=f"About {world.canary('hatchabout', HOUSE)}.",
        kind="topic",
        ceiling=Marking.INTERNAL,
        entry="closed",
    )
    world.keep("door", "hatch-room", HOUSE)
    world.keep("space", "hatch-room", HOUSE)
    world.keep("tended", "hatch-room", {"author"})
    said = say(world, nadia, f"Inside, {world.canary('hatch', {'author'})}.", places=["space:hatch-room"])
    world.keep("message", said.message_id, {"author"})
    asked = ask_to_join(
        by=world.person("stranger"),
        at=world.later(),
        slug="hatch-room",
        words=f"Please, {world.canary('hatchasking', {'author'})}",
    )
    world.keep("join_asked", asked, {"stranger"})
    world.keep("join_tended", asked, {"author"})
    glass = ask_for_glass(
        by=world.person("administrator"),
        at=world.later(),
        slug=ROOM,
        why=f"For {world.canary('glass', {'administrator', 'supervisor'})}",
    )
    world.keep("glass", glass, {"supervisor"})


TALKERS = {"author", "colleague"}


def plant_talk_of_two(world: World, nadia: Person, theo: Person) -> None:
    """A talk that no list shows to anybody else, with a word and an answer in it."""
    slug = write_to(
        by=nadia, at=world.later(), persons=[theo], addresses=(), name="Aside", admits_guests=True
    )
    world.keep("space", slug, TALKERS)
    said = talk.submit(
        by=nadia,
        at=world.later(),
        body=f"Between us, {world.canary('talk', TALKERS)}.",
        marking=Marking.INTERNAL,
        places=[f"space:{slug}"],
    )
    keep_message(world, said, TALKERS)
    answered = talk.submit(
        by=theo,
        at=world.later(),
        body=f"Between us, too, {world.canary('talkanswer', TALKERS)}.",
        marking=Marking.INTERNAL,
        answers=said.passages[0].passage_id,
    )
    keep_message(world, answered, TALKERS)


def plant_deal(world: World, nadia: Person) -> None:
    """Two firms in one process, with words in each lane, a sealed submission of each, and the buyers' own."""
    vendors = {"guest here": "hidden", "guest elsewhere": "bauer"}
    buyers = {"author", "colleague"}
    space = open_space(
        by=nadia,
        at=world.later(),
        slug="deal-room",
        name=f"Deal {world.canary('dealname', buyers | set(vendors))}",
        kind="deal",
        ceiling=Marking.CONFIDENTIAL,
    )
    main = Audience.objects.get(space=space)
    seat(by=nadia, at=world.later(), person=world.person("colleague"), audience_id=main.pk)
    world.keep("space", "deal-room", buyers | set(vendors))
    world.keep("tended", "deal-room", {"author"})
    world.keep("deal", "deal-room", {"author"})
    among = say(world, nadia, f"Among us, {world.canary('among', buyers)}.", places=["space:deal-room"])
    keep_message(world, among, buyers)
    lanes = {
        actor: open_lane(
            by=nadia, at=world.later(), slug="deal-room", firm=world.person(actor).firm, ceiling=2
        )
        for actor in vendors
    }
    for actor, lane in lanes.items():
        seat(by=nadia, at=world.later(), person=world.person(actor), audience_id=lane.pk, role="guest")
    boxes = {
        one.firm_id: one
        for one in seal_submissions(
            by=nadia, at=world.later(), slug="deal-room", until=world.at + timedelta(days=2000)
        )
    }
    for actor, word in vendors.items():
        lane, box = lanes[actor], boxes[world.person(actor).firm_id]
        world.keep("lane", f"deal-room/lanes/{lane.lane}", buyers | {actor})
        world.keep("lane", f"deal-room/lanes/{box.lane}", {actor})
        world.keep("tended_lane", f"deal-room/lanes/{lane.lane}", {"author"})
        said = say(
            world, nadia, f"To you, {world.canary(word + 'lane', buyers | {actor})}.", places=[lane.key]
        )
        keep_message(world, said, buyers | {actor})
        bid = say(
            world,
            world.person(actor),
            f"We offer, {world.canary(word + 'bid', {actor})}.",
            places=[box.key],
        )
        keep_message(world, bid, {actor})
    world.keep("buyers", "deal-room", buyers)
    asked = call(
        by=nadia,
        at=world.later(),
        slug="deal-room",
        question=f"Which of them, {world.canary('decide', buyers)}?",
        options=[f"The first {world.canary('choice', buyers)}", "The second"],
    )
    found = [one.id for one in decisions(nadia, "deal-room", world.later())]
    world.keep("message", asked.message_id, buyers)
    world.keep("decision", found[0], buyers)
    chosen = vote(
        by=nadia,
        at=world.later(),
        slug="deal-room",
        decision_id=found[0],
        option=1,
        reason=f"Because {world.canary('votereason', buyers)}.",
    )
    world.keep("message", chosen.message_id, buyers)
    told = answer_all(
        by=nadia,
        at=world.later(),
        slug="deal-room",
        question="How many a year?",
        answer=f"Four hundred, {world.canary('toall', buyers | set(vendors))}.",
        marking=Marking.CONFIDENTIAL,
        justification="To all alike.",
    )
    world.keep("message", told.message_id, buyers | set(vendors))
