"""People, rooms, desks and channel accounts of the demo company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from lockgate.approvals.operations import open_desk
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.channels.models import Account, Secret
from lockgate.channels.sealing import seal
from lockgate.demo.story import Story
from lockgate.people.models import Department, Duty, Firm, Person, Site
from lockgate.spaces import events as space_events
from lockgate.spaces.models import Audience, Seat, Space

Read = Callable[[str], Any]

# Where the public accounts of the demo stand: names that lead nowhere, by the rules for examples.
_ADDRESSES = {
    "wordpress": "https://blog.haldenvalve.example",
    "bluesky": "https://bsky.haldenvalve.example",
    "mastodon": "https://social.haldenvalve.example",
    "feed": "",
}
_SECRETS = {
    "wordpress": ("app_password",),
    "bluesky": ("app_password",),
    "mastodon": ("access_token",),
    "feed": (),
}


def found(story: Story, read: Read, password: str) -> None:
    """Lay everything down that is there before the first word; ``password`` is hashed already."""
    people = read("people")
    firms = {
        one["slug"]: Firm.objects.create(name=one["name"], trade=one["trade"], is_house=one["house"])
        for one in people["firms"]
    }
    domains = {one["slug"]: one["domain"] for one in people["firms"]}
    sites = {one["slug"]: Site.objects.create(name=one["name"]) for one in people["sites"]}
    departments = {one["slug"]: Department.objects.create(name=one["name"]) for one in people["departments"]}
    for one in people["persons"]:
        story.persons[one["slug"]] = Person(
            slug=one["slug"],
            name=one["name"],
            title=one["title"],
            email=f"{one['slug'].replace('-', '.')}@{domains[one['firm']]}",
            firm=firms[one["firm"]],
            department=departments.get(one.get("dept")),
            site=sites.get(one.get("site")),
            language=one["language"],
            joined_at=story.day(one["joined"]),
            password=password,
            is_demo=True,
        )
    Person.objects.bulk_create(story.persons.values())
    Duty.objects.bulk_create(
        Duty(person=story.persons[one["slug"]], kind=kind, begins_at=story.day(one["joined"]))
        for one in people["persons"]
        for kind in one.get("duties", [])
    )
    _rooms(story, read("spaces")["spaces"])
    beginning = story.day(120)
    for one in read("desks")["desks"]:
        open_desk(
            by=None,
            at=beginning,
            slug=one["slug"],
            name=one["name"],
            approver=story.persons[one["approver"]],
            deputy=story.persons[one["deputy"]],
            answer_hours=one["answer_hours"],
        )
    for one in read("channels")["accounts"]:
        _account(story, one, beginning)


def _rooms(story: Story, spaces: list[Any]) -> None:
    outside = Audience.objects.create(kind=Audience.Kind.OUTSIDE, ceiling=Marking.PUBLIC)
    for person in story.persons.values():
        if person.firm.is_house:
            _sit(story, person, outside, "member", person.joined_at, None)
    for one in spaces:
        created = story.day(one["created"])
        space = Space.objects.create(
            slug=one["slug"], name=one["name"], about=one["about"], kind=one["kind"], created_at=created
        )
        audience = Audience.objects.create(
            space=space, kind=one["admits"], ceiling=Marking[one["ceiling"].upper()]
        )
        story.audiences[one["slug"]] = audience
        story.happens(created, partial(_opened, space, int(audience.ceiling)), first=True)
        for slug, seat in one["seats"].items():
            until = story.day(seat["until"]) if "until" in seat else None
            _sit(story, story.persons[slug], audience, seat["role"], story.day(seat["since"]), until)


def _opened(space: Space, ceiling: int, at: datetime) -> None:
    record(
        [
            Fact(
                space_events.SPACE_OPENED,
                f"s:{space.pk}",
                "system",
                at,
                marking=ceiling,
                body=space.name.encode(),
            )
        ]
    )


def _sit(
    story: Story, person: Person, audience: Audience, role: str, since: datetime, until: datetime | None
) -> None:
    # Guests hear what was said from the day they sat down; employees may read what came before them.
    floor = 0 if person.firm.is_house else floor_id(since)

    def begin(at: datetime) -> None:
        Seat.objects.create(person=person, audience=audience, role=role, begins_at=at, hears_from=floor)
        record([Fact(space_events.SEAT_BEGUN, f"a:{audience.pk}", "system", at, parent=person.pseudonym)])

    def end(at: datetime) -> None:
        Seat.objects.filter(person=person, audience=audience, ends_at__isnull=True).update(
            ends_at=at, is_end_recorded=True
        )
        record([Fact(space_events.SEAT_ENDED, f"a:{audience.pk}", "system", at, parent=person.pseudonym)])

    story.happens(since, begin, first=True)
    if until is not None:
        story.happens(until, end, first=True)


def _account(story: Story, one: Any, at: datetime) -> None:
    kind = one["connector"]
    account = Account.objects.create(
        slug=one["slug"],
        connector=kind,
        name=one["name"],
        base_url=_ADDRESSES[kind],
        handle="haldenvalve.example" if kind != "feed" else "",
        config={},
        desk_slug=one["desk"],
        created_at=at,
    )
    for name in _SECRETS[kind]:
        # Nothing secret: an account that leads nowhere, sealed like any other.
        Secret.objects.create(
            account=account,
            name=name,
            sealed=seal("no-such-account", slug=account.slug, name=name),
            renewed_at=at,
        )
    story.accounts[one["slug"]] = account
