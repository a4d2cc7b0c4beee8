"""A CSV of people: joins, changes, leavers, and what is not understood."""

from __future__ import annotations

from datetime import datetime

import pytest

from lockgate.base.refusal import BadInput
from lockgate.demo.cast import Cast
from lockgate.directory.operations import sheet, synchronise
from lockgate.directory.types import Report, Source
from lockgate.people.models import Person
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
