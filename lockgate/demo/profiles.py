"""What people tell of themselves, who reports to whom, the project teams, and who is away today."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lockgate.demo.story import Story
from lockgate.people.models import Person
from lockgate.people.operations import set_time_zone
from lockgate.profiles import operations as profiles
from lockgate.profiles.types import Written

_LINES_DRAWN, _WRITTEN, _TEAMS = 118, 60, 25


def tell(story: Story, company: Any) -> None:
    """Put what ``profiles.yaml`` holds into the story."""
    for number, (slug, told) in enumerate(company["profiles"].items()):
        person = story.persons[slug]
        if manager := told.get("to"):
            here = max(person.joined_at, story.persons[manager].joined_at, story.day(_LINES_DRAWN))
            story.happens(here + timedelta(minutes=10), partial(_line, person, story.persons[manager]))
        written = max(
            person.joined_at + timedelta(days=2), story.day(_WRITTEN) + timedelta(minutes=7 * number)
        )
        story.happens(min(written, story.now), partial(_profile, person, told))
    for slug, zone in company["zones"].items():
        story.happens(story.day(_WRITTEN), partial(_zone, story.persons[slug], zone))
    for number, one in enumerate(company["teams"]):
        story.happens(story.day(_TEAMS) + timedelta(hours=3 + number), partial(_team, story, one))
    for one in company["absences"]:
        story.happens(story.day(one["since"]), partial(_absence, story, one))


def _line(person: Person, manager: Person, at: datetime) -> None:
    profiles.draw_line(by=None, at=at, person=person, manager=manager)


def _profile(person: Person, told: Any, at: datetime) -> None:
    profiles.write(
        by=person,
        at=at,
        written=Written(
            works_on=told.get("works", ""),
            ask_about=tuple(told.get("ask", ())),
            skills=tuple(told.get("can", ())),
            languages=tuple(told.get("speaks", ())),
            spoken=told.get("said", ""),
            ipa=told.get("ipa", ""),
            pronouns=told.get("pronouns", ""),
            phone=told.get("phone", ""),
        ),
    )


def _zone(person: Person, zone: str, at: datetime) -> None:
    set_time_zone(by=person, at=at, zone=zone)


def _team(story: Story, one: Any, at: datetime) -> None:
    lead = story.persons[one["by"]]
    team = profiles.open_team(by=lead, at=at, name=one["name"], about=one["about"])
    for slug in one["with"]:
        profiles.add_to_team(by=lead, at=at, slug=team.slug, person=story.persons[slug])


def _absence(story: Story, one: Any, at: datetime) -> None:
    profiles.note_absence(
        by=story.persons[one["person"]],
        at=at,
        first_on=at.date(),
        last_on=story.now.date() + timedelta(days=one["until"]),
        deputy=one.get("deputy", ""),
        words=one.get("words", ""),
    )
