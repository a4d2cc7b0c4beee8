"""A post into a large room is told to some of it at a time, and to everybody once, wherever it is broken off."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import pytest

from lockgate.demo.cast import Cast
from lockgate.gateway.operations import submit
from lockgate.mail.models import Fanout, Mailing
from lockgate.mail.operations import forget_spread, gather
from lockgate.mail.tests.conftest import soon
from lockgate.people.models import Person
from lockgate.spaces.queries import seats_at

gathering = sys.modules[gather.__module__]


@pytest.fixture
def said(cast: Cast, at: datetime, mailing: None, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """A post that everybody hears by mail, three people at a time; answers who they are."""
    monkeypatch.setattr(gathering, "PEOPLE", 3)
    gather(at=at)
    Person.objects.update(last_login=None)
    submit(by=cast.author, at=soon(at), body="Hello.", marking=1, places=["space:everyone"])
    seats = seats_at(soon(at)).filter(audience=cast.audiences["everyone"])
    return set(seats.values_list("person_id", flat=True)) - {cast.author.pk}


def _told() -> list[int]:
    return list(Mailing.objects.values_list("person_id", flat=True))


def test_a_few_at_a_time_and_everybody_once(said: set[int], at: datetime) -> None:
    assert len(said) > 3
    assert gather(at=soon(at, 2))
    sizes = [len(_told())]
    while gather(at=soon(at, 2)):
        sizes.append(len(_told()))
    assert all(later - before <= 3 for before, later in zip([0, *sizes], sizes, strict=False))
    assert sorted(_told()) == sorted(said)
    gather(at=soon(at, 2))
    assert sorted(_told()) == sorted(said)


def test_broken_off_it_goes_on_where_it_was(
    said: set[int], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather(at=soon(at, 2))
    plain = gathering._told

    def broken(*given: object) -> None:
        list(plain(*given))
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(gathering, "_told", broken)
        before = len(_told())
        with pytest.raises(RuntimeError):
            gather(at=soon(at, 2))
        assert len(_told()) == before
    while gather(at=soon(at, 3)):
        pass
    assert sorted(_told()) == sorted(said)


def test_who_sat_down_while_it_went_on_hears_it_if_they_may(cast: Cast, said: set[int], at: datetime) -> None:
    gather(at=soon(at, 2))
    row = Fanout.objects.get()
    last = Person.objects.filter(pk__in=said, pk__gt=row.after_person).order_by("pk").last()
    assert last is not None
    seats_at(soon(at, 2)).filter(person=last).update(ends_at=soon(at, 2))
    while gather(at=soon(at, 3)):
        pass
    assert sorted(_told()) == sorted(said - {last.pk})


def test_what_is_done_is_forgotten_after_a_while(said: set[int], at: datetime) -> None:
    while gather(at=soon(at, 2)):
        pass
    assert forget_spread(at=soon(at, 3)) == 0
    assert forget_spread(at=at + timedelta(hours=3)) == 1
