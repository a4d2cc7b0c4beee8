"""The company that `./dev bench` measures can be made: a new column or trigger would break it unseen otherwise."""

from __future__ import annotations

from datetime import datetime

import pytest

from lockgate.gateway.models import Passage
from lockgate.search.models import Indexed
from lockgate.spaces.models import Seat
from tools.bench import company

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_company_that_is_measured_can_be_made(at: datetime) -> None:
    company.fill(messages=300, at=at)
    assert Passage.objects.count() == 300
    assert Indexed.objects.count() == 300
    assert Seat.objects.count() > company.PEOPLE
