"""A CSV of people: joins, changes, leavers, and what is not understood."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from lockgate.base.refusal import BadInput
from lockgate.demo.cast import Cast
from lockgate.directory.operations import create, sheet, synchronise
from lockgate.directory.types import Report, Row, Source, Wanted
from lockgate.people.models import Person
from lockgate.profiles.models import Line
from lockgate.spaces.models import Seat

FIRST = """email;name;title;active
lena.vogt@haldenvalve.example;Lena Vogt;Planner;yes
THEO.mercier@haldenvalve.example;Théo Mercier;Head of bench;yes
;Nobody;;yes
lena.vogt@haldenvalve.example;Lena Vogt;Planner;yes
kim@haldenvalve.example;Kim;x
ole@haldenvalve.example;Ole;;perhaps
no address;Bad;;yes
"""


def carried(text: str, at: datetime, *, is_dry: bool = False, may_empty: bool = False) -> Report:
    rows, strange = sheet(text.encode())
    return synchronise(
        source=Source("csv", "from:csv"),
        at=at,
        rows=rows,
        not_understood=strange,
        is_dry=is_dry,
        may_empty=may_empty,
    )


def test_a_sheet_is_carried_out_and_what_is_strange_is_said(cast: Cast, at: datetime) -> None:
    before = Person.objects.count()
    dry = carried(FIRST, at, is_dry=True)
    assert (Person.objects.count(), dry.joined[0]) == (before, "lena.vogt@haldenvalve.example")
    report = carried(FIRST, at)
    assert report.changed == ("theo.mercier@haldenvalve.example",)
    assert len(report.not_understood) == 5
    lena = Person.objects.get(email="lena.vogt@haldenvalve.example")
    assert Seat.objects.filter(person=lena).count() == 2
    assert Person.objects.get(pk=cast.colleague.pk).title == "Head of bench"
    assert Person.objects.count() == before + 1
    again = carried(FIRST, at)
    assert (again.same, again.changed, again.left) == (2, (), ())


def test_who_is_not_in_the_next_one_leaves_and_others_are_left_alone(cast: Cast, at: datetime) -> None:
    carried(FIRST, at)
    report = carried("email,name\ntheo.mercier@haldenvalve.example,Théo Mercier\n", at)
    assert report.left == ("lena.vogt@haldenvalve.example",)
    assert not Person.objects.get(email="lena.vogt@haldenvalve.example").is_active
    assert Person.objects.get(pk=cast.author.pk).is_active, "never in a sheet, so none of its business"
    report = carried(
        "email,active\ntheo.mercier@haldenvalve.example,yes\nlena.vogt@haldenvalve.example,\n", at
    )
    assert report.came_back == ("lena.vogt@haldenvalve.example",)
    report = carried(
        "email,active\ntheo.mercier@haldenvalve.example,no\nlena.vogt@haldenvalve.example,1\n", at
    )
    assert report.left == ("theo.mercier@haldenvalve.example",)


def test_a_short_sheet_puts_nobody_out_by_itself(cast: Cast, at: datetime) -> None:
    many = "email,name\n" + "".join(f"p{n}@haldenvalve.example,Person {n}\n" for n in range(12))
    carried(many, at)
    short = "email,name\np0@haldenvalve.example,Person 0\n"
    report = carried(short, at)
    assert report.stopped
    assert len(report.left) == 11
    assert Person.objects.get(email="p5@haldenvalve.example").is_active
    assert not carried(short, at, may_empty=True).stopped
    assert not Person.objects.get(email="p5@haldenvalve.example").is_active


def test_a_guest_is_none_of_its_business(cast: Cast, at: datetime) -> None:
    report = carried(f"email,name\n{cast.guest.email},Somebody\n", at)
    assert len(report.not_understood) == 1
    assert Person.objects.get(pk=cast.guest.pk).name == cast.guest.name


@pytest.mark.parametrize("raw", [b"", b"name\nx\n", b"email,shoe size\nx,42\n", b"\xff\xfe", b"email\x00\n"])
def test_what_is_no_sheet_is_refused_whole(raw: bytes) -> None:
    with pytest.raises(BadInput):
        sheet(raw)


def managers() -> dict[str, str]:
    lines = Line.objects.select_related("person", "manager")
    return {one.person.email.split("@")[0]: one.manager.email.split("@")[0] for one in lines}


def listed(*pairs: tuple[str, str]) -> str:
    said = (
        f"{one}@haldenvalve.example,{one},{above and above + '@haldenvalve.example'}\n"
        for one, above in pairs
    )
    return "email,name,manager\n" + "".join(said)


def test_who_reports_to_whom_follows_the_sheet_in_any_order(cast: Cast, at: datetime) -> None:
    report = carried(listed(("ada", "bea"), ("bea", "cay"), ("cay", "")), at)
    assert (report.lines, managers()) == (2, {"ada": "bea", "bea": "cay"})
    turned = listed(("cay", "bea"), ("bea", "ada"), ("ada", ""))
    assert carried(turned, at, is_dry=True).lines == 3
    report = carried(turned, at)
    assert (report.lines, report.not_understood) == (3, ())
    assert managers() == {"cay": "bea", "bea": "ada"}, "each step alone would have come round"
    assert carried(turned, at).lines == 0


def test_a_manager_who_is_not_here_yet_is_waited_for_and_a_line_that_comes_round_is_refused(
    cast: Cast, at: datetime
) -> None:
    report = carried(listed(("ada", "dee"), ("bea", "ada"), ("eve", "eve")), at)
    assert (report.unknown_managers, managers()) == (1, {"bea": "ada"})
    assert [one.split(":")[0] for one in report.not_understood] == ["eve@haldenvalve.example"]
    source = Source("scim", "k:1", 1)
    create(source=source, at=at, wanted=Wanted(email="dee@haldenvalve.example", name="Dee"))
    assert managers() == {"bea": "ada", "ada": "dee"}, "she came by another way, and is found by her address"
    report = carried(listed(("ada", "bea"), ("bea", "ada"), ("eve", "")), at)
    assert len(report.not_understood) == 1
    assert "above themselves" in report.not_understood[0]
    assert managers()["bea"] == "ada"


def test_an_empty_or_hidden_answer_puts_nobody_out(cast: Cast, at: datetime, settings: Any) -> None:
    source = Source("ldap", "from:ldap")
    few = [Row(f"uid={n}", Wanted(external_id=f"x{n}", email=f"p{n}@haldenvalve.example")) for n in range(3)]
    synchronise(source=source, at=at, rows=few)
    assert synchronise(source=source, at=at, rows=[]).stopped, "few enough to go, but all of them"
    hidden = [replace(row, wanted=replace(row.wanted, email=None)) for row in few]
    report = synchronise(source=source, at=at, rows=hidden, may_empty=True)
    assert (report.left, len(report.not_understood)) == ((), 3)
    assert synchronise(source=source, at=at, rows=few[:2]).left == ("p2@haldenvalve.example",)
    many = few + [
        Row(f"uid=m{n}", Wanted(external_id=f"m{n}", email=f"m{n}@haldenvalve.example")) for n in range(20)
    ]
    synchronise(source=source, at=at, rows=many)
    settings.DIRECTORY_MOST_LEAVING = 50
    assert len(synchronise(source=source, at=at, rows=many[:13]).left) == 10


@pytest.mark.parametrize("seed", range(12))
def test_any_forest_is_reached_from_any_other(seed: int, cast: Cast, at: datetime) -> None:
    chance = random.Random(seed)
    people = [f"p{n}" for n in range(7)]

    def forest() -> dict[str, str]:
        order = chance.sample(people, len(people))
        return {one: chance.choice([*order[:place], ""]) for place, one in enumerate(order)}

    for _turn in range(3):
        wanted = forest()
        report = carried(listed(*chance.sample(sorted(wanted.items()), len(wanted))), at)
        assert report.not_understood == ()
        assert managers() == {one: above for one, above in wanted.items() if above}
