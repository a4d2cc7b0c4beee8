"""What every test stands on: folders of its own, no network but this machine's, nothing skipped in CI."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from tools.dev.postgres import Postgres, can_run_postgres

pytest_plugins = ["tests.fixtures", "tests.chromium"]

# Playwright keeps an event loop in the thread of its tests, and Django then refuses every query of other tests in the
# same worker. They never run at the same time.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

IN_CI = os.environ.get("CI", "").lower() == "true"
_own_folder: Path | None = None

hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.register_profile("quick", hypothesis_settings.get_profile("house"), max_examples=25)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database",
        action="store_true",
        help="only tests that touch the database (for a second database)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--only-database"):
        chosen = [
            item
            for item in items
            if item.get_closest_marker("django_db") or _DATABASE & set(item.fixturenames)
        ]  # type: ignore[attr-defined]  # functions have them
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    # However the others were shuffled: what takes a minute is begun first, or one worker ends long after the others.
    items.sort(key=lambda item: _LONGEST.get(item.path.name, len(_LONGEST)))


_LONGEST = {
    name: place
    for place, name in enumerate(
        (
            "test_pages.py",
            "test_kill_nine.py",
            "test_oracle.py",
            "test_oracle_gate.py",
            "test_matrix.py",
            "test_mastodon.py",
            "test_nasty.py",
        )
    )
}
_DATABASE = {"db", "transactional_db", "django_db_setup"}


def pytest_configure(config: pytest.Config) -> None:  # noqa: ARG001  (the name is pytest's)
    """No test may find or leave anything in the checkout's own data folder."""
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from tests.schema import copy_instead_of_migrating

    # A password that costs a tenth of a second to try is right for people, and for a tenth of all tests a waste.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64
    Argon2PasswordHasher.parallelism = 1
    global _own_folder
    _own_folder = Path(tempfile.mkdtemp(prefix="lockgate-tests-"))
    settings.DATA_DIR = _own_folder
    settings.KEYS_DIR = _own_folder / "keys"
    settings.ATTACHMENTS_DIR = _own_folder / "attachments"
    copy_instead_of_migrating()


def pytest_unconfigure(config: pytest.Config) -> None:  # noqa: ARG001  (the name is pytest's)
    if _own_folder is not None:
        shutil.rmtree(_own_folder, ignore_errors=True)


def pytest_runtest_setup(item: pytest.Item) -> None:  # noqa: ARG001  (the name is pytest's)
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def _no_skips(report: Any) -> None:
    """In CI a test that could not run has failed: what is skipped for ever is not tested."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and in CI nothing may be: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ARG001  (pytest's)
    report = yield
    _no_skips(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:  # noqa: ARG001  (pytest's)
    report = yield
    _no_skips(report)
    return report


@pytest.fixture
def free_port() -> int:
    """A port on 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A throw-away PostgreSQL server of this session's own, on a private socket. ``postgres.url(name)``."""
    if why := can_run_postgres():
        pytest.skip(why)
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _archive_may_be_emptied_between_tests() -> Iterator[None]:
    """A test with real transactions ends by emptying all tables, which the triggers of the archive and of policy
    rightly refuse: they are taken down for that moment, in the same transaction."""
    from django.core.management.commands import flush

    from lockgate.archive import guards
    from lockgate.policy import guards as policy_guards

    plain = flush.sql_flush

    def lowered(style: Any, connection: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = plain(style, connection, *args, **kwargs)
        vendor = connection.vendor
        return [
            *guards.GUARDS.lowering(vendor),
            *policy_guards.GUARDS.lowering(vendor),
            *statements,
            *policy_guards.GUARDS.raising(vendor),
            *guards.GUARDS.raising(vendor),
        ]

    flush.sql_flush = lowered
    yield
    flush.sql_flush = plain


@pytest.fixture(autouse=True)
def _no_memory_of_another_tests_log(settings: Any) -> None:
    """The archive remembers beside its keys what it signed last; each test begins with an empty log."""
    (settings.KEYS_DIR / "archive-last.checkpoint").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _each_test_begins_in_english() -> Iterator[None]:
    """A page that was read in German leaves its thread in German, which the next request would set anew."""
    from django.utils import translation

    with translation.override("en"):
        yield
