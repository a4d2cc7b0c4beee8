"""Who may see how much e-mail was replaced finds the page in the rail and in the palette; nobody else is told of it."""

from __future__ import annotations

import pytest
from django.test import Client

from lockgate.attention.operations import name_leader, no_leader
from lockgate.base.clock import now
from lockgate.demo.cast import ROLES, Cast
from lockgate.people.models import Person
from lockgate.web.shell import forget_standings
from lockgate.web.waiting import forget_leaders

ADDRESS = "/e-mail-replaced"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def finds(person: Person) -> set[bool]:
    """Whether the page is there for them, and each of the roads to it."""
    client = signed_in(person)
    home = client.get("/").content.decode()
    palette = client.get("/places.json").content.decode()
    return {
        client.get(ADDRESS).status_code == 200,
        f'href="{ADDRESS}"' in home,
        f'"{ADDRESS}"' in palette.replace(" ", ""),
    }


@pytest.mark.parametrize("role", ROLES)
def test_exactly_those_who_may_see_it_find_it(cast_now: Cast, role: str) -> None:
    name_leader(by=cast_now.administrator, at=now(), person=cast_now.chief)
    assert finds(getattr(cast_now, role)) == {role in {"administrator", "chief"}}


def test_who_leads_no_more_finds_it_no_more(cast_now: Cast) -> None:
    assert finds(cast_now.chief) == {False}
    administrator = signed_in(cast_now.administrator)
    for on, found in (("1", True), ("0", False)):
        said = {"person": cast_now.chief.slug, "on": on}
        assert administrator.post("/leaders", said).status_code < 400
        assert finds(cast_now.chief) == {found}


def test_another_process_knows_within_seconds(cast_now: Cast) -> None:
    assert finds(cast_now.chief) == {False}
    name_leader(by=cast_now.administrator, at=now(), person=cast_now.chief)
    assert finds(cast_now.chief) == {True, False}
    forget_standings()
    forget_leaders()
    assert finds(cast_now.chief) == {True}
    no_leader(by=cast_now.administrator, at=now(), person=cast_now.chief)
    assert signed_in(cast_now.chief).get(ADDRESS).status_code == 404
