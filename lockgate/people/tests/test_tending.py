"""Guests' firms, duties, passwords, and leaving: each with its record."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput
from lockgate.demo.cast import PASSWORD, Cast
from lockgate.people.models import Duty, Firm, Person
from lockgate.people.operations import (
    end_duty,
    give_duty,
    guest_firm,
    let_go,
    set_password,
)
from lockgate.people.queries import duties
from lockgate.people.refusals import DutyAsItWas, HasLeft, NotAnEmployee

NEW = "another-long-password"


def told(action: str) -> list[tuple[str, str, str]]:
    rows = Entry.objects.filter(action=action).order_by("-id")
    return [
        (record, parent or "", actor)
        for record, parent, actor in rows.values_list("record", "parent", "actor")
    ]


def signed_in(person: Person, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in", {"email": person.email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_a_firm_is_opened_once_and_the_house_is_none_of_them(cast: Cast, at: datetime) -> None:
    firm = guest_firm(by=None, at=at, name="  Kessler   Pumpen ")
    assert (firm.name, firm.is_house) == ("Kessler Pumpen", False)
    assert told("people.firm.opened")[0] == (f"f:{firm.pk}", "", "system")
    assert guest_firm(by=None, at=at, name="kessler pumpen") == firm
    for name in (Firm.objects.get(is_house=True).name, " ", "x" * 121):
        with pytest.raises(BadInput):
            guest_firm(by=None, at=at, name=name)


def test_a_duty_is_held_from_when_it_is_given_until_it_ends(cast: Cast, at: datetime) -> None:
    later = at + timedelta(hours=1)
    with pytest.raises(DutyAsItWas):
        end_duty(by=None, at=at, person=cast.stranger, kind="supervisor")
    give_duty(by=None, at=at, person=cast.stranger, kind="supervisor")
    with pytest.raises(DutyAsItWas):
        give_duty(by=None, at=at, person=cast.stranger, kind="supervisor")
    assert "supervisor" in duties(cast.stranger, at)
    end_duty(by=None, at=later, person=cast.stranger, kind="supervisor")
    assert "supervisor" not in duties(cast.stranger, later)
    assert told("people.duty.ended")[0] == ("duty:supervisor", cast.stranger.pseudonym, "system")
    give_duty(by=None, at=later, person=cast.stranger, kind="supervisor")
    assert Duty.objects.filter(person=cast.stranger, kind="supervisor").count() == 2


def test_guests_hold_no_duties(cast: Cast, at: datetime) -> None:
    with pytest.raises(NotAnEmployee):
        give_duty(by=None, at=at, person=cast.guest, kind="administrator")
    assert not Duty.objects.filter(person=cast.guest).exists()


def test_a_new_password_signs_out_and_only_the_one_whose_it_is(cast: Cast, at: datetime) -> None:
    theirs, other = signed_in(cast.author), signed_in(cast.colleague)
    assert is_in(theirs)
    key = theirs.session.session_key
    set_password(by=None, at=at, person=cast.author, password=NEW)
    assert not is_in(theirs)
    assert is_in(other)
    assert not theirs.session.exists(str(key)), "the row is gone, not only unfit"
    assert not is_in(signed_in(cast.author))
    assert is_in(signed_in(cast.author, NEW))
    assert told("people.password.set")[0] == (cast.author.pseudonym, "", "system")


def test_who_has_left_is_given_nothing_and_leaves_once(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.administrator)
    held = duties(cast.administrator, at)
    assert "administrator" in held
    let_go(by=None, at=at, person=cast.administrator)
    assert duties(cast.administrator, at) == frozenset()
    assert {
        record for record, parent, _ in told("people.duty.ended") if parent == cast.administrator.pseudonym
    } == {f"duty:{kind}" for kind in held}
    assert not is_in(client)
    person = Person.objects.get(pk=cast.administrator.pk)
    with pytest.raises(HasLeft):
        let_go(by=None, at=at, person=person)
    with pytest.raises(HasLeft):
        set_password(by=None, at=at, person=person, password=NEW)
    with pytest.raises(HasLeft):
        give_duty(by=None, at=at, person=person, kind="supervisor")
    assert len(told("people.person.left")) == 1
