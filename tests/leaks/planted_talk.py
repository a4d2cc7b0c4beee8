"""What the hidden room asks, plans, follows and is told by other systems."""

from __future__ import annotations

from datetime import timedelta

from lockgate.archive.operations import keep
from lockgate.attention import operations as attention
from lockgate.base.markings import Marking
from lockgate.conversations import operations as talk
from lockgate.conversations.types import Asks
from lockgate.people.models import Person
from lockgate.records import operations as records
from lockgate.records import queries as recorded
from lockgate.records.types import Told
from lockgate.rumours import operations as rumours
from tests.leaks.world import HEAR_NOW, ROOM, World, keep_message, passage


def plant_talk(world: World, nadia: Person, theo: Person, *, question: int, reply: int) -> None:
    event = talk.submit(
        by=nadia,
        at=world.later(),
        body=f"We meet, {world.canary('event', HEAR_NOW)} #hushtopic",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks(
            "event",
            begins_at=world.at + timedelta(days=600),
            ends_at=world.at + timedelta(days=600, hours=1),
        ),
    )
    keep_message(world, event, HEAR_NOW)
    world.keep("event", passage(event), HEAR_NOW)
    talk.accept(by=nadia, at=world.later(), answer_id=reply)
    talk.put_into_faq(by=nadia, at=world.later(), question_id=question)
    told = records.put(
        by=nadia,
        at=world.later(),
        key=f"space:{ROOM}",
        told=Told(
            "ERP",
            "order",
            f"A-{world.canary('recordnumber', HEAR_NOW)}",
            f"Rings, {world.canary('recordtitle', HEAR_NOW)}",
            {"State": f"open, {world.canary('recordvalue', HEAR_NOW)}"},
        ),
    )
    assert told.outcome == "new", told
    line = recorded.records(nadia, ROOM, world.later())[0]
    seen = recorded.record(nadia, line.id, world.later())
    world.keep("record", line.id, HEAR_NOW)
    world.keep("message", seen.message_id, HEAR_NOW)
    world.keep("passage", seen.root_id, HEAR_NOW)
    attention.follow_up(at=world.at)
    keep(at=world.later())
    later = world.later()
    while attention.follow_up(at=later):
        continue
    heard = rumours.ask(
        by=theo,
        at=world.later(),
        key=f"space:{ROOM}",
        words=f"we are sold, {world.canary('rumour', HEAR_NOW)}",
    )
    assert heard is not None
    world.keep("rumour", heard, HEAR_NOW)
    world.keep("rumour_to_answer", heard, {"author"})
