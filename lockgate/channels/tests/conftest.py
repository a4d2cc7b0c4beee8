"""What this room's tests share: a manager and a colleague of Halden Valve, and a key folder of their own."""

from datetime import UTC, datetime

import pytest

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def at():
    return NOON


@pytest.fixture(autouse=True)
def keys_of_its_own(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def house(db):
    from lockgate.people.models import Firm

    return Firm.objects.create(name="Halden Valve", is_house=True)


def _person(house, slug):
    from lockgate.people.models import Person

    return Person.objects.create(
        slug=slug, email=f"{slug}@haldenvalve.example", name=slug, firm=house, joined_at=NOON
    )


@pytest.fixture
def administrator(house, at):
    from lockgate.people.models import Duty

    person = _person(house, "anneke-kok")
    Duty.objects.create(person=person, kind="administrator", begins_at=at)
    return person


@pytest.fixture
def colleague(house):
    return _person(house, "theo-mercier")


@pytest.fixture
def loopback_allowed(monkeypatch):
    monkeypatch.setenv("LOCKGATE_OUTGOING_ALLOW", "127.0.0.1")
