"""Talks of a few, in which somebody without an account takes part: invited by e-mail, answering by e-mail."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.hashers import make_password

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.demo.story import Story
from lockgate.gateway.operations import submit
from lockgate.mail import events
from lockgate.mail.models import Invitation
from lockgate.mail.operations import write_to
from lockgate.people.models import Firm, Person
from lockgate.spaces.operations import invite
from lockgate.spaces.types import Backlog, place_key

_REASON = "Known to everybody who sits here."


def tell(story: Story, talks: list[Any], firms: list[Any]) -> None:
    """Put each talk into the story: its beginning, who is invited into it, what is said."""
    known = {one["slug"]: one for one in firms}
    for number, one in enumerate(talks):
        begun: dict[str, str] = {}
        story.happens(story.moment(one["at"]), partial(_begin, story, one, begun), first=True)
        asked = one["invited"]
        # Known to the story from its beginning, as everybody is; they sit nowhere until they are invited.
        story.persons[asked["slug"]] = _person(story, asked, known[asked["firm"]])
        story.happens(story.moment(asked["at"]), partial(_invite, story, asked, begun), first=True)
        for count, words in enumerate(one["said"]):
            story.happens(
                story.moment(words["at"]), partial(_say, story, words, begun, f"talk/{number}/{count}")
            )


def _person(story: Story, asked: Any, firm: Any) -> Person:
    return Person.objects.create(
        slug=asked["slug"],
        name=asked["name"],
        email=f"{asked['slug'].replace('-', '.')}@{firm['domain']}",
        firm=Firm.objects.get(name=firm["name"]),
        language=asked["language"],
        joined_at=story.moment(asked["at"]),
        password=make_password(None),
        is_demo=True,
    )


def _begin(story: Story, one: Any, begun: dict[str, str], at: datetime) -> None:
    begun["key"] = place_key(
        write_to(
            by=story.persons[one["by"]],
            at=at,
            persons=[story.persons[slug] for slug in one["people"]],
            addresses=(),
            name=one["name"],
            ceiling=Marking.INTERNAL,
            admits_guests=True,
        )
    )


def _invite(story: Story, asked: Any, begun: dict[str, str], at: datetime) -> None:
    """As ``mail.operations.invite``, but for the letter: from a demo none is sent, and their answers are told."""
    by, backlog = story.persons[asked["by"]], Backlog(asked["backlog"])
    person = story.persons[asked["slug"]]
    seat = invite(by=by, at=at, person=person, key=begun["key"], backlog=backlog)
    Invitation.objects.create(id=new_id(at), seat=seat, by=by, backlog=backlog.value, invited_at=at)
    record(
        [
            Fact(
                events.INVITED,
                f"a:{seat.audience_id}",
                by.pseudonym,
                at,
                parent=person.pseudonym,
                body=backlog.value.encode(),
            )
        ]
    )


def _say(story: Story, words: Any, begun: dict[str, str], key: str, at: datetime) -> None:
    said = submit(
        by=story.persons[words["by"]],
        at=at,
        body=words["body"].strip(),
        marking=Marking.INTERNAL,
        places=[begun["key"]],
        justification=_REASON,
        slot="",
    )
    story.passages[key] = said.passages[0].passage_id
