"""What was said in the spaces: threads and their answers, submitted like any other words."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from lockgate.base.markings import Marking
from lockgate.demo.story import Story
from lockgate.gateway.operations import submit


def tell(story: Story, spaces: list[Any]) -> None:
    """Put each thread and each answer into the story at its moment."""
    for space in spaces:
        for number, thread in enumerate(space["threads"]):
            key = f"{space['space']}/{number}"
            marking = Marking[thread["marking"].upper()]
            story.happens(
                story.moment(thread["at"]),
                partial(_say, story, key, f"space:{space['space']}", thread, marking),
            )
            for answer in thread.get("replies", []):
                own = Marking[answer["marking"].upper()] if "marking" in answer else marking
                story.happens(story.moment(answer["at"]), partial(_answer, story, key, answer, own))


def _say(story: Story, key: str, place: str, words: Any, marking: Marking, at: datetime) -> None:
    said = submit(
        by=story.persons[words["by"]],
        at=at,
        body=words["body"].strip(),
        marking=marking,
        places=[place],
        justification=_REASON,
        slot="",
    )
    if said.passages[0].state == "delivered":
        story.passages[key] = said.passages[0].passage_id


def _answer(story: Story, key: str, words: Any, marking: Marking, at: datetime) -> None:
    if key not in story.passages:
        # What it answers was held at the gate, so nobody heard it.
        return
    submit(
        by=story.persons[words["by"]],
        at=at,
        body=words["body"].strip(),
        marking=marking,
        answers=story.passages[key],
        justification=_REASON,
        slot="",
    )


_REASON = "Known to everybody who sits here."
