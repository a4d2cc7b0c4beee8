"""Loads the demo company: its people and rooms, then its twelve weeks, day by day, through the same verbs as
everybody.

All of it is one transaction, so that a demo is either whole or not there. What was said is submitted and ruled
on at the
moment it was said; what the gate held was signed by those whom the story names; the archive holds an entry for
each fact.
Only the answers of the public channels are told by the story, since the demo's channels do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction

from lockgate.demo import founding, noticed, policies, profiles, public, rooms, talk, talks
from lockgate.demo.story import Story
from lockgate.people.queries import house

PASSWORD = "valves-and-seals-2026"  # noqa: S105 (shown to everybody by `lockgate demo`; `serve` refuses demo people)
COMPANY = Path(__file__).parent / "company"

Say = Callable[[str], None]


def is_loaded() -> bool:
    """Whether there is a company already, the demo's or a real one."""
    return house() is not None


def load(*, at: datetime, say: Say = lambda _line: None, password: str = PASSWORD) -> bool:
    """Load the demo company as of ``at``; answers False, changing nothing, where a company is there already.

    Deterministic but for keys and ids: the same people, words, rulings and signatures, on dates relative to ``at``.
    """
    if is_loaded():
        return False
    with transaction.atomic():
        say("Halden Valve moves in: people, rooms, desks and channels")
        story = Story(now=at)
        founding.found(story, read, make_password(password))
        policies.publish(story, read)
        talk.tell(story, _threads())
        public.tell(story, read("public")["posts"] if (COMPANY / "public.yaml").exists() else [])
        rooms.tell(story)
        talks.tell(story, read("talks")["talks"], read("people")["firms"])
        noticed.tell(story)
        profiles.tell(story, read("profiles"))
        say(f"{story.length} things happen in twelve weeks")
        story.unfold(say)
    return True


def read(name: str) -> Any:
    return _safely(COMPANY / f"{name}.yaml")


def _threads() -> list[Any]:
    return [_safely(file) for file in sorted((COMPANY / "threads").glob("*.yaml"))]


@cache
def _safely(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 (one of the safe loaders)


# The safe loader written in C where there is one: a third of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
