"""A guest who waits for a signature learns which desk signs, and not who works there."""

from __future__ import annotations

from datetime import datetime

import pytest

from lockgate.approvals import queries as approvals
from lockgate.gateway import queries as gate
from lockgate.gateway.operations import submit
from lockgate.people.models import Person
from tests.fixtures import Cast

pytestmark = pytest.mark.django_db

HELD = "For internal use only: the price list of next year comes in March."
PLACE = "space:resellers-dach"


def waits_for(who: Person, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom ``who`` is told of: while typing, and once it waits."""
    seen = gate.preview(who, body=HELD, marking=1, places=[PLACE], at=at)
    sent = submit(by=who, at=at, body=HELD, marking=1, places=[PLACE])
    (passage,) = sent.passages
    assert passage.state == "held"
    (asked,) = approvals.of_passages([passage.passage_id], at, viewer=who)[passage.passage_id]
    return seen.rulings[0].waits_for, asked.waits_for


def test_a_colleague_reads_who_signs(cast: Cast, at: datetime) -> None:
    typing, waiting = waits_for(cast.persons["ralf-dietrich"], at)
    assert typing[0] == waiting[0]
    assert typing[0] in {person.name for person in cast.persons.values()}


def test_a_guest_reads_which_desk(cast: Cast, at: datetime) -> None:
    typing, waiting = waits_for(cast.guest, at)
    names = {person.name for person in cast.persons.values()}
    assert typing == waiting
    assert typing
    assert not names & {*typing, *waiting}
    assert set(typing) <= {desk.name for desk in approvals.desks()}
