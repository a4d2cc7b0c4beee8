"""A directory with a key to everything."""

from __future__ import annotations

from datetime import datetime

import pytest

from lockgate.demo.cast import Cast
from lockgate.directory.operations import make_key
from lockgate.directory.tests.asking import Directory
from lockgate.directory.types import SCOPES


@pytest.fixture
def words(cast: Cast, at: datetime) -> str:
    return make_key(by=cast.administrator, at=at, name="Entra", scopes=SCOPES)


@pytest.fixture
def directory(words: str) -> Directory:
    return Directory(words)
