"""The cast: the people of the demo company that tests need, so that a test and the screen agree on who is who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from lockgate.channels.models import Account
from lockgate.demo import founding, policies
from lockgate.demo.loader import read
from lockgate.demo.story import Story
from lockgate.people.models import Person
from lockgate.spaces.models import Audience

ROLES = {
    "author": "nadia-roux",
    "colleague": "theo-mercier",
    "approver": "julie-martin",
    "deputy": "marc-olsen",
    "supervisor": "ingrid-solberg",
    "export_officer": "henrik-dahl",
    "stranger": "pavel-novak",
    "guest": "stefan-bauer",
    "administrator": "anneke-kok",
    "chief": "claire-laurent",
    "policy_author": "matthias-keller",
}
_ALSO = ("ruben-aas", "sabine-vogt", "ralf-dietrich", "lars-eklund", "karin-steiner")
PASSWORD = "valves-and-seals-2026"  # noqa: S105 (the demo's, shown to everybody)


@dataclass(frozen=True)
class Cast:
    """Who is there in a test. ``persons``, ``audiences`` and ``accounts`` by slug; the roles as attributes."""

    persons: dict[str, Person]
    audiences: dict[str, Audience]
    accounts: dict[str, Account]

    def __getattr__(self, role: str) -> Person:
        try:
            return self.persons[ROLES[role]]
        except KeyError as error:
            raise AttributeError(role) from error


def assemble(*, at: datetime, with_policies: bool = True) -> Cast:
    """Found the company with its cast alone, in every room where one of them sits; nothing has been said yet."""
    story = Story(now=at)
    founding.found(story, _cast_alone, _password())
    if with_policies:
        policies.publish(story, read)
    story.unfold(lambda _line: None)
    return Cast(story.persons, story.audiences, story.accounts)


def _cast_alone(name: str) -> Any:
    whole = read(name)
    kept = {*ROLES.values(), *_ALSO}
    if name == "people":
        return {**whole, "persons": _only(whole["persons"], kept)}
    if name == "spaces":
        return {
            "spaces": [
                {**one, "seats": {slug: seat for slug, seat in one["seats"].items() if slug in kept}}
                for one in whole["spaces"]
            ]
        }
    return whole


def _only(persons: Sequence[Any], kept: set[str]) -> list[Any]:
    return [one for one in persons if one["slug"] in kept]


@cache
def _password() -> str:
    return make_password(PASSWORD)
