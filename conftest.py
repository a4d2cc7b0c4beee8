"""What every test of the house stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import flush

from lockgate.archive import guards


@pytest.fixture(scope="session", autouse=True)
def _archive_may_be_emptied_between_tests() -> Iterator[None]:
    """A test with real transactions ends by emptying all tables, which the archive's triggers rightly refuse: they are
    taken down for that moment, in the same transaction."""
    plain = flush.sql_flush

    def lowered(style: Any, connection: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = plain(style, connection, *args, **kwargs)
        vendor = connection.vendor
        return [*guards.lowering(vendor), *statements, *guards.raising(vendor)]

    flush.sql_flush = lowered
    yield
    flush.sql_flush = plain


@pytest.fixture(autouse=True)
def _keys_of_the_test(settings: Any, tmp_path_factory: pytest.TempPathFactory, request: Any) -> Path:
    """No test shares key files, or the memory of what was signed last, with another or with this checkout."""
    settings.KEYS_DIR = tmp_path_factory.getbasetemp() / "keys" / str(abs(hash(request.node.nodeid)))
    return settings.KEYS_DIR
