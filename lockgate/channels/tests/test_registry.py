import tomllib
from pathlib import Path

import pytest

from lockgate.channels import registry
from lockgate.channels.registry import BUILT_IN, ConnectorMissing, connector, connector_names
from lockgate.channels.types import Connector


@pytest.fixture
def others(monkeypatch):
    """Entry points of other packages, as if they were installed."""
    given = {}
    monkeypatch.setattr(registry, "_others", lambda: given)
    registry._load.cache_clear()
    yield given
    registry._load.cache_clear()


class Telegraph:
    """A connector of somebody else's."""

    name = "telegraph"
    capabilities = connector("feed").capabilities
    fields = ()

    def validate(self, post): ...
    def sign_in(self, account): ...
    def publish(self, post, account): ...
    def look_up(self, post, account): ...
    def read_back(self, post, published, account): ...
    def delete(self, published, account): ...


class Half:
    name = "half"


@pytest.mark.parametrize("name", BUILT_IN)
def test_ours_load_and_speak_the_protocol(name):
    made = connector(name)
    assert isinstance(made, Connector)
    assert made.name == name
    assert made.capabilities.label


def test_the_table_and_the_packages_entry_points_are_the_same():
    told = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert told["project"]["entry-points"][registry.GROUP] == BUILT_IN


def test_others_are_found_by_entry_point(others):
    others["telegraph"] = type("Point", (), {"load": lambda self: Telegraph})()
    assert connector("telegraph").name == "telegraph"
    assert "telegraph" in connector_names()


def test_ours_cannot_be_replaced(others):
    others["feed"] = type("Point", (), {"load": lambda self: Telegraph})()
    assert connector("feed").name == "feed"
    assert connector_names().count("feed") == 1


def test_one_that_does_not_load_is_named_and_the_rest_go_on(others):
    def fail(self):
        raise ImportError("no module named canary")

    others["broken"] = type("Point", (), {"load": fail})()
    others["half"] = type("Point", (), {"load": lambda self: Half})()
    for name in ("broken", "half", "never-heard-of"):
        with pytest.raises(ConnectorMissing) as no:
            connector(name)
        assert name in no.value.sentence
        assert no.value.mend
    assert connector("feed").name == "feed"
