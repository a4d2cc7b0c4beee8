"""What the tests of publishing and approvals share: a few of the cast, an account, databases for threads."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lockgate.publishing.tests.fake_channel import FakeChannel
from lockgate.publishing.tests.real_databases import copied_file, migrated, standing_on

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class Cast:
    """Some of Halden Valve's people, by what they do in a test."""

    author: Any
    colleague: Any
    approver: Any
    deputy: Any
    supervisor: Any
    stranger: Any
    guest: Any


def make_cast() -> Cast:
    from lockgate.people.models import Firm, Person

    house, _ = Firm.objects.get_or_create(name="Halden Valve", defaults={"is_house": True})
    bauer, _ = Firm.objects.get_or_create(name="Bauer Armaturen")

    def person(slug: str, firm: Firm = house) -> Person:
        name = slug.replace("-", " ").title()
        return Person.objects.create(
            slug=slug,
            email=f"{slug.replace('-', '.')}@haldenvalve.example",
            name=name,
            firm=firm,
            joined_at=NOON,
        )

    return Cast(
        author=person("nadia-roux"),
        colleague=person("theo-mercier"),
        approver=person("julie-martin"),
        deputy=person("marc-olsen"),
        supervisor=person("ingrid-solberg"),
        stranger=person("pavel-novak"),
        guest=person("stefan-bauer", bauer),
    )


def make_account(slug: str = "news") -> Any:
    from lockgate.channels.models import Account

    return Account.objects.create(
        slug=slug, connector="fake", name="Halden News", desk_slug="communications", created_at=NOON
    )


@pytest.fixture(autouse=True)
def keys_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    settings.ARCHIVE_ORIGIN = "halden.example/archive"
    settings.DELIVERY_LEASE_SECONDS = settings.DELIVERY_ABSENCE_SECONDS = 60


@pytest.fixture
def at() -> datetime:
    return NOON


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def account(db: None) -> Any:
    return make_account()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeChannel:
    return FakeChannel().installed(monkeypatch)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    with django_db_blocker.unblock():
        migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def real_database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """A migrated database that threads share, on SQLite and on PostgreSQL; its vendor's name."""
    if request.param == "sqlite":
        url = copied_file(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        server = request.getfixturevalue("postgres")
        with django_db_blocker.unblock():
            if "approvals_template" not in server.made:
                migrated(server.url("approvals_template"))
            name = f"rooms_{next(_numbers)}"
            server.sql(f'CREATE DATABASE "{name}" TEMPLATE "approvals_template"')
            server.made.add(name)
            url = server.url(name)
    with django_db_blocker.unblock(), standing_on(url):
        yield request.param


def later(at: datetime, **parts: float) -> datetime:
    return at + timedelta(**parts)
