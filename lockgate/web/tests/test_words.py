"""Words for everything that a page may have to say."""

from __future__ import annotations

import importlib
import json
import re
from enum import Enum
from importlib.resources import files

import pytest

from lockgate.gateway.models import State
from lockgate.web.shell import script_words
from lockgate.web.states import known_actions, state_name

ROOMS = (
    "approvals",
    "attention",
    "archive",
    "channels",
    "conversations",
    "deals",
    "directory",
    "gateway",
    "mail",
    "mastodon",
    "people",
    "policy",
    "profiles",
    "publishing",
    "records",
    "rumours",
    "signin",
    "spaces",
)


@pytest.mark.parametrize("room", ROOMS)
def test_every_fact_has_words(room: str) -> None:
    events = importlib.import_module(f"lockgate.{room}.events")
    names: set[str] = set()
    for name, value in vars(events).items():
        if name.isupper() and isinstance(value, str):
            names.add(value)
        elif name.isupper() and isinstance(value, dict):
            names |= set(value.values())
    assert names
    assert names <= known_actions()


def test_every_state_has_words() -> None:
    for state in State:
        assert isinstance(state, Enum)
        assert state_name(state.value) != state.value or state.value in {
            "rejected",
            "refused",
            "scheduled",
            "delivered",
        }


def test_the_script_says_only_sentences_that_the_page_brings() -> None:
    told = json.loads(script_words())
    folder = files("lockgate.web") / "static" / "web" / "js"
    asked = {
        name
        for one in folder.iterdir()
        for name in re.findall(r'\bword\("([a-z-]+)"', one.read_text("utf-8"))
    }
    assert asked <= set(told)
    assert set(told) <= asked
