"""The policy of the demo company: the packs that come with Lockgate, and the company's own names and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from lockgate.demo.days import dated
from lockgate.demo.story import Story
from lockgate.policy.operations import adopt

_AUTHOR, _REVIEWER = "matthias-keller", "ingrid-solberg"
_OWN = Path(__file__).parent / "company" / "halden.pack.yaml"
_DAYS_AGO = 100


def publish(story: Story, _read: Callable[[str], Any]) -> None:
    """The packs are proposed by one, signed by another and in force before the first word of the story."""
    story.happens(story.day(_DAYS_AGO), partial(_adopt, story), first=True)


def _adopt(story: Story, at: datetime) -> None:
    author, reviewer = story.persons[_AUTHOR], story.persons[_REVIEWER]
    adopt(by=author, reviewer=reviewer, at=at)
    if _OWN.exists():
        own = dated(_OWN.read_text("utf-8"), story.now)
        adopt(by=author, reviewer=reviewer, at=at, sources=(own,))
