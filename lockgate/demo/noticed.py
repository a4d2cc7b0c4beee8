"""What people notice and make of it: who leads, a rumour and its answer, an event, praise, an order."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lockgate.attention.operations import name_leader
from lockgate.base.markings import Marking
from lockgate.conversations import operations as talk
from lockgate.conversations.types import Asks
from lockgate.demo.story import Story
from lockgate.records.operations import put
from lockgate.records.types import Told
from lockgate.rumours import operations as rumours

PARIS = ZoneInfo("Europe/Paris")


def tell(story: Story) -> None:
    """Put these into the story, well before its last days."""
    story.happens(story.day(60), lambda at: _lead(story, at))
    story.happens(story.day(9) + timedelta(hours=8), lambda at: _heard(story, at))
    story.happens(story.day(8) + timedelta(hours=9), lambda at: _invites(story, at))
    story.happens(story.day(7) + timedelta(hours=9), lambda at: _praises(story, at))
    for number, state in enumerate(("ordered", "in work", "sent")):
        moment = story.day(12 - 2 * number) + timedelta(hours=7)
        story.happens(moment, lambda at, state=state: _order(story, at, state))  # type: ignore[misc]  # a value bound now


def _lead(story: Story, at: datetime) -> None:
    name_leader(by=story.persons["anneke-kok"], at=at, person=story.persons["claire-laurent"])


def _heard(story: Story, at: datetime) -> None:
    who = story.persons
    answered = rumours.ask(
        by=who["nadia-roux"],
        at=at,
        key="space:everyone",
        words="the canteen in Toulouse closes in spring?",
        desk="communications",
    )
    if answered is not None:
        rumours.answer(
            by=who["julie-martin"],
            at=at + timedelta(minutes=50),
            rumour_id=answered,
            verdict="false",
            words="It closes for two weeks in March and opens again with a new oven.",
        )
    rumours.ask(
        by=who["theo-mercier"],
        at=at + timedelta(hours=2),
        key="space:everyone",
        words="we are getting a second cold test bench next year?",
        desk="communications",
    )


def _invites(story: Story, at: datetime) -> None:
    begins = (
        (story.now + timedelta(days=5)).astimezone(PARIS).replace(hour=17, minute=0, second=0, microsecond=0)
    )
    said = talk.submit(
        by=story.persons["nadia-roux"],
        at=at,
        body="Open evening at the cold bench\n\nBring gloves. We show what the new seal does at 4 K. #cold-bench",
        marking=Marking.INTERNAL,
        places=["space:valve-7"],
        slot="",
        asks=Asks("event", begins_at=begins, ends_at=begins + timedelta(hours=2), time_zone="Europe/Paris"),
    )
    if said.passages[0].state == "delivered":
        talk.answer_event(
            by=story.persons["theo-mercier"],
            at=at + timedelta(hours=1),
            passage_id=said.passages[0].passage_id,
            answer="yes",
        )


def _praises(story: Story, at: datetime) -> None:
    talk.submit(
        by=story.persons["nadia-roux"],
        at=at,
        body="Thank you @theo-mercier for two nights at the bench, and for the coffee.",
        marking=Marking.INTERNAL,
        places=["space:valve-7"],
        slot="",
        asks=Asks("praise"),
    )


def _order(story: Story, at: datetime, state: str) -> None:
    put(
        by=story.persons["nadia-roux"],
        at=at,
        key="space:valve-7",
        told=Told("ERP", "order", "PO-20417", "Rings for the cold bench", {"State": state, "Pieces": "24"}),
    )
